from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.returning import return_by

DAY = date(2026, 3, 10)
some_days = st.lists(st.integers(0, 60).map(lambda n: DAY + timedelta(n)), max_size=6)


def test_it_counts_from_delivery_and_before_that_from_the_last_day_told() -> None:
    told = [DAY, DAY + timedelta(4)]
    assert return_by(30, told=told, delivered=[None]) == DAY + timedelta(34)
    assert return_by(30, told=told, delivered=[DAY + timedelta(6)]) == DAY + timedelta(36)
    assert return_by(30, told=told, delivered=[DAY + timedelta(1)]) == DAY + timedelta(34), "what was said stays true"


def test_nothing_is_said_where_the_brand_says_nothing_or_no_day_is_known() -> None:
    assert return_by(None, told=[DAY], delivered=[DAY]) is None
    assert return_by(30, told=[], delivered=[None]) is None


@given(st.integers(1, 365), some_days, some_days, st.integers(0, 60))
def test_the_day_that_was_told_never_becomes_an_earlier_one(
    window: int, told: list[date], later: list[date], came: int
) -> None:
    """Dates are told one after the other, then it arrives, early or late."""
    said = [return_by(window, told=(told + later)[:count], delivered=[]) for count in range(len(told + later) + 1)]
    said.append(return_by(window, told=told + later, delivered=[DAY + timedelta(came)]))
    named = [day for day in said if day]
    assert named == sorted(named)
