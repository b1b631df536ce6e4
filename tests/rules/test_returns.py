from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.returns.rules import CHANGED, GOODS, LABEL, METHODS, STEP, Terms, Told, fold, method, working_day

MONDAY = datetime(2026, 3, 9, 10, tzinfo=UTC)


def told(days: float, word: str, kind: str = CHANGED, **known: Any) -> Told:
    at = MONDAY + timedelta(days=days)
    return Told(at=at, id=f"{at}{kind}{word}", kind=kind, word=word, **known)


ASKED, LET, SENT = told(0, "request", order_key="1", name="R-7"), told(1, "approve"), told(2, "", LABEL, number="H0")
HERE, SHELVED = told(4, "processing_required", GOODS), told(5, "restocked", GOODS)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], ""),
        ([ASKED], "requested"),
        ([told(0, "update")], ""),
        ([ASKED, LET], "open"),
        ([ASKED, LET, SENT], "open"),
        ([LET, HERE], "received"),
        ([LET, HERE, SHELVED], "checked"),
        ([LET, HERE, SHELVED, told(6, "close")], "closed"),
        ([ASKED, told(1, "decline")], "declined"),
        ([LET, told(1, "cancel")], "cancelled"),
        ([LET, HERE, told(5, "close"), told(6, "reopen")], "received"),
        ([told(4, "missing", GOODS)], ""),
        ([ASKED, told(0, "approve")], "open"),
        ([told(0, "what nobody knows")], ""),
    ],
)
def test_where_a_return_stands_follows_from_its_steps(steps: list[Told], state: str) -> None:
    assert {fold(order).state for order in permutations(steps)} == {state}


def test_a_return_keeps_when_it_first_reached_each_step_and_what_it_is_called() -> None:
    found = fold([told(7, "approve"), SHELVED, HERE, SENT, LET, ASKED])
    assert (found.asked_at, found.approved_at) == (ASKED.at, LET.at)
    assert (found.received_at, found.checked_at, found.ended_at) == (HERE.at, SHELVED.at, None)
    assert (found.name, found.order_key, found.number, found.missing) == ("R-7", "1", "H0", False)
    assert fold([told(3, "missing", GOODS)]).missing


steps = st.builds(
    told,
    st.integers(0, 6),
    st.sampled_from([*sorted(STEP), "update", ""]),
    order_key=st.sampled_from(["", "1", "2"]),
    name=st.sampled_from(["", "R-7", "R-8"]),
) | st.builds(told, st.integers(0, 6), st.sampled_from(["restocked", "missing", "kept"]), st.just(GOODS))


@given(st.lists(steps, max_size=8).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some + some[:3]))))
def test_any_order_and_any_number_of_times_is_the_same_return(pair: tuple[list[Told], list[Told]]) -> None:
    once, shuffled = pair
    assert fold(shuffled) == fold(once)


@pytest.mark.parametrize(
    ("word", "means"),
    [("shopify_payments", "original"), ("Gift-Card", "gift_card"), ("PayPal", "paypal"), ("manual", ""), ("", "")],
)
def test_where_money_goes_back_to_is_said_only_where_the_source_says_it(word: str, means: str) -> None:
    assert method(word) == means


@pytest.mark.parametrize(
    ("since", "days", "country", "day"),
    [
        (date(2026, 3, 9), 0, "US", date(2026, 3, 9)),
        (date(2026, 3, 9), 3, "US", date(2026, 3, 12)),
        (date(2026, 3, 13), 1, "US", date(2026, 3, 16)),
        (date(2026, 4, 2), 1, "DE", date(2026, 4, 7)),  # Good Friday and Easter Monday
        (date(2026, 4, 2), 1, "US", date(2026, 4, 3)),
        (date(2026, 4, 2), 1, "", date(2026, 4, 3)),
        (date(2026, 12, 31), 1, "FR", date(2027, 1, 4)),
    ],
)
def test_working_days_are_those_of_the_country(since: date, days: int, country: str, day: date) -> None:
    assert working_day(since, days, country) == day


@given(st.dates(date(2020, 1, 1), date(2034, 1, 1)), st.integers(0, 30), st.sampled_from(["US", "DE", "JP", "SA", ""]))
def test_more_working_days_are_never_sooner(since: date, days: int, country: str) -> None:
    assert since <= working_day(since, days, country) <= working_day(since, days + 1, country)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"check": -1}, "check: -1 is not a number of working days"),
        ({"pay": "3"}, "pay: '3' is not a number of working days"),
        ({"decide": 0}, "decide: 0 is not a number of working days (1 to 90)"),
        ({"visible": (("", 10), ("card", 91))}, "visible.card: 91 is not"),
        ({"visible": (("", 10), ("cash", 1))}, "visible: 'cash' is none of card"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_name(known: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        Terms(**known)  # type: ignore[arg-type]


def test_unless_a_brand_says_so_nothing_is_promised_but_what_banks_say() -> None:
    usual = Terms()
    assert (usual.decide, usual.check, usual.pay, usual.settle) == (None, None, None, None)
    assert {name: usual.seen_within(name) for name in METHODS} == {
        "card": 10, "paypal": 10, "bank": 10, "original": 10, "gift_card": 0, "store_credit": 0,
    }  # fmt: skip
