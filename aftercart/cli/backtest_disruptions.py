"""`aftercart backtest disruptions`: what the charts would have alarmed about in your own past, and how soon."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from aftercart.cli.past_orders import fail, names_of, one_file, past_orders, say_refused, zone_of
from aftercart.watch.history import COLUMNS, Past

if TYPE_CHECKING:
    from aftercart.watch.disruptions.backtest import Period
    from aftercart.watch.disruptions.slowing import SlowDown

# Options that take several values, of which all but the first are left among the arguments.
QUIET, INJECT = "--quiet", "--inject"


def disruptions(
    given: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Finished orders: .csv, .jsonl or .parquet, or one of them .gz.")
    ],
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS …", help="The file's name of a column, and ours.")
    ] = None,
    quiet: Annotated[
        list[str] | None,
        typer.Option(QUIET, metavar="FROM:TO …", help="Days of which you know that nothing was the matter."),
    ] = None,
    inject: Annotated[
        list[str] | None,
        typer.Option(
            INJECT, metavar="REGION:RATE:DAYS …", help="A slow-down to put in, such as all:50:14 or PR,SC,RS:0.5:14."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    zone: Annotated[str, typer.Option(help="Zone of the days, and of times written without an offset.")] = "UTC",
    country: Annotated[
        str, typer.Option(help="Country of the destinations, for its holidays; found from their codes unless given.")
    ] = "",
) -> None:
    """Play finished orders through the disruption charts, knowing on each day only what was known then."""
    began = time.perf_counter()
    words = _sorted_out(given)
    periods = [_period(word) for word in [*(quiet or []), *words["quiet"]]]
    slow_downs = [_slow_down(word) for word in [*(inject or []), *words["inject"]]]
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        names = names_of([*(renamed or []), *words["map"]], COLUMNS)
        history, refused = past_orders(one_file(words["file"]), names, zone_of(zone), progress)
        report = _play(history, country.upper(), periods, slow_downs, progress)
    report |= {"rows_refused": len(refused), "seconds": round(time.perf_counter() - began, 2)}
    say_refused(((row.line, row.reason) for row in refused), errors)
    if as_json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _show(report)


def _sorted_out(given: Sequence[str]) -> dict[str, list[str]]:
    """The file, and what belongs to an option that takes several: each kind is written in its own way."""
    found: dict[str, list[str]] = {"file": [], "map": [], "quiet": [], "inject": []}
    for word in given:
        if Path(word).exists():
            kind = "file"
        elif "=" in word:
            kind = "map"
        else:
            kind = {0: "file", 1: "quiet"}.get(word.count(":"), "inject")
        found[kind].append(word)
    return found


def _period(word: str) -> Period:
    from aftercart.watch.disruptions.backtest import Period

    first, _, last = word.partition(":")
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        fail(f"{QUIET}: {word!r} is not FROM:TO; it is written like 2018-01-16:2018-02-09")
    if period.last < period.first:
        fail(f"{QUIET}: {word!r} ends before it begins")
    return period


def _slow_down(word: str) -> SlowDown:
    from aftercart.watch.disruptions.slowing import SlowDown

    try:
        return SlowDown.of(word)
    except ValueError as error:
        fail(f"{INJECT}: {word!r}: {error}")


def _play(
    history: list[Past], country: str, quiet: list[Period], slow_downs: list[SlowDown], progress: Progress
) -> dict[str, Any]:
    from aftercart.watch.disruptions import backtest

    known = {place for past in history for place in (past.lane.destination, past.lane.carrier)}
    for by in slow_downs:
        if by.places - known:
            fail(f"{INJECT}: {by.label!r}: no order goes to or with {', '.join(sorted(by.places - known))}")
    return backtest.report(history, country=country, quiet=quiet, slow_downs=slow_downs, on_day=_shown_in(progress))


def _shown_in(progress: Progress) -> Callable[[str, int, int], None]:
    task = progress.add_task("playing")

    def on_day(what: str, done: int, total: int) -> None:
        progress.update(task, total=total, completed=done, description=what)

    return on_day


def _show(report: dict[str, Any]) -> None:
    out = Console()
    alarms = Table(title=f"Alarms from {report['first_day']} to {report['last_day']}")
    for name in ("on", "where", "class", "since", "observed", "expected", "evidence", "limit"):
        alarms.add_column(name, justify="left" if name in ("on", "where", "class", "since") else "right")
    for alarm in report["alarms"]:
        told = alarm["evidence"]
        cells = (f"{told[name]:g}" for name in ("observed", "expected", "statistic", "limit"))
        alarms.add_row(alarm["on"], alarm["region"], alarm["class"], told["began"], *cells)
    out.print(alarms)
    if report["injected"]:
        found = Table(title="Slow-downs that were put in")
        for name in ("where", "rate", "days", "found", "median delay"):
            found.add_column(name, justify="left" if name == "where" else "right")
        for one in report["injected"]:
            share, delay = one["found_share"], one["median_delay_days"]
            found.add_row(
                one["region"], f"{one['rate']:.0%}", str(one["days"]), "–" if share is None else f"{share:.0%}",
                "–" if delay is None else f"{delay:g} days",
            )  # fmt: skip
        out.print(found)
    if report["quiet_days"]:
        out.print(f"False alarms in {report['quiet_days']} quiet days: {report['false_alarms']}.", highlight=False)
    out.print(f"Rows left out: {report['rows_refused']:,}. {report['seconds']} s.", highlight=False)
