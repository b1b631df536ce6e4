from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from aftercart.cli import setup
from aftercart.cli.setup import fail

if TYPE_CHECKING:
    from aftercart.brands.models import Brand
    from aftercart.cli.importing.files import Opened
    from aftercart.cli.importing.loading import Loader, Rejected, Summary

SHOWN = 20


class Kind(StrEnum):
    ORDERS = "orders"
    PRODUCTS = "products"
    PARCELS = "parcels"
    SCANS = "scans"
    CONTACTS = "contacts"


def import_(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="orders, products, parcels, scans or contacts.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON lines or Parquet, each also gzipped.")],
    brand: Annotated[str, typer.Option(help="The brand's short name; needed where there are several.")] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS", help="A column of the file, and which it is.")
    ] = None,
    zone: Annotated[str, typer.Option(help="The zone of times without an offset, like Europe/Madrid.")] = "",
    currency: Annotated[str, typer.Option(help="The currency of amounts that name none.")] = "",
    as_of: Annotated[str, typer.Option(help="How new the file is: the newer of two versions of a thing wins.")] = "",
    source: Annotated[str, typer.Option(help="The system whose ids the file has, like shopify.")] = "aftercart",
    rejects: Annotated[Path | None, typer.Option(help="Write the records that could not be read here, as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Take history in from a file. A bad record is reported and the rest go in; running it again changes nothing."""
    setup.django()
    with setup.clear_errors():
        from aftercart.cli.importing.columns import ColumnError
        from aftercart.cli.importing.files import FileError, open_records
        from aftercart.cli.importing.loading import Loader

        begun, owner = time.monotonic(), one_brand(brand)
        try:
            loader = Loader(kind.value, _pairs(columns), _reading(owner, zone, currency, as_of, source), owner.id)
            with ExitStack() as files:
                summary = _run(open_records(file, files), loader, owner, file.name)
        except (FileError, ColumnError) as error:
            fail(str(error))
    _report(summary, rejects)
    told = _told(kind, file, summary, time.monotonic() - begun)
    typer.echo(json.dumps(told) if as_json else _sentence(told))
    raise typer.Exit(1 if summary.records and not summary.good else 0)


def one_brand(slug: str) -> Brand:
    from aftercart.brands.models import Brand

    brands = list(Brand.objects.filter(slug=slug) if slug else Brand.objects.order_by("slug")[:20])
    if len(brands) == 1:
        return brands[0]
    if slug:
        fail(f"--brand: there is no {slug!r}")
    if not brands:
        fail("there is no brand yet")
    fail(f"--brand is needed: there are {', '.join(b.slug for b in brands)}")


def _pairs(columns: list[str] | None) -> dict[str, str]:
    pairs = {}
    for pair in columns or ():
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or not ours:
            fail(f"--map {pair}: write --map theirs=ours")
        pairs[theirs.strip()] = ours.strip()
    return pairs


def _reading(brand: Brand, zone: str, currency: str, as_of: str, source: str) -> Any:
    from aftercart.cli.importing.cells import Reading
    from aftercart.plumbing import moments

    try:
        known = ZoneInfo(zone or brand.time_zone)
    except (KeyError, OSError, ValueError):
        fail(f"--zone: there is no zone {zone or brand.time_zone!r}")
    newest = moments.read(as_of) if as_of else None
    if as_of and newest is None:
        fail(f"--as-of: {as_of!r} is not a time")
    if newest is not None:
        newest = (newest if newest.tzinfo else newest.replace(tzinfo=known)).astimezone(UTC)
    return Reading(zone=known, zone_told=bool(zone), currency=currency.upper(), as_of=newest, source=source)


def _run(opened: Opened, loader: Loader, brand: Brand, name: str) -> Summary:
    from aftercart.cli.importing import loading
    from aftercart.cli.importing.columns import check, naming
    from aftercart.plumbing import clock

    errors = Console(stderr=True)
    if opened.notice:
        errors.print(opened.notice, markup=False)
    if opened.columns is not None:
        names = naming(loader.kind, opened.columns, loader.told)
        check(loader.kind, names, opened.columns)
        if names.unused:
            errors.print(f"not used: {', '.join(names.unused)}", markup=False)
    since: datetime = clock.machine()
    with progress_bar(errors) as bar:
        reading = bar.add_task(f"Reading {name}", total=opened.total)
        loader.load(opened.records, lambda: bar.update(reading, completed=opened.position()))
        bar.update(reading, completed=opened.total)
        applying = bar.add_task("Applying", total=loading.waiting(brand.id))
        loader.summary.quarantined = loading.apply(brand.id, since, lambda taken: bar.advance(applying, taken))
    return loader.summary


@contextmanager
def progress_bar(errors: Console) -> Iterator[Progress]:
    parts = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*parts, console=errors, transient=True) as bar:
        yield bar


def _report(summary: Summary, rejects: Path | None) -> None:
    if rejects is not None:
        with rejects.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(("line", "field", "reason", "record"))
            table.writerows(_plain(one) for one in summary.rejected)
    for one in summary.rejected[:SHOWN]:
        typer.echo(f"line {one.line}: {one.field}: {one.reason}", err=True)
    if (more := len(summary.rejected) - SHOWN) > 0:
        typer.echo(f"… and {more} more; --rejects FILE lists them all", err=True)


def _plain(one: Rejected) -> tuple[int, str, str, str]:
    # A spreadsheet takes a cell that begins like a formula for one.
    cells = (one.field, one.reason, json.dumps(one.record, default=str, ensure_ascii=False))
    field, reason, record = (f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells)
    return one.line, field, reason, record


def _told(kind: Kind, file: Path, summary: Summary, seconds: float) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "file": file.name,
        "records": summary.records,
        "good": summary.good,
        "bad": summary.bad,
        "facts": summary.facts,
        "deliveries_new": summary.new,
        "deliveries_known": summary.known,
        "quarantined": summary.quarantined,
        "seconds": round(seconds, 1),
        "rejected": [{"line": r.line, "field": r.field, "reason": r.reason} for r in summary.rejected[:1000]],
    }


def _sentence(told: dict[str, Any]) -> str:
    again = (
        " Nothing new: all of it was here already." if told["deliveries_known"] and not told["deliveries_new"] else ""
    )
    stuck = f" {told['quarantined']} deliveries are in quarantine." if told["quarantined"] else ""
    return f"{told['good']} of {told['records']} records of {told['file']} are in, {told['bad']} bad.{again}{stuck}"
