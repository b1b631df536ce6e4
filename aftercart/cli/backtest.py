"""`aftercart backtest …`: what the live rules would have done on your own past data, beside simple baselines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from aftercart.cli.backtest_promises import promises
from aftercart.watch import backtest
from aftercart.watch.calibration import Wishes
from aftercart.watch.history import COLUMNS, Past, Refused, UnreadableFile, read

REFUSALS_SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="What Aftercart would have done on your own past data.")


app.command()(promises)


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
    # `--map a=b c=d` leaves all but the first pair among the arguments.
    files = [word for word in given if "=" not in word or Path(word).exists()]
    if len(files) != 1:
        _fail(f"one FILE is needed, not {len(files)}: {' '.join(files)}")
    names = _names([*(renamed or []), *(word for word in given if word not in files)])
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        report, refused = _play(Path(files[0]), names, _zone(zone), Wishes(vain=budget), progress)
    report |= {"rows_refused": len(refused), "seconds": round(time.perf_counter() - began, 2)}
    for row in refused[:REFUSALS_SHOWN]:
        errors.print(f"line {row.line}: {row.reason}", markup=False, highlight=False)
    if len(refused) > REFUSALS_SHOWN:
        errors.print(f"… and {len(refused) - REFUSALS_SHOWN} more rows were left out")
    if as_json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _show(report)


def _play(
    file: Path, names: dict[str, str], zone: ZoneInfo, wishes: Wishes, progress: Progress
) -> tuple[dict[str, Any], list[Refused]]:
    reading = progress.add_task("reading", total=None)
    history: list[Past] = []
    refused: list[Refused] = []
    try:
        for row in read(file, names=names, zone=zone):
            if isinstance(row, Past):
                history.append(row)
            else:
                refused.append(row)
    except UnreadableFile as error:
        _fail(str(error))
    progress.remove_task(reading)
    if not history:
        _fail(f"{file.name}: " + (f"line {refused[0].line}: {refused[0].reason}" if refused else "holds no rows"))
    first = min(past.placed_at for past in history).date()
    playing = progress.add_task("playing")

    def on_day(today: date, last: date) -> None:
        done, total = (today - first).days, (last - first).days
        progress.update(playing, total=total, completed=done, description=f"playing {today}")

    return backtest.report(history, zone=zone, wishes=wishes, on_day=on_day), refused


def _names(pairs: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for pair in pairs:
        theirs, equals, ours = (part.strip() for part in pair.partition("="))
        if not equals or not theirs:
            _fail(f"--map: {pair!r} is not THEIRS=OURS")
        if ours not in COLUMNS:
            _fail(f"--map: {ours!r} is not one of our columns, which are {', '.join(COLUMNS)}")
        if theirs in names or ours in names.values():
            _fail(f"--map: {pair!r} names a column for the second time")
        names[theirs] = ours
    return names


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        _fail(f"--zone: {name!r} is not a time zone; it is written like America/Sao_Paulo")


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"aftercart: {message}\n")
    raise SystemExit(1)


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
