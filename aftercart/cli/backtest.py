"""`aftercart backtest …`: what the live rules would have done on your own past data, beside simple baselines."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from aftercart.cli.backtest_deflection import deflection
from aftercart.cli.backtest_disruptions import disruptions
from aftercart.cli.backtest_promises import promises
from aftercart.cli.backtest_triage import triage
from aftercart.cli.past_orders import file_and_names, past_orders, say_refused, zone_of
from aftercart.watch import backtest
from aftercart.watch.calibration import Wishes
from aftercart.watch.history import COLUMNS, Refused

app = typer.Typer(no_args_is_help=True, help="What Aftercart would have done on your own past data.")


app.command()(promises)
app.command()(disruptions)
app.command()(deflection)
app.command()(triage)


@app.callback()
def group() -> None:
    """What Aftercart would have done on your own past data."""


@app.command()
def watch(
    given: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Finished orders: .csv, .jsonl or .parquet, or one of them .gz.")
    ],
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS …", help="The file's name of a column, and ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    zone: Annotated[str, typer.Option(help="Zone of the days, and of times written without an offset.")] = "UTC",
    budget: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Share of all customers who may be told in vain.")
    ] = Wishes().vain,
) -> None:
    """Play finished orders through the promise and watch rules, knowing on each day only what was known then."""
    began = time.perf_counter()
    file, names = file_and_names(given, renamed or [], COLUMNS)
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        report, refused = _play(file, names, zone_of(zone), Wishes(vain=budget), progress)
    report |= {"rows_refused": len(refused), "seconds": round(time.perf_counter() - began, 2)}
    say_refused(((row.line, row.reason) for row in refused), errors)
    if as_json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _show(report)


def _play(
    file: Path, names: dict[str, str], zone: ZoneInfo, wishes: Wishes, progress: Progress
) -> tuple[dict[str, Any], list[Refused]]:
    history, refused = past_orders(file, names, zone, progress)
    first = min(past.placed_at for past in history).date()
    playing = progress.add_task("playing")

    def on_day(today: date, last: date) -> None:
        done, total = (today - first).days, (last - first).days
        progress.update(playing, total=total, completed=done, description=f"playing {today}")

    return backtest.report(history, zone=zone, wishes=wishes, on_day=on_day), refused


def _show(report: dict[str, Any]) -> None:
    table = Table(title="What we would have told, by month of purchase")
    for name in ("month", "orders", "late", "told in time", "share", "days ahead", "in vain", "share of orders"):
        table.add_column(name, justify="left" if name == "month" else "right")
    for month in report["months"]:
        table.add_row(month["month"], *_cells(month))
    table.add_section()
    table.add_row("all", *_cells(report), style="bold")
    for name, baseline in report["baselines"].items():
        table.add_row(name.replace("_", " "), *_cells(baseline), style="dim")
    out = Console()
    out.print(table)
    out.print(
        f"Never delivered: {report['never_delivered']:,}, of them told {report['never_delivered_told']:,}. "
        f"Cancelled: {report['cancelled']:,}, of them told {report['cancelled_told']:,}. "
        f"Rows left out: {report['rows_refused']:,}. {report['seconds']} s.",
        highlight=False,
        soft_wrap=True,
    )


def _cells(score: dict[str, Any]) -> tuple[str, ...]:
    return (
        f"{score['orders']:,}",
        f"{score['late']:,}",
        f"{score['told_before_promise']:,}",
        _percent(score["share_told"]),
        "–" if score["median_days_ahead"] is None else f"{score['median_days_ahead']:g}",
        f"{score['false_notices']:,}",
        _percent(score["share_false"]),
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


if __name__ == "__main__":
    app()
