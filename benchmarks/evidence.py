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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import (
    evidence_carriers,
    evidence_deflection,
    evidence_disruptions,
    evidence_gestures,
    evidence_limits,
    evidence_mail,
    evidence_numbers,
    evidence_payloads,
    evidence_promises,
    evidence_risk,
    evidence_targets,
    evidence_understanding,
    evidence_words,
)
from benchmarks.evidence_targets import Target

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


def main() -> int:
    sample = os.environ.get("SAMPLE", "") not in ("", "0")
    data = Path(os.environ.get("AFTERCART_SHARED_DATA") or HERE.parent / "shared/data")
    if not (data / DELIVERIES).exists():
        print(f"AFTERCART_SHARED_DATA: there is no {data / DELIVERIES}", file=sys.stderr)
        return 1
    begun = time.monotonic()
    report = {"sample": _period(sample), **_measured(data, sample=sample)}
    targets = evidence_targets.of(report)
    KEPT_IN.parent.mkdir(exist_ok=True)
    KEPT_IN.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    _show(targets, sample=sample, orders=report["backtest"]["orders"])
    _say_why(report["payloads"]["refused"])
    print(f"Everything is in {KEPT_IN.relative_to(HERE)}. {time.monotonic() - begun:.0f} s.")
    return 0 if sample or all(target.met or target.aim for target in targets) else 1


def _measured(data: Path, *, sample: bool) -> dict[str, Any]:
    """Each part by its name in the report."""
    with _orders(data / DELIVERIES, sample=sample) as file:
        parts: dict[str, Callable[[], Any]] = {
            "backtest": lambda: _backtest(file),
            "disruptions": lambda: evidence_disruptions.run(file, COLUMNS, sample=sample),
            "promises": lambda: evidence_promises.run(data / DELIVERIES, HERE, COLUMNS, sample=sample),
            "payloads": lambda: evidence_payloads.run(data),
            "carriers": lambda: evidence_carriers.run(data),
            "numbers": lambda: evidence_numbers.run(data),
            "limits": evidence_limits.run,
            "risk": lambda: evidence_risk.run(sample=sample),
            "deflection": lambda: evidence_deflection.run(sample=sample),
            "gestures": lambda: evidence_gestures.run(sample=sample),
            "words": lambda: evidence_words.run(HERE),
            "mail": lambda: evidence_mail.run(data),
            "understanding": lambda: evidence_understanding.run(HERE, data, sample=sample),
        }
        return {name: _told(name, part) for name, part in parts.items()}


def _told(name: str, part: Callable[[], Any]) -> Any:
    """Whoever waits is told what is being measured, and how long the last took."""
    print(f"{name} …", end="", file=sys.stderr, flush=True)
    begun = time.monotonic()
    found = part()
    print(f" {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return found


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
