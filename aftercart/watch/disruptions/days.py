"""Which days say something about the speed of parcels, and as what weekday."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import holidays as public_holidays

from aftercart.promises.calendars import DAY

SUNDAY = 6
DOUBTFUL = -1
_YEARS = range(2015, 2036)
_ENOUGH = 0.98  # of the orders go to places of a country, for it to be the one that a file is about


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`rests`: nothing moves, as on a Sunday. `doubtful`: carriers differ (a half holiday, a day between a holiday and
    a weekend), so that day is not judged and teaches nothing."""

    rests: frozenset[date] = field(default_factory=frozenset)
    doubtful: frozenset[date] = field(default_factory=frozenset)

    def weekday(self, day: date) -> int:
        """As what weekday this day counts: a holiday as a Sunday, a doubtful one as none."""
        if day in self.rests:
            return SUNDAY
        return DOUBTFUL if day in self.doubtful else day.weekday()


@lru_cache(maxsize=512)
def working_days(country: str, region: str = "") -> WorkingDays:
    """Of a country, or a part of it where that has holidays of its own. Every day works where we know of none."""
    try:
        rests = frozenset(public_holidays.country_holidays(country, years=_YEARS))
        half = _half_holidays(country, region)
    except NotImplementedError:
        return WorkingDays()
    return WorkingDays(rests, (half | _bridges(rests)) - rests)


def _half_holidays(country: str, region: str) -> frozenset[date]:
    """Days on which some rest: those that only a part of the country keeps, and those that nobody has to keep."""
    supported = public_holidays.list_supported_countries().get(country, ())
    part = region if region in supported else None
    own = public_holidays.country_holidays(country, subdiv=part, years=_YEARS)
    kinds = [kind for kind in ("optional", "half_day", "bank") if kind in own.supported_categories]
    half = public_holidays.country_holidays(country, subdiv=part, years=_YEARS, categories=kinds) if kinds else ()
    return frozenset(own) | frozenset(half)


def _bridges(rests: frozenset[date]) -> frozenset[date]:
    """Days with a holiday on one side and a Sunday or another holiday on the other."""

    def idle(day: date) -> bool:
        return day in rests or day.weekday() == SUNDAY

    beside = {day + step for day in rests for step in (DAY, -DAY)}
    return frozenset(day for day in beside if not idle(day) and idle(day - DAY) and idle(day + DAY))


def place(destination: str, country: str) -> tuple[str, str]:
    """The country and the region of a destination, which is written `BR-SP`, or `SP` where the country is known."""
    first, dash, rest = destination.partition("-")
    if dash:
        return first, rest
    return (country, destination) if country else (destination, "")


def country_of(regions: Iterable[str]) -> str:
    """The one country that nearly all of these region codes belong to; blank if there is none, or several."""
    seen = Counter(region for region in regions if region)
    total, supported = sum(seen.values()), public_holidays.list_supported_countries(include_aliases=False)
    fitting = [
        country
        for country, parts in supported.items()
        if len(seen) > 1 and sum(seen[part] for part in parts if part in seen) >= _ENOUGH * total
    ]
    return fitting[0] if len(fitting) == 1 else ""
