"""The brand's one calendar: kept, ended and read. Whoever changes it is in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from aftercart.brands.models import Brand, CalendarEntry
from aftercart.brands.rules import CLOSED, Entry, EntryError, checked
from aftercart.brands.services import audit
from aftercart.plumbing import ids
from aftercart.plumbing.regions import region_code

FIELDS = tuple(field.name for field in fields(Entry))
# What ended longer ago than this is about no order that is still open.
MEMORY = timedelta(days=120)


def add(brand: Brand, entries: Sequence[Entry], *, at: datetime, by: str) -> list[CalendarEntry]:
    """Enter all of them, or none where one is wrong (EntryError)."""
    kept = [ready(entry) for entry in entries]
    with transaction.atomic():
        rows = [CalendarEntry(id=ids.new(at), brand=brand, made_at=at, made_by=by, **asdict(e)) for e in kept]
        for row in rows:
            detail: dict[str, object] = {name: str(value) for name, value in asdict(_entry(row)).items() if value}
            audit(brand, actor=by, action="calendar.add", subject=str(row.id), detail=detail)
        return CalendarEntry.objects.bulk_create(rows)


def end(brand: Brand, entry_id: UUID, *, at: datetime, today: date, by: str) -> bool:
    """It holds no longer: what was ordered before today keeps it, what has not begun never holds."""
    with transaction.atomic():
        row = CalendarEntry.objects.select_for_update().filter(brand=brand, id=entry_id, ended_at=None).first()
        if row is None:
            return False
        row.ended_at, row.ended_by = at, by
        yesterday = today - timedelta(days=1)
        row.ends = yesterday if row.ends is None or row.ends > yesterday else row.ends
        row.save(update_fields=["ended_at", "ended_by", "ends"])
        audit(brand, actor=by, action="calendar.end", subject=str(row.id), detail={"name": row.name})
        return True


def entries_of(brand: Brand, day: date) -> tuple[Entry, ...]:
    """What may matter to whatever is open on this day: what is in force, was lately, or will be."""
    since = Q(ends=None) | Q(ends__gte=day - MEMORY) | Q(ships_from__gte=day - MEMORY)
    rows = CalendarEntry.objects.filter(since, brand=brand).order_by("begins", "id")
    # What was ended before it began has no day left.
    return tuple(_entry(row) for row in rows if row.ends is None or row.ends >= row.begins)


def listed(brand: Brand) -> list[CalendarEntry]:
    """Everything ever entered, the latest to begin first."""
    return list(CalendarEntry.objects.filter(brand=brand).order_by("-begins", "-id"))


def _entry(row: CalendarEntry) -> Entry:
    return Entry(**{name: getattr(row, name) for name in FIELDS})


def ready(entry: Entry) -> Entry:
    """The entry as it would be kept; EntryError where it says nothing or what cannot be."""
    country = entry.country.strip().upper()
    ends = entry.ends or (entry.begins if entry.kind in CLOSED else None)
    region = region_code(country, entry.region) if entry.region.strip() else ""
    name, sku = entry.name.strip(), entry.sku.strip()
    return checked(replace(entry, name=name, country=country, region=region, ends=ends, sku=sku))


__all__ = ["Entry", "EntryError", "add", "end", "entries_of", "listed", "ready"]
