"""The brand's one calendar on the command line: list, add, end, import."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.brands.models import Brand, CalendarEntry
    from aftercart.brands.rules import Entry

app = typer.Typer(no_args_is_help=True, help="Holidays, campaigns, launches, preorders, backorders and peaks.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
BY = "aftercart calendar"
DAYS = ("begins", "ends", "ships_from")
SHOWN = (
    "kind", "name", "begins", "ends", "sku", "country", "region", "carrier", "service", "ships_from", "handling_days",
    "transit_days", "note",
)  # fmt: skip


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False) -> None:
    """What the calendar says, the latest first."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands.calendar import listed

        rows = listed(brand_of(slug))
    if as_json:
        typer.echo(json.dumps([_plain(row) for row in rows]))
        return
    for row in rows:
        until = f"{row.ends or 'until ended'}{' (ended)' if row.ended_at else ''}"
        parts = (_about(row), _effect(row), f"“{row.note}”" if row.note else "")
        said = " · ".join(part for part in parts if part)
        typer.echo(f"{row.id}  {row.kind:9}  {row.begins} – {until}  {row.name}: {said}")
    if not rows:
        typer.echo("Nothing is in the calendar.")


@app.command()
def add(
    slug: Slug,
    kind: Annotated[str, typer.Argument(help="holiday, closure, campaign, launch, preorder, backorder or peak.")],
    name: Annotated[str, typer.Argument(help="What you call it.")],
    begins: Annotated[str, typer.Option(help="Its first day: 2026-11-27.")],
    ends: Annotated[str, typer.Option(help="Its last day; without: until you end it.")] = "",
    sku: Annotated[str, typer.Option(help="Of this product alone; VASE-* for all that begin so.")] = "",
    country: Annotated[str, typer.Option(help="To this country alone: two letters.")] = "",
    region: Annotated[str, typer.Option(help="To this state or province of it alone.")] = "",
    carrier: Annotated[str, typer.Option(help="By this carrier alone.")] = "",
    service: Annotated[str, typer.Option(help="By this delivery method alone.")] = "",
    ships_from: Annotated[str, typer.Option(help="The day from which it leaves.")] = "",
    handling_days: Annotated[int, typer.Option(help="Packing takes so many days longer.")] = 0,
    transit_days: Annotated[int, typer.Option(help="The road takes so many days longer.")] = 0,
    note: Annotated[str, typer.Option(help="Your own words to customers.")] = "",
    as_json: AsJson = False,
) -> None:
    """Enter something. From then on checkout, new promises and what is believed of open orders follow it."""
    told: dict[str, Any] = {
        "kind": kind, "name": name, "begins": begins, "ends": ends, "sku": sku, "country": country, "region": region,
        "carrier": carrier, "service": service, "ships_from": ships_from, "handling_days": handling_days,
        "transit_days": transit_days, "note": note,
    }  # fmt: skip
    (row,) = _enter(slug, [told])
    typer.echo(json.dumps(_plain(row)) if as_json else f"{row.kind} {row.name}: {row.id}")


