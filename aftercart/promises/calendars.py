"""Days on which parcels move, and clocks that only run on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

DAY = timedelta(days=1)

AROUND = (-3, -2, -1, 1, 2, 3)  # weeks before and after a holiday that say what its weekday usually brings
TELLING = 20  # arrivals that such weekdays bring, below which a holiday tells nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """`weekend` holds weekdays as Python counts them: Monday is 0."""

    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def is_business(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays

    def weekday(self, day: date) -> int:
        """The weekday that `day` behaves like: a holiday is a Sunday."""
        return 6 if day in self.holidays else day.weekday()

    def business_days(self, start: date, end: date) -> int:
        """Business days from `start` (not counted) to `end` (counted)."""
        return sum(self.is_business(start + DAY * n) for n in range(1, (end - start).days + 1))

    def after(self, since: datetime, days: float, zone: tzinfo) -> datetime:
        """The instant at which `days` business days of 24 hours have passed since `since`, in `zone`."""
        return _after(self, since, days, zone)


def kept(holidays: Mapping[date, str], arrivals: Mapping[date, int]) -> dict[str, bool]:
    """By the name of a holiday: whether carriers keep it, which is whether fewer than half of what its weekday usually
    brings came on it. Unnamed is what this history, of arrivals by day, does not tell.
    """
    came: Counter[str] = Counter()
    usual: Counter[str] = Counter()
    until = max(arrivals, default=date.min)
    for day, name in holidays.items():
        around = [arrivals.get(day + 7 * week * DAY, 0) for week in AROUND if day + 7 * week * DAY <= until]
        if day <= until and around:
            came[name] += arrivals.get(day, 0)
            usual[name] += round(sum(around) / len(around))
    return {name: came[name] < count / 2 for name, count in usual.items() if count >= TELLING}


@lru_cache(maxsize=65_536)
def _after(calendar: Calendar, since: datetime, days: float, zone: tzinfo) -> datetime:
    at = since.astimezone(zone).replace(tzinfo=None)
    left = timedelta(days=days)
    for _ in range(4000):
        end = datetime.combine(at.date() + DAY, datetime.min.time())
        if calendar.is_business(at.date()):
            if left < end - at:
                break
            left -= end - at
        at = end
    return (at + left).replace(tzinfo=zone).astimezone(since.tzinfo)


def calendar_days(calendar: Calendar, since: datetime, until: datetime, zone: tzinfo) -> float:
    """Business days between two instants, counted as `Calendar.after` counts them."""
    start, end = since.astimezone(zone), until.astimezone(zone)
    if end <= start:
        return 0.0
    whole = calendar.business_days(start.date(), end.date() - DAY) if end.date() > start.date() else 0
    if end.date() == start.date():
        return (end - start) / DAY if calendar.is_business(start.date()) else 0.0
    first = 1 - _of_day(start) if calendar.is_business(start.date()) else 0.0
    last = _of_day(end) if calendar.is_business(end.date()) else 0.0
    return whole + first + last


def _of_day(at: datetime) -> float:
    return (at.hour * 3600 + at.minute * 60 + at.second) / 86_400


ALWAYS = Calendar(weekend=frozenset())
