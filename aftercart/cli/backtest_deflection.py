"""`aftercart backtest deflection`: how many contacts notices spared, from a file of held-out and notified customers."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from aftercart.cli.assigned_customers import NAMES, Customers, UnreadableFile, read
from aftercart.cli.past_orders import fail, file_and_names, say_refused

if TYPE_CHECKING:
    from aftercart.outreach.experiments.estimate import Arm, Estimate

UNIT = "contacts per affected order"
SIGN = "held_out_rate - notified_rate: above 0 where notices spare contacts"


def deflection(
    given: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Assigned customers: .csv, .jsonl or .parquet, or one of them .gz."),
    ],
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS …", help="The file's name of a column, and ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Compare customers who were held out of notices with those who were notified, by intention to treat.

    The file has the columns customer, held_out (true/false, 1/0), affected_orders and contacts. The effect is the
    contacts per affected order of the held-out less those of the notified: 0.08 with --json, "8 per 100 affected
    orders" without, both meaning that notices spare so many. `low` and `high` are its 95 % interval.
    """
    began = time.perf_counter()
    file, names = file_and_names(given, renamed or [], tuple(NAMES))
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        customers = _read(file, names, progress)
    say_refused(customers.refused, errors)
    found = _compared(file, customers)
    told = report(found) | {
        "customers": len(customers),
        "rows_refused": len(customers.refused),
        "seconds": round(time.perf_counter() - began, 2),
    }
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        _show(found, told)


def _read(file: Path, names: dict[str, str], progress: Progress) -> Customers:
    reading = progress.add_task("reading")
    try:
        customers = read(file, names=names, on_part=lambda at, of: progress.update(reading, completed=at, total=of))
    except UnreadableFile as error:
        fail(f"{file.name}: {error}")
    if not len(customers):
        first = customers.refused[0] if customers.refused else None
        fail(f"{file.name}: " + (f"line {first[0]}: {first[1]}" if first else "holds no rows"))
    return customers


def _compared(file: Path, customers: Customers) -> Estimate:
    from aftercart.outreach.experiments.estimate import arm, estimate

    found = estimate(customers.held_out, customers.notified)
    if found is not None:
        return found
    for name, one in (("held out", arm(customers.held_out)), ("notified", arm(customers.notified))):
        if one.customers < 2:
            few = f"only {one.customers} customer" if one.customers else "no customer"
            fail(f"{file.name}: {few} with an affected order is {name}, so there is nothing to compare with")
    fail(f"{file.name}: contacts: there is not one, so there is nothing to compare")


def report(found: Estimate) -> dict[str, Any]:
    """For machines: `effect low high` are contacts per affected order, `relative` shares of the contacts."""
    relative = dict(zip(("effect", "low", "high"), found.relative, strict=True))
    return {
        "effect": found.effect,
        "low": found.interval[0],
        "high": found.interval[1],
        "held_out_rate": found.held_out.rate,
        "notified_rate": found.notified.rate,
        "unit": UNIT,
        "sign": SIGN,
        "level": 0.95,
        "relative": relative,
        "always": {"low": found.always[0], "high": found.always[1]},
        "enough": found.enough,
        "arms": {"held_out": _arm(found.held_out), "notified": _arm(found.notified)},
    }


def _arm(one: Arm) -> dict[str, int]:
    return {"affected_customers": one.customers, "affected_orders": one.orders, "contacts": one.contacts}


def _show(found: Estimate, told: dict[str, Any]) -> None:
    table = Table(title="Contacts of held-out and notified customers")
    for name in ("", "customers", "affected orders", "contacts", "per 100 affected orders"):
        table.add_column(name, justify="right" if name else "left")
    for name, one in (("held out", found.held_out), ("notified", found.notified)):
        table.add_row(name, f"{one.customers:,}", f"{one.orders:,}", f"{one.contacts:,}", f"{100 * one.rate:.1f}")
    out = Console()
    out.print(table)
    low, high = (100 * end for end in found.interval)
    verb = "spare" if found.effect >= 0 else "cause"
    lines = [
        f"Notices {verb} {abs(100 * found.effect):.1f} contacts per 100 affected orders (95 %: {low:.1f} to {high:.1f}"
        f" spared{_share(found)}).",
        f"Looked at every day: {100 * found.always[0]:.1f} to {100 * found.always[1]:.1f}.",
    ]
    if not found.enough:
        lines.append("Not enough data yet: each arm needs 30 customers with an affected order, and 10 contacts.")
    elif found.interval[0] <= 0 <= found.interval[1]:
        lines.append("Chance alone may explain the difference.")
    lines.append(f"Rows left out: {told['rows_refused']:,}. {told['seconds']} s.")
    out.print("\n".join(lines), highlight=False, soft_wrap=True)


def _share(found: Estimate) -> str:
    share, low, high = found.relative
    return "" if share is None or low is None or high is None else f"; {share:.0%}, {low:.0%} to {high:.0%} of contacts"
