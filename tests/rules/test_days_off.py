from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from aftercart.cli.days_off import days_off
from aftercart.promises.calendars import ALWAYS, kept

DAY = timedelta(days=1)
CARNIVAL, GOOD_FRIDAY = (date(2017, 2, 27), date(2018, 2, 12)), (date(2017, 4, 14), date(2018, 3, 30))
YEAR = [date(2017, 1, 1) + DAY * n for n in range(365)]
STATES = ["SP", "RJ", "MG", "RS", "PR", "SC", "BA", "PE", "CE", "GO", "RR"]


def arrived(a_day: int = 30, *, none_on: tuple[date, ...] = ()) -> list[date | None]:
    return [None, *(day for day in YEAR if day not in none_on for _ in range(a_day))]


def test_whose_states_the_destinations_are_is_the_country() -> None:
    found = days_off("", STATES * 20, arrived(), date(2018, 1, 1))
    assert found.country == "BR"
    assert days_off("", ["", "somewhere", *STATES * 20], arrived(), date(2018, 1, 1)).country == "BR"


@pytest.mark.parametrize(
    "destinations", [STATES[:9], ["AL", "MS", "MT", "PA", "PR", "MA", "SC"] * 9, ["01", "02", "03"] * 9, [""] * 9, []]
)
def test_few_names_or_those_of_several_countries_are_nobodys(destinations: list[str]) -> None:
    assert days_off("", destinations, arrived(), date(2018, 1, 1)).calendar == ALWAYS


def test_a_country_that_is_given_counts_and_so_does_none() -> None:
    assert days_off("de", STATES * 20, arrived(), date(2018, 1, 1)).country == "DE"
    assert days_off("none", STATES * 20, arrived(), date(2018, 1, 1)).calendar == ALWAYS
    with pytest.raises(NotImplementedError):
        days_off("XX", [], [], date(2018, 1, 1))


def test_public_holidays_count_and_optional_ones_where_hardly_anything_arrived() -> None:
    unseen = days_off("BR", [], [], date(2018, 1, 1)).calendar.holidays
    assert GOOD_FRIDAY[1] in unseen and CARNIVAL[1] not in unseen

    both = (CARNIVAL[0], CARNIVAL[0] + DAY, GOOD_FRIDAY[0])
    closed = days_off("BR", [], arrived(none_on=both), date(2018, 1, 1)).calendar.holidays
    assert GOOD_FRIDAY[1] in closed and CARNIVAL[1] in closed

    worked = days_off("BR", [], arrived(), date(2018, 1, 1)).calendar.holidays
    assert GOOD_FRIDAY[1] not in worked and CARNIVAL[1] not in worked


def test_of_what_comes_after_the_split_nothing_is_seen() -> None:
    both = (CARNIVAL[0], CARNIVAL[0] + DAY)
    before = days_off("BR", [], arrived(none_on=both), CARNIVAL[0]).calendar
    assert before == days_off("BR", [], [one for one in arrived() if one and one < CARNIVAL[0]], CARNIVAL[0]).calendar
    assert CARNIVAL[1] not in before.holidays


def test_a_history_of_a_few_arrivals_a_day_tells_nothing() -> None:
    easter = {GOOD_FRIDAY[0]: "Good Friday"}
    assert kept(easter, Counter(YEAR)) == {}
    assert kept(easter, Counter(dict.fromkeys(YEAR, 30))) == {"Good Friday": False}
    assert kept(easter, Counter({day: 14 if day in easter else 30 for day in YEAR})) == {"Good Friday": True}
    assert kept({date(2018, 1, 15): "tomorrow"}, Counter(dict.fromkeys(YEAR, 30))) == {}
