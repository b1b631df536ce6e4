"""Working days and local hours, for warehouses that pack and carriers that drive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)


@lru_cache(maxsize=200)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


@lru_cache(maxsize=20_000)
def works(day: date, country: str, *, saturday: bool = False) -> bool:
    weekday = day.weekday()
    return weekday < (6 if saturday else 5) and day not in _holidays(country, day.year)


def on_or_after(day: date, country: str, *, saturday: bool = False) -> date:
    while not works(day, country, saturday=saturday):
        day += DAY
    return day


def working_days_later(day: date, count: int, country: str, *, saturday: bool = False) -> date:
    """`count` working days after `day`; with 0, the first working day from `day` on."""
    day = on_or_after(day, country, saturday=saturday)
    for _ in range(count):
        day = on_or_after(day + DAY, country, saturday=saturday)
    return day


def at(day: date, hour: float, zone: ZoneInfo) -> datetime:
    """The instant of a local hour, to the second; 7.5 is half past seven."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=round(hour * 3600))
    return local.astimezone(UTC)


def hours(count: float) -> timedelta:
    return timedelta(seconds=round(count * 3600))
