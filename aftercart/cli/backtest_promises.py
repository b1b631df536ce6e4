"""`aftercart backtest promises`: the dates that Aftercart would have told on your own past orders."""

from __future__ import annotations

import json
import sys
import time
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from aftercart.cli.days_off import DaysOff, days_off
from aftercart.cli.past_orders import fail, file_and_names, say_refused, zone_of
from aftercart.cli.promised_orders import IGNORED, NAMES, Columns, UnreadableFile, orders_of, read

HELD_BACK = 0.25  # of the orders, the latest, are predicted unless told otherwise


def promises(
    given: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Past orders: .csv, .jsonl or .parquet, each may end in .gz.")
    ],
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS …", help="The file's name of a column, and ours.")
    ] = None,
    split: Annotated[
        str, typer.Option(metavar="DATE", help="Orders placed from this day on are predicted. Else the last quarter.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    zone: Annotated[str, typer.Option(help="Zone of the days, and of times written without an offset.")] = "UTC",
    country: Annotated[
        str, typer.Option(help="Whose holidays count, such as BR; `none`. Else the one whose states are destinations.")
    ] = "",
    boost: Annotated[
        bool, typer.Option("--boost/--no-boost", help="Trees on top of the regression, for which LightGBM is needed.")
    ] = False,
) -> None:
    """Predict past orders at placing, handover and in transit, knowing on each day only what was known then."""
    began = time.perf_counter()
    if boost and find_spec("lightgbm") is None:
        fail("--boost: needs LightGBM: pip install 'aftercart[boost]'")
    file, names = file_and_names(given, renamed or [], (*NAMES, *IGNORED))
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        columns = _read(file, names, zone_of(zone), progress)
        day = _split(split, columns)
        off = _days_off(country, columns, day)
        _worthwhile(file, columns, day)
        report = _play(columns, day, off, boost, progress)
    report |= {"rows_refused": len(columns.refused), "seconds": round(time.perf_counter() - began, 2)}
    say_refused(columns.refused, errors)
    if as_json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _show(report)


def _read(file: Path, names: dict[str, str], zone: ZoneInfo, progress: Progress) -> Columns:
    reading = progress.add_task("reading")
    try:
        columns = read(
            file, names=names, zone=zone, on_part=lambda at, of: progress.update(reading, completed=at, total=of)
        )
    except UnreadableFile as error:
        fail(str(error))
    progress.remove_task(reading)
    if not len(columns):
        first = columns.refused[0] if columns.refused else None
        fail(f"{file.name}: " + (f"line {first[0]}: {first[1]}" if first else "holds no rows"))
    return columns


def _split(given: str, columns: Columns) -> date:
    placed = columns.cells["placed_at"]
    if not given:
        return placed[int(len(placed) * (1 - HELD_BACK))]  # type: ignore[no-any-return]
    try:
        day = date.fromisoformat(given)
    except ValueError:
        fail(f"--split: {given!r} is not a date; it is written like 2018-02-01")
    if not placed[0] < day <= placed[-1]:
        fail(f"--split: {day} is not between the first order, {placed[0]}, and the last, {placed[-1]}")
    return day


def _worthwhile(file: Path, columns: Columns, day: date) -> None:
    placed, arrived = columns.cells["placed_at"], columns.cells["delivered_at"]
    if placed[0] >= day:
        fail(f"{file.name}: nothing was placed before {day} that could teach; all {len(columns)} orders are predicted")
    if not any(there for day_placed, there in zip(placed, arrived, strict=True) if day_placed >= day):
        fail(f"{file.name}: delivered_at: no order placed from {day} on has arrived, so nothing can be measured")


def _days_off(given: str, columns: Columns, split: date) -> DaysOff:
    try:
        return days_off(given, columns.cells["destination"], columns.cells["delivered_at"], split)
    except NotImplementedError:
        fail(f"--country: {given!r} is not a country whose holidays are known; it is written like BR")


def _play(columns: Columns, day: date, off: DaysOff, boosted: bool, progress: Progress) -> dict[str, Any]:
    from aftercart.promises.arrivals.backtest import Playback

    task = progress.add_task("learning how fast things were")
    orders, handed = orders_of(columns, day)
    playback = Playback(
        orders,
        handed,
        (day - orders.first).days,
        calendar=off.calendar,
        boosted=boosted,
        on_step=lambda name, done, total: progress.update(task, description=name, completed=done, total=total),
    )
    predicted = playback.play()
    report = playback.report(predicted)
    about = {
        "split": day.isoformat(),
        "until": (orders.first + timedelta(days=int(orders.began[-1]))).isoformat(),
        "orders": len(orders),
        "country": off.country,
        "basis": "regression and trees" if boosted else "regression",
        "fits": predicted["purchase"].fits,
        "groups": sorted(name for name, codes in orders.groups.items() if codes.max() > 0),
        "numbers": sorted(orders.numbers),
    }
    return about | report


SHOWN = (("MAE P50", "mae_p50"), ("pinball P90", "pinball.p90"), ("P95", "pinball.p95"), ("cover P90", "coverage.p90"),
         ("days at 95 %", "days_at.95"), ("late AUC", "late_auc"), ("late of 5 %", "precision_at_5"))  # fmt: skip


def _show(report: dict[str, Any]) -> None:
    table = Table(title=f"Orders placed from {report['split']} to {report['until']}, by {report['basis']}")
    for name in ("predicted", "by", "orders", *(title for title, _ in SHOWN)):
        table.add_column(name, justify="left" if name in ("predicted", "by") else "right")
    stages = ["purchase", "handover", *(f"transit.{age}" for age in report["transit"])]
    for stage in stages:
        for by, whole in (("Aftercart", report), *report["baselines"].items()):
            found = _at(whole, stage)
            cells = (_cell(_at(found, path)) for _, path in SHOWN)
            style = "bold" if whole is report else "dim"
            table.add_row(
                stage.replace(".", ", day "), by.replace("_", " "), f"{found['orders']:,}", *cells, style=style
            )
        table.add_section()
    out = Console(width=None if sys.stdout.isatty() else 130)
    out.print(table)
    out.print(f"Rows left out: {report['rows_refused']:,}. {report['seconds']} s.", highlight=False)


def _at(found: Any, path: str) -> Any:
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
