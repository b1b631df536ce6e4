"""What may be said of a refund or a return, and what may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.outreach.refunds import Case, Refunded, Returned, Told, of_refund, of_return
from aftercart.returns.rules import METHODS, Terms, working_day

TODAY = date(2026, 3, 12)  # a Thursday
LAST_WEEK, LONG_AGO = date(2026, 3, 5), date(2026, 1, 7)
A, B = frozenset({"a"}), frozenset({"b"})
WORD = Terms(decide=2, check=3, pay=2, settle=5)
PAID = Refunded(day=LAST_WEEK, amount=2495, currency="GBP", method="original", lines=A)
OLD = replace(PAID, day=LONG_AGO)
ASKED = Returned(name="R-1", state="requested", asked=date(2026, 3, 11), lines=A)
OPEN = replace(ASKED, state="open", approved=date(2026, 3, 11))
HERE = replace(OPEN, state="received", received=date(2026, 3, 10))
CHECKED = replace(HERE, state="checked", checked=date(2026, 3, 11))


def case(*known: Returned | Refunded, **more: Any) -> Case:
    usual: dict[str, Any] = {"today": TODAY, "terms": WORD, "here": "GB", "there": "GB"}
    return Case(
        returns=[one for one in known if isinstance(one, Returned)],
        refunds=[one for one in known if isinstance(one, Refunded)],
        **usual | more,
    )


@pytest.mark.parametrize(
    ("known", "kind", "since", "deadline"),
    [
        ((PAID,), "refunded", LAST_WEEK, date(2026, 3, 19)),
        ((PAID, HERE), "refunded", LAST_WEEK, date(2026, 3, 19)),
        ((replace(PAID, method="store_credit"),), "credited", LAST_WEEK, LAST_WEEK),
        ((PAID, OLD), "refunded", LAST_WEEK, date(2026, 3, 19)),
        ((PAID, ASKED), "refunded", LAST_WEEK, date(2026, 3, 19)),
        ((replace(PAID, day=date(2026, 2, 25)),), "refund_overdue", date(2026, 3, 11), date(2026, 3, 18)),
        ((HERE,), "return_received", date(2026, 3, 10), date(2026, 3, 13)),
        ((CHECKED,), "return_inspected", date(2026, 3, 11), date(2026, 3, 13)),
        ((OPEN,), "return_awaited", date(2026, 3, 11), None),
        ((ASKED,), "return_requested", date(2026, 3, 11), date(2026, 3, 13)),
        ((replace(PAID, amount=0), CHECKED), "return_inspected", date(2026, 3, 11), date(2026, 3, 13)),
    ],
)
def test_where_is_my_refund(known: tuple[Any, ...], kind: str, since: date, deadline: date | None) -> None:
    told = of_refund(case(*known))
    assert isinstance(told, Told)
    assert (told.kind, told.since, told.deadline) == (kind, since, deadline)


CLOSED = replace(CHECKED, state="closed")


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        ((ASKED,), "return_requested"),
        ((HERE,), "return_received"),
        ((HERE, replace(PAID, lines=B)), "return_received"),  # that money was for something else
        ((HERE, PAID), "refunded"),
        ((CLOSED, PAID), "refunded"),
        ((CLOSED, replace(PAID, lines=frozenset(), day=TODAY)), "refunded"),  # the only return, and paid after it came
        ((ASKED, CLOSED), "return_requested"),
    ],
)
def test_when_will_my_return_be_done(known: tuple[Any, ...], kind: str) -> None:
    told = of_return(case(*known))
    assert isinstance(told, Told) and told.kind == kind


OTHER = replace(OPEN, name="R-2", lines=B)
NOTHING: Mapping[str, Any] = {}


@pytest.mark.parametrize(
    ("known", "more", "reason"),
    [
        ((), NOTHING, "no return and no refund of this order is known"),
        ((replace(PAID, amount=0),), NOTHING, "a refund was entered, and no money is known to have left"),
        ((OLD,), NOTHING, "was to be settled by 2026-01-28"),
        ((OLD,), {"terms": Terms()}, "the refund should be visible since 2026-01-21"),
        ((PAID, replace(PAID, amount=100)), NOTHING, "2 refunds have left"),
        ((PAID, replace(HERE, lines=B)), NOTHING, "it is not known which of them is meant"),
        ((PAID,), {"failed": True}, "the last payment back to the customer has not succeeded"),
        ((PAID,), {"total": (2000, "GBP")}, "more was refunded than the order cost"),
        ((replace(PAID, day=TODAY + timedelta(1)),), NOTHING, "a refund is dated after today"),
        ((HERE, OTHER), NOTHING, "2 returns of this order are open, and none is named"),
        ((CLOSED, replace(CLOSED, name="R-2")), NOTHING, "2 returns of this order are known, and none is named"),
        ((HERE,), {"named": "R-9"}, "no return of this order is known by the name 'R-9'"),
        ((replace(HERE, state="declined"),), NOTHING, "a return is declined or cancelled, and its goods are here"),
        ((replace(ASKED, state="declined"),), NOTHING, "the return was declined"),
        ((replace(ASKED, state="cancelled"),), NOTHING, "the return was cancelled"),
        ((CLOSED,), NOTHING, "the return is closed, and no refund of it is known"),
        ((replace(HERE, missing=True),), NOTHING, "something is missing from what came back"),
        ((HERE,), {"terms": Terms()}, "the brand has not said within how many days this follows (returns.check)"),
        ((HERE,), {"today": date(2026, 3, 20)}, "the next step of the return was due on 2026-03-13"),
        ((Returned(name="R-1"),), NOTHING, "it is not known how far the return is"),
    ],
)
def test_where_nothing_honest_can_be_said_the_reason_is(
    known: tuple[Any, ...], more: Mapping[str, Any], reason: str
) -> None:
    told = of_refund(case(*known, **more))
    assert isinstance(told, str) and reason in told


def test_a_return_that_is_named_is_answered_among_several() -> None:
    told = of_return(case(HERE, OTHER, named=" r-2 "))
    assert isinstance(told, Told) and (told.kind, told.facts["return"]) == ("return_awaited", "R-2")


def test_of_several_returns_the_money_goes_to_the_one_whose_lines_it_names() -> None:
    assert of_return(case(HERE, OTHER, PAID, named="R-1")).kind == "refunded"  # type: ignore[union-attr]
    assert of_return(case(HERE, OTHER, PAID, named="R-2")).kind == "return_awaited"  # type: ignore[union-attr]
    assert "for which return" in str(of_return(case(HERE, OTHER, replace(PAID, lines=frozenset()), named="R-1")))


def test_a_reply_names_its_rule_and_the_facts_that_it_rests_on() -> None:
    told = of_return(case(HERE, PAID))
    assert isinstance(told, Told)
    assert told.facts == {
        "return": "R-1",
        "return_state": "received",
        "return_asked_on": "2026-03-11",
        "return_approved_on": "2026-03-11",
        "return_received_on": "2026-03-10",
        "amount": 2495,
        "currency": "GBP",
        "method": "original",
        "refunded_on": "2026-03-05",
        "visible_by": "2026-03-19",
        "rule": "returns.visible.original: 10 working days",
    }


days = st.dates(date(2026, 2, 1), date(2026, 3, 20))
lines = st.sampled_from([frozenset[str](), A, B, A | B])
returns = st.builds(
    Returned,
    name=st.sampled_from(["R-1", "R-2", ""]),
    state=st.sampled_from(["", "requested", "open", "received", "checked", "declined", "cancelled", "closed"]),
    asked=st.none() | days,
    approved=st.none() | days,
    received=st.none() | days,
    checked=st.none() | days,
    missing=st.booleans(),
    lines=lines,
)
refunds = st.builds(
    Refunded,
    day=days,
    amount=st.integers(0, 9999),
    currency=st.sampled_from(["GBP", "JPY"]),
    method=st.sampled_from(["", *METHODS]),
    lines=lines,
)
steps = st.none() | st.integers(1, 12)
cases = st.builds(
    Case,
    today=days,
    terms=st.builds(Terms, decide=steps, check=steps, pay=steps, settle=steps),
    returns=st.lists(returns, max_size=3),
    refunds=st.lists(refunds, max_size=3),
    named=st.sampled_from(["", "", "R-1"]),
    total=st.none() | st.just((9000, "GBP")),
    here=st.sampled_from(["GB", "US", ""]),
    there=st.sampled_from(["DE", ""]),
)


@given(cases, st.sampled_from([of_refund, of_return]))
def test_no_amount_and_no_day_that_the_facts_do_not_have_and_no_promise_without_a_rule(case: Case, ask: Any) -> None:
    told = ask(case)
    if isinstance(told, str):
        assert told
        return
    assert told.amount is None or any((told.amount, told.currency) == (r.amount, r.currency) for r in case.refunds)
    assert told.amount != 0
    happened = {day for one in case.returns for day in (one.asked, one.approved, one.received, one.checked) if day}
    visible = {
        working_day(one.day, case.terms.seen_within(one.method), case.there): one.day
        for one in case.refunds
        if one.amount
    }
    ours = {
        working_day(since, within, case.here)
        for since in happened | visible.keys()
        for within in (case.terms.decide, case.terms.check, case.terms.pay, case.terms.settle)
        if within is not None
    }
    assert told.since in happened | set(visible.values()) | visible.keys()
    assert told.deadline is None or told.deadline in ours | visible.keys()
    assert told.days is None or told.days in (case.terms.decide, case.terms.check, case.terms.pay)
    assert told.kind == "credited" or told.deadline is None or told.deadline >= case.today, (
        "a day gone by is no promise"
    )
    assert told.deadline or told.days, "by when"
    assert "rule" in told.facts


@given(cases)
def test_who_asks_twice_hears_the_same(case: Case) -> None:
    assert of_refund(case) == of_refund(replace(case, refunds=list(reversed(case.refunds))))
