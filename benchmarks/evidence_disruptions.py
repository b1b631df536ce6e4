"""What the disruption charts find in the recorded deliveries, through the command, as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent.parent
LONGEST_SECONDS = 1200
# Days on which nothing is known to have been the matter: no strike of the post, no Black Friday, no Carnival.
QUIET = (
    "2017-07-01:2017-09-15", "2017-10-10:2017-11-12", "2018-01-16:2018-02-09", "2018-02-17:2018-03-06",
    "2018-03-20:2018-04-30",
)  # fmt: skip
REGIONS = ("SP", "RJ", "MG", "PR,SC,RS", "AL,BA,CE,MA,PB,PE,PI,RN,SE")
RATES = ("30", "50", "90")
BUSY = 16.0  # expected a day, from which a region is held to the target


def run(file: Path, columns: tuple[str, ...], *, sample: bool) -> dict[str, Any]:
    rates = ("50",) if sample else RATES
    injected = [f"{region}:{rate}:14" for rate in rates for region in ("all", *REGIONS)]
    command = [sys.executable, "-m", "aftercart", "backtest", "disruptions", str(file), "--json", "--map", *columns]
    command += ["--quiet", *QUIET, "--inject", *injected]
    done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True, timeout=LONGEST_SECONDS, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def country(found: dict[str, Any]) -> float | None:
    """Median days until a country that does half of the usual is noticed."""
    halves = [one for one in found["injected"] if one["rate"] == 0.5 and one["region"] == "all"]
    return float(halves[0]["median_delay_days"]) if halves and halves[0]["starts"] else None


def regions(found: dict[str, Any]) -> float | None:
    """The same of a region with enough parcels: the median over all of their slow-downs."""
    delays = [
        float("inf") if delay is None else delay
        for one in found["injected"]
        if one["rate"] == 0.5 and one["region"] != "all" and one["expected_per_day"] >= BUSY
        for delay in one["delays"]
    ]
    return float(median(delays)) if delays else None
