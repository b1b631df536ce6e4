"""How near to the truth the promised days are, on periods of the recorded orders that were not learned from."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

LONGEST_SECONDS = 1800
# Orders placed from the first day until the second are predicted; what was placed before teaches.
PERIODS = (("2017-09-01", "2017-12-01"), ("2017-12-01", "2018-03-01"), ("2018-02-01", "2018-05-01"))
SAMPLE = (("2017-09-01", "2017-10-01"),)


class Row(NamedTuple):
    title: str
    found: str
    wanted: str
    met: bool
    beside: str = ""


def run(file: Path, here: Path, columns: Sequence[str], *, sample: bool) -> dict[str, Any]:
    found = {}
    for begin, end in SAMPLE if sample else PERIODS:
        found[f"{begin}:{end}"] = {
            basis: _backtest(file, here, columns, begin, end, basis)
            for basis in (("no-boost",) if sample else ("no-boost", "boost"))
        }
    return found


def _backtest(file: Path, here: Path, columns: Sequence[str], begin: str, end: str, basis: str) -> dict[str, Any]:
    """Through the command, as a user would, on what was placed before the end."""
    with tempfile.TemporaryDirectory(prefix="aftercart-evidence-") as directory:
        part = Path(directory) / "orders.csv"
        with gzip.open(file, "rt", newline="") as whole, part.open("w", newline="") as written:
            rows = csv.DictReader(whole)
            out = csv.DictWriter(written, rows.fieldnames or ())
            out.writeheader()
            out.writerows(row for row in rows if row["purchase_ts"] < end)
        command = [sys.executable, "-m", "aftercart", "backtest", "promises", str(part), "--json", "--split", begin]
        command += [f"--{basis}", "--map", *columns]
        done = subprocess.run(command, cwd=here, stdout=subprocess.PIPE, text=True, timeout=LONGEST_SECONDS, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def targets(found: dict[str, Any]) -> list[Row]:
    rows = []
    for period, by_basis in found.items():
        for basis, report in by_basis.items():
            rows += _of(f"{period}, {basis}", report)
    return rows


def _of(about: str, report: dict[str, Any]) -> list[Row]:
    ours, lanes = report["purchase"], report["baselines"]["lanes"]["purchase"]
    rows = [
        _ratio(f"{about}: P50 error", ours["mae_p50"], lanes["mae_p50"], 0.90),
        _ratio("  pinball P90", ours["pinball"]["p90"], lanes["pinball"]["p90"], 0.80),
        _ratio("  pinball P95", ours["pinball"]["p95"], lanes["pinball"]["p95"], 0.81),
        _ratio("  promised days at 95 % on time", ours["days_at"]["95"], lanes["days_at"]["95"], 0.90),
        _between("  P90 coverage", ours["coverage"]["p90"], lanes["coverage"]["p90"], 0.88, 0.93),
    ]
    months = ours["coverage_p90_by_month"].values()
    rows.append(
        Row("  P90 coverage by month", f"{min(months):.2f}–{max(months):.2f}", ".86–.95",
            all(0.86 <= month <= 0.95 for month in months))
    )  # fmt: skip
    for day, wanted in (("7", 0.83), ("14", 0.84)):
        at, beside = report["transit"][day], report["baselines"]["recent_mean"]["transit"][day]
        covered = report["baselines"]["lanes"]["transit"][day]["coverage"]["p90"]
        rows.append(_between(f"  day {day}: P90 coverage", at["coverage"]["p90"], covered, 0.88, 0.93))
        rows.append(_least(f"  day {day}: late AUC", at, beside, "late_auc", wanted))
    left, rule = report["handover"], report["baselines"]["recent_mean"]["handover"]
    rows.append(_least("  at handover: late AUC", left, rule, "late_auc", 0.85))
    rows.append(_least("  at handover: precision at 5 %", left, rule, "precision_at_5", 0.42))
    return rows


def _ratio(title: str, ours: float, lanes: float, most: float) -> Row:
    return Row(title, f"{ours / lanes:.3f} ×", f"≤ {most:.2f} ×", ours / lanes <= most, f"{lanes:.2f}")


def _between(title: str, ours: float, lanes: float, least: float, most: float) -> Row:
    return Row(title, f"{ours:.3f}", f"{least:.2f}–{most:.2f}", least <= ours <= most, f"{lanes:.3f}")


def _least(title: str, ours: dict[str, Any], rule: dict[str, Any], name: str, least: float) -> Row:
    return Row(title, f"{ours[name]:.3f}", f"≥ {least:.2f}", ours[name] >= least, f"{rule[name]:.3f}")
