"""What to answer a shop that asks, before anything is ordered, when it would arrive. Pure.

The same rule as for orders: the pace of whole orders, from the day on which it would begin to count. All of it is in
the process, so an answer is a few look-ups: what was asked today of a lane has been worked out already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from aftercart.brands.rules import Entry
from aftercart.plumbing.regions import region_code
from aftercart.promises.calendars import Calendar
from aftercart.promises.expectations import Course, Start, closed_days, counted, start
from aftercart.promises.lanes import Lane
from aftercart.promises.repromise import USUAL, Terms, believable
from aftercart.promises.rules import Speed, Window, window

PREFIX = 3  # characters of a postal code by which the brand's own orders tell the region


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Where it would go, and what. `region` or `postal_code` where the country is large; `skus` if they matter."""

    country: str
    region: str = ""
    postal_code: str = ""
    service: str = ""
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What a brand answers from. `regions`: by country and the beginning of a postal code, as its orders have shown."""

    pace: Speed | None  # None: too little has arrived to know anything
    zone: ZoneInfo
    lane: Callable[[Ask], Lane]
    calendar: Callable[[str, frozenset[date]], Calendar]
    home: str = ""
    terms: Terms = USUAL
    entries: Sequence[Entry] = ()
    regions: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def placed(self, ask: Ask) -> Ask:
        """The question with its region, where the brand's own orders tell it."""
        known = region_code(ask.country, ask.region) if ask.region else ""
        folded = ask.postal_code.replace(" ", "").upper()
        region = known or self.regions.get((ask.country, folded[:PREFIX]), "")
        return Ask(country=ask.country, region=region, postal_code=ask.postal_code, service=ask.service, skus=ask.skus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """`window` is None where we know too little; `stale_at`: when the answer may be another, if nothing is learned."""

    window: Window | None
    start: Start
    stale_at: datetime


def quote(ask: Ask, book: Book, now: datetime) -> Quote:
    """When it would arrive if it were ordered now."""
    ask = book.placed(ask)
    local = now.astimezone(book.zone)
    ordered, stale_at = counted(
        local, cutoff_minute=book.terms.cutoff_minute, packing=book.calendar(book.home, frozenset())
    )
    course = Course(skus=ask.skus, country=ask.country, region=ask.region, service=ask.service)
    begun = start(book.entries, ordered=ordered, course=course)
    if book.pace is None:
        return Quote(window=None, start=begun, stale_at=stale_at)
    days = book.calendar(ask.country, closed_days(book.entries, course, packing=True))
    found = _window(book.pace, book.pace.version, book.lane(ask), begun.day, days, book.terms.confidence)
    return Quote(window=found if believable(found, book.terms) else None, start=begun, stale_at=stale_at)


@lru_cache(maxsize=65_536)
def _window(pace: Speed, version: int, lane: Lane, day: date, days: Calendar, confidence: float) -> Window:
    return window(pace, lane=lane, start=day, today=day, calendar=days, shares=(1 - confidence, confidence))


def lasts(quoted: Quote, now: datetime, *, most: timedelta) -> int:
    """For how many seconds the answer may be kept."""
    return max(int(min(quoted.stale_at - now, most).total_seconds()), 0)
