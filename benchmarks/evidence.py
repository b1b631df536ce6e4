"""What recorded data of the outside says about the promises that Aftercart makes: `make evidence`.

`SAMPLE=1` takes a fixed part of the deliveries, prints the same and fails only if something breaks; the targets are for
all of them. The data lie in ../shared/data, or where AFTERCART_SHARED_DATA says; they are not part of this repository.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import (
    evidence_carriers,
    evidence_disruptions,
    evidence_limits,
    evidence_numbers,
    evidence_payloads,
    evidence_promises,
    evidence_risk,
)

HERE = Path(__file__).parent.parent
KEPT_IN = HERE / "var/evidence.json"
DELIVERIES = "delivery/olist_dev.csv.gz"
COLUMNS = (
    "purchase_ts=placed_at", "approved_ts=approved_at", "carrier_ts=handed_over_at", "delivered_ts=delivered_at",
    "estimated_ts=promised_at", "seller_state=origin", "customer_state=destination", "order_status=status",
)  # fmt: skip
# Orders placed in these five months, a rush and a quiet time among them. Learning starts anew in it, so that its
# figures are somewhat worse than those of the whole.
SAMPLE_FROM, SAMPLE_UNTIL = "2017-10-01", "2018-03-01"
LONGEST_SECONDS = 1200
# Bodies of topics that tell nothing of an order, and answers of an interface that nobody sends: tests name each.
REFUSED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Target:
    """What was measured, what it should be, and what the one-line rule reaches."""

    title: str
    found: str
    wanted: str
    met: bool
    beside: str = ""


def main() -> int:
    sample = os.environ.get("SAMPLE", "") not in ("", "0")
    data = Path(os.environ.get("AFTERCART_SHARED_DATA") or HERE.parent / "shared/data")
    if not (data / DELIVERIES).exists():
        print(f"AFTERCART_SHARED_DATA: there is no {data / DELIVERIES}", file=sys.stderr)
        return 1
    begun = time.monotonic()
    with _orders(data / DELIVERIES, sample=sample) as file:
        played = _backtest(file)
        troubles = evidence_disruptions.run(file, COLUMNS, sample=sample)
    promised = evidence_promises.run(data / DELIVERIES, HERE, COLUMNS, sample=sample)
    aims = [Target(*row) for row in evidence_promises.targets(promised)]
    payloads = evidence_payloads.run(data)
    carriers = evidence_carriers.run(data)
    limits = evidence_limits.run()
    risk = evidence_risk.run(sample=sample)
    numbers = evidence_numbers.run(data)
    targets = [
        *_told(played),
        *_noticed(troubles),
        *_read(payloads),
        *_asked(carriers),
        *_recognised(numbers),
        *_patient(limits),
        *_true(risk),
    ]
    KEPT_IN.parent.mkdir(exist_ok=True)
    report = {
        "sample": _period(sample),
        "backtest": played,
        "promises": promised,
        "disruptions": troubles,
        "payloads": payloads,
        "carriers": carriers,
        "numbers": numbers,
        "limits": limits,
        "risk": risk,
    }
    KEPT_IN.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    _show([*targets, *aims], sample=sample, orders=played["orders"])
    _say_why(payloads["refused"])
    print(f"Everything is in {KEPT_IN.relative_to(HERE)}. {time.monotonic() - begun:.0f} s.")
    return 0 if sample or all(target.met for target in targets) else 1


def _period(sample: bool) -> str:
    return f"orders placed from {SAMPLE_FROM} until {SAMPLE_UNTIL}" if sample else ""


@contextmanager
def _orders(file: Path, *, sample: bool) -> Iterator[Path]:
    """The file to play: itself, or a smaller one with the rows of the sample."""
    if not sample:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="aftercart-evidence-") as directory:
        part = Path(directory) / "sample.csv"
        with gzip.open(file, "rt", newline="") as whole, part.open("w", newline="") as written:
            rows = csv.DictReader(whole)
            out = csv.DictWriter(written, rows.fieldnames or ())
            out.writeheader()
            out.writerows(row for row in rows if SAMPLE_FROM <= row["purchase_ts"] < SAMPLE_UNTIL)
        yield part


def _backtest(file: Path) -> dict[str, Any]:
    """Through the command, as a user would."""
    command = [sys.executable, "-m", "aftercart", "backtest", "watch", str(file), "--json", "--map", *COLUMNS]
    done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True, timeout=LONGEST_SECONDS, check=True)
    played: dict[str, Any] = json.loads(done.stdout)
    return played


def _told(played: dict[str, Any]) -> list[Target]:
    rule = next(iter(played["baselines"].values()))
    vain, days = played["false_notices"] / played["orders"], played["median_days_ahead"]
    return [
        Target(
            "late orders told before their date passed", f"{played['share_told']:.1%}", "≥ 90 %",
            played["share_told"] >= 0.9, f"{rule['share_told']:.1%}",
        ),
        Target(
            "days ahead, median", f"{days:g}", "≥ 3", days is not None and days >= 3, f"{rule['median_days_ahead']:g}",
        ),
        Target(
            "told, and then on time", f"{vain:.1%} of orders", "≤ 4 %", vain <= 0.04,
            f"{rule['false_notices'] / rule['orders']:.1%}",
        ),
        Target("seconds", f"{played['seconds']:g}", "< 300", played["seconds"] < 300),
    ]  # fmt: skip


def _noticed(found: dict[str, Any]) -> list[Target]:
    country, region = evidence_disruptions.country(found), evidence_disruptions.regions(found)
    false, quiet = found["false_alarms"], found["quiet_days"]
    return [
        Target(
            "days to notice that the country does half of the usual",
            "–" if country is None else f"{country:g}", "≤ 3.0", country is not None and country <= 3.0,
        ),
        Target(
            "the same of a region with 16 or more a day",
            "–" if region is None else f"{region:g}", "≤ 4.5", region is not None and region <= 4.5,
        ),
        Target("false alarms in quiet days", f"{false} in {quiet}", "0", false == 0),
    ]  # fmt: skip


def _read(payloads: dict[str, Any]) -> list[Target]:
    known, refused = payloads["known_bodies"], payloads["refused"]
    fits = bool(payloads["easypost_official_signature"])
    return [
        Target(
            "payloads of a known kind that yield a fact",
            f"{known - len(refused)} of {known}",
            "all, or say why",
            len(refused) <= REFUSED_AT_MOST and all(one["reason"] for one in refused),
        ),
        Target("EasyPost's published signature", "fits" if fits else "does not fit", "fits", fits),
    ]


def _asked(carriers: dict[str, Any]) -> list[Target]:
    """What another project read in the same answers is read by us too; instants are right where they are written."""
    counts, events = carriers["counts"], carriers["counts"]["events"]
    alike = ("read", "codes", "descriptions", "local_times", "places")
    least = min(counts[name] for name in alike)
    known, right = counts["states"], carriers["instants_right"]
    return [
        Target("carriers' events read alike (code, sentence, hour, town)", f"{least} of {events}", "≥ 98 %",
               least >= 0.98 * events),
        Target("carriers' events whose word we know", f"{known} of {events}", "≥ 98 %", known >= 0.98 * events),
        Target("carriers' instants right, of those written", f"{right} of {carriers['instants_written']}", "all",
               right == carriers["instants_written"]),
    ]  # fmt: skip


def _patient(limits: dict[str, Any]) -> list[Target]:
    """Simulated lanes: the share of parcels that pass the limit which their lane has learned."""
    return [
        Target(
            f"pass a learned limit, lanes with {history}",
            f"{found['stalled']:.1%}",
            "about 2 %",
            0.005 <= found["stalled"] <= 0.03,
            f"{found['stalled_by_fixed_limit']:.1%}",
        )
        for history, found in limits["by_history"].items()
    ]


def _true(risk: dict[str, Any]) -> list[Target]:
    """Of simulated brands that are unlike what is assumed, the largest that were measured."""
    size, gaps = max(risk["widest"].items(), key=lambda item: int(item[0]))
    assumed = [row["prior"]["gap"] for row in risk["rows"] if str(row["worries_a_day"]) == size]
    return [
        Target(
            f"chance of a contact in {days} d, told and true, widest in ten parts",
            f"{gaps[days]['all']:.1f}, median {gaps[days]['median']:.1f} points",
            "all ≤ 2" if days == "1" else "median ≤ 2",
            gaps[days]["all" if days == "1" else "median"] <= 2,
            f"assumed {max(gap[days] for gap in assumed):.1f}",
        )
        for days in gaps
    ]


def _recognised(numbers: dict[str, Any]) -> list[Target]:
    hits, valid = numbers["recognised"], numbers["parcel_numbers"]
    return [
        Target("parcel numbers recognised by themselves", f"{hits} of {valid}", "≥ 90 %", hits >= 0.9 * valid),
        Target("… taken for another carrier's", str(numbers["mistaken"]), "≤ 1 %", numbers["mistaken"] <= valid / 100),
    ]


def _say_why(refused: list[dict[str, str]]) -> None:
    """Each reason once, with how many bodies have it."""
    for (source, reason), count in sorted(Counter((one["source"], one["reason"]) for one in refused).items()):
        print(f"  {count} of {source} without a fact: {reason}")


def _show(targets: list[Target], *, sample: bool, orders: int) -> None:
    about = f"{orders:,} recorded orders" + (f", {_period(sample)}" if sample else "")
    table = Table(title=about)
    for title in ("", "found", "target", "", "one-line rule"):
        table.add_column(title, justify="left" if title == "" else "right")
    for target in targets:
        table.add_row(target.title, target.found, target.wanted, "met" if target.met else "missed", target.beside)
    Console(width=None if sys.stdout.isatty() else 130).print(table)


if __name__ == "__main__":
    sys.exit(main())
