"""The days on which hardly anything arrives in the country that a file of past orders is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import holidays

from aftercart.promises.calendars import ALWAYS, Calendar, kept

YEARS = range(2005, 2045)
MOST_STATES = 0.99  # of the destinations that are named: states of the country
FEWEST_STATES = 10  # fewer codes of two letters could be anything
NOBODYS = "none"


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The calendar, and whose holidays it holds ("": nobody's)."""

    calendar: Calendar
    country: str


def days_off(given: str, destinations: Sequence[str], arrived: Sequence[date | None], split: date) -> DaysOff:
    """Of the country that was given, else of the one whose states the destinations are.

    Public holidays count, optional ones (carnival) do not, unless arrivals before the split show otherwise. Raises
    NotImplementedError for a country of which nothing is known.
    """
    country = (given or _country_of(destinations)).upper()
    if not country or country == NOBODYS.upper():
        return DaysOff(ALWAYS, "")
    arrivals = Counter(day for day in arrived if day is not None and day < split)
    off: set[date] = set()
    known = holidays.country_holidays(country, years=YEARS).supported_categories
    for category in {holidays.PUBLIC, holidays.OPTIONAL}.intersection(known):
        named = holidays.country_holidays(country, years=YEARS, categories=(category,))
        seen = kept(named, arrivals)
        off |= {day for day, name in named.items() if seen.get(name, category == holidays.PUBLIC)}
    return DaysOff(Calendar(holidays=frozenset(off), weekend=frozenset()), country)


def _country_of(destinations: Sequence[str]) -> str:
    """The only country of whose states nearly all of these are codes; "" where there is none, or more than one."""
    named = Counter(place for place in destinations if place)
    if len(named) < FEWEST_STATES:
        return ""
    states = holidays.list_supported_countries(include_aliases=False)
    found = [
        country
        for country, codes in states.items()
        if sum(named[place] for place in codes) >= MOST_STATES * named.total()
    ]
    return found[0] if len(found) == 1 else ""
