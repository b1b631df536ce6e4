"""From which day on an order can come, by the brand's calendar. Pure.

Lanes are learned from what was; the calendar says what will be otherwise. So it moves the day from which an order, or
a parcel, counts: one that waits for a product, stands before a closed door or behind a queue comes like one that began
later. Nothing else changes, and the same rule serves checkout, the first promise and every belief after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aftercart.brands.rules import AWAITED, CLOSED, CLOSURE, HOLIDAY, SLOW, Entry
from aftercart.promises.calendars import DAY, Calendar

NO_DAYS: frozenset[date] = frozenset()


def counted(local: datetime, *, cutoff_minute: int | None, packing: Calendar) -> tuple[date, datetime]:
    """The day as of which an order of this moment counts, and when that changes.

    `local`: the moment on the brand's clock; `packing`: the working days of where it sends from. What is ordered
    after the minute of the day `cutoff_minute`, or on a day off, counts as of the next working day.
    """
    today, midnight = local.date(), (local + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    if cutoff_minute is None:
        return today, midnight
    closes = local.replace(hour=cutoff_minute // 60, minute=cutoff_minute % 60, second=0, microsecond=0)
    if local < closes and packing.is_business(today):
        return today, closes
    day = today + DAY
    while not packing.is_business(day):
        day += DAY
    return day, midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What an order is and where it goes, as far as it is known."""

    skus: tuple[str, ...] = ()
    country: str = ""
    region: str = ""
    carrier: str = ""
    service: str = ""

    def concerns(self, entry: Entry) -> bool:
        return entry.sells(self.skus) and entry.goes(
            country=self.country, region=self.region, carrier=self.carrier, service=self.service
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The day from which it counts, and why if that is not the day itself.

    `because` is the kind of the entry that moves it most; `leaves` the first day on which it can leave, if that is
    what moves it; `note` the brand's own words.
    """

    day: date
    because: str = ""
    leaves: date | None = None
    note: str = ""


def start(entries: Sequence[Entry], *, ordered: date, course: Course) -> Start:
    """From when an order that was placed on this day counts."""
    found = Start(day=ordered)
    matching = [entry for entry in entries if entry.in_force(ordered) and course.concerns(entry)]
    for entry in matching:
        if entry.kind in AWAITED:
            found = _later(
                found, max(ordered, entry.ships_from or ordered) + timedelta(days=entry.handling_days), entry
            )
    slow = [entry for entry in matching if entry.kind in SLOW]
    if slow:
        most = max(slow, key=lambda entry: entry.handling_days + entry.transit_days)
        longer = max(e.handling_days for e in slow) + max(e.transit_days for e in slow)
        found = _later(found, found.day + timedelta(days=longer), most)
    closures = [entry for entry in entries if entry.kind == CLOSURE and course.concerns(entry)]
    return _opened(found, closures)


def on_the_road(entries: Sequence[Entry], *, left: date, course: Course) -> Start:
    """From when a parcel that left on this day counts."""
    slow = [e for e in entries if e.kind in SLOW and e.transit_days and e.in_force(left) and course.concerns(e)]
    if not slow:
        return Start(day=left)
    longest = max(slow, key=lambda entry: entry.transit_days)
    return _later(Start(day=left), left + timedelta(days=longest.transit_days), longest)


def closed_days(entries: Iterable[Entry], course: Course, *, packing: bool) -> frozenset[date]:
    """Days on which nothing moves there; while it is still with us, those on which we do not pack as well."""
    kinds = CLOSED if packing else frozenset({HOLIDAY})
    days = [day for entry in entries if entry.kind in kinds and course.concerns(entry) for day in entry.days()]
    return frozenset(days) if days else NO_DAYS


def _later(found: Start, day: date, entry: Entry) -> Start:
    if day <= found.day:
        return found
    leaves = day if entry.kind in AWAITED else None
    # A day named for one product is kept though the queue then moves it further.
    return Start(
        day=day,
        because=found.because if found.leaves and leaves is None else entry.kind,
        leaves=leaves or found.leaves,
        note=found.note if found.leaves and leaves is None else entry.note,
    )


def _opened(found: Start, closures: Sequence[Entry]) -> Start:
    """The first day from there on which we pack."""
    while closed := next((entry for entry in closures if entry.in_force(found.day)), None):
        day = (closed.ends or closed.begins) + DAY
        found = Start(day=day, because=found.because or CLOSURE, leaves=day, note=found.note or closed.note)
    return found