@app.command()
def end(
    slug: Slug, entry: Annotated[str, typer.Argument(help="Its id, as `list` prints it.")], as_json: AsJson = False
) -> None:
    """End an entry: it holds for nothing that is ordered from today on."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import calendar
        from aftercart.watch.services import look_again

        brand = brand_of(slug)
        now, today = _now(brand)
        try:
            found = calendar.end(brand, UUID(entry), at=now, today=today, by=BY)
        except ValueError:
            setup.fail(f"entry: {entry!r} is no id")
        if not found:
            setup.fail(f"entry: none that holds has the id {entry}")
        look_again(brand, now)
    typer.echo(json.dumps({"ended": entry}) if as_json else "Ended.")


@app.command("import")
def import_(
    slug: Slug,
    file: Annotated[str, typer.Argument(help="CSV or JSON lines, with the columns that `add` takes as options.")],
    as_json: AsJson = False,
) -> None:
    """Enter a whole file, or nothing of it where a row is wrong."""
    rows = _enter(slug, _told(file))
    typer.echo(json.dumps([_plain(row) for row in rows]) if as_json else f"{len(rows)} entries.")


def _told(file: str) -> list[dict[str, Any]]:
    from aftercart.cli.importing.files import FileError, open_records

    told = []
    try:
        with ExitStack() as files:
            for record in open_records(Path(file), files).records:
                if record.slip:
                    setup.fail(f"line {record.line}: {record.slip}")
                if strange := record.cells.keys() - set(SHOWN):
                    setup.fail(f"line {record.line}: {min(strange)}: is none of {', '.join(SHOWN)}")
                cells = {name: value for name, value in record.cells.items() if value is not None}
                told.append(dict.fromkeys(SHOWN, "") | cells)
    except FileError as error:
        setup.fail(str(error))
    return told


def _enter(slug: str, told: list[dict[str, Any]]) -> list[CalendarEntry]:
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import calendar
        from aftercart.watch.services import look_again

        brand = brand_of(slug)
        now, _ = _now(brand)
        entries = []
        for place, row in enumerate(told, start=1):
            where = f"row {place}, " if len(told) > 1 else ""
            try:
                entries.append(calendar.ready(_read(row)))
            except ValueError as error:
                setup.fail(f"{where}{error}")
        try:
            rows = calendar.add(brand, entries, at=now, by=BY)
        except calendar.EntryError as error:
            setup.fail(str(error))
        look_again(brand, now)
        return rows


def _read(row: dict[str, Any]) -> Entry:
    from aftercart.brands.rules import Entry
    from aftercart.orders.carriers import carrier

    begins = _day("begins", row)
    if begins is None:
        raise ValueError("begins: say its first day, such as 2026-11-27")
    word = {name: str(row[name]).strip() for name in SHOWN}
    return Entry(
        kind=word["kind"],
        name=word["name"],
        begins=begins,
        ends=_day("ends", row),
        sku=word["sku"],
        country=word["country"],
        region=word["region"],
        carrier=carrier(word["carrier"]),
        service=word["service"],
        ships_from=_day("ships_from", row),
        handling_days=_count("handling_days", row),
        transit_days=_count("transit_days", row),
        note=word["note"],
    )


def _day(field: str, row: dict[str, Any]) -> date | None:
    text = str(row[field]).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{field}: {text!r} is no day, such as 2026-11-27") from None


def _count(field: str, row: dict[str, Any]) -> int:
    text = str(row[field]).strip()
    try:
        return int(text or 0)
    except ValueError:
        raise ValueError(f"{field}: {text!r} is no whole number") from None


def _now(brand: Brand) -> tuple[datetime, date]:
    from zoneinfo import ZoneInfo

    from aftercart.plumbing import clock

    now = clock.business(brand)
    return now, now.astimezone(ZoneInfo(brand.time_zone)).date()


def _plain(row: CalendarEntry) -> dict[str, object]:
    days = {name: value.isoformat() if (value := getattr(row, name)) else None for name in DAYS}
    made = {"made_at": row.made_at.isoformat(), "made_by": row.made_by}
    ended = {"ended_at": row.ended_at and row.ended_at.isoformat(), "ended_by": row.ended_by}
    return {"id": str(row.id)} | {name: getattr(row, name) for name in SHOWN} | days | made | ended


def _about(row: CalendarEntry) -> str:
    parts = (row.sku, "-".join(part for part in (row.country, row.region) if part), row.carrier, row.service)
    return ", ".join(part for part in parts if part) or "all"


def _effect(row: CalendarEntry) -> str:
    parts = [f"leaves from {row.ships_from}"] if row.ships_from else []
    parts += [f"packing +{row.handling_days} d"] if row.handling_days else []
    parts += [f"road +{row.transit_days} d"] if row.transit_days else []
    return ", ".join(parts)
