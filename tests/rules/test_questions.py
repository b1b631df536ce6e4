"""Whom we ask whether it arrived, and when we ask anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.outreach.manners import Terms
from aftercart.outreach.questions.rules import (
    ALL,
    ASKED,
    CHECK,
    LAPSES,
    LATER,
    NEVER,
    OUT_OF_SIGHT,
    QUESTIONS,
    SPACING,
    USUAL,
    Asking,
    Calm,
    Delivery,
    doubt,
)
from aftercart.outreach.rules import decide
from tests.rules.test_outreach import CHICAGO, DAY, HOUR, case
from tests.world import NOW

ON = date(2026, 3, 10)
USUALLY = Delivery(on=ON, first=ON - DAY, last=ON + DAY, left="front_door", worries=frozenset({"late"}), value=90)
CALM_FOR_LONG = Calm(asked=NOW - SPACING, told=NOW - LATER)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, ""),
        ({"worries": frozenset({"lost", "late"})}, "it was thought lost before"),
        ({"worries": frozenset({"wrong_region"})}, "it was thought wrong region before"),
        ({"first": ON + 5 * DAY, "last": ON + 7 * DAY}, "5 days before the first day told"),
        ({"first": ON + 4 * DAY, "last": ON + 7 * DAY}, ""),
        ({"first": None}, ""),
        ({"last": ON - 10 * DAY}, "10 days after the last day told"),
        ({"last": ON - 9 * DAY}, ""),
        ({"left": "safe_place"}, "left out of sight (safe place)"),
        ({"missed_before": True}, "they have missed a delivered parcel before"),
        ({"value": 5000}, ""),
    ],
)
def test_only_a_delivery_that_deserves_doubt_is_asked_about(known: dict[str, Any], why: str) -> None:
    asked = doubt(replace(USUALLY, **known))
    assert asked == (f"delivered, in doubt: {why}" if why else "")
    assert doubt(replace(USUALLY, **known), Asking(check=NEVER)) == ""
    assert doubt(replace(USUALLY, **known), Asking(check=ALL)) == (asked or "every delivery is asked about")


def test_what_is_worth_much_is_the_brands_to_say() -> None:
    dear = Asking(check_value=90)
    assert doubt(USUALLY, dear) == "delivered, in doubt: the order is worth much"
    assert doubt(replace(USUALLY, value=89), dear) == "" == doubt(replace(USUALLY, value=None), dear)


def test_where_people_look_first_is_not_out_of_sight() -> None:
    assert not OUT_OF_SIGHT & {"front_door", "mailbox", "locker", "pickup_point", "front_desk", "mail_room"}


def test_a_check_is_said_with_its_reason_and_gives_way_to_any_worry() -> None:
    asked = case(CHECK, kinds=frozenset(), why="delivered, in doubt: left out of sight")
    assert decide(asked).reason == asked.why and decide(asked).speak
    assert (
        decide(replace(asked, kinds=frozenset({"wrong_region"}))).reason == "covered by wrong region, which is graver"
    )
    assert not decide(replace(asked, looked_at=NOW)).speak, "the page has asked them"


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize(
    ("known", "until", "reason"),
    [
        ({"calm": Calm(worried=True)}, NOW + LATER, "something worries about an order of theirs"),
        ({"calm": Calm(waits=True)}, NOW + LATER, "something else is to be said first"),
        ({"calm": Calm(told=NOW - HOUR)}, NOW + 23 * HOUR, "something else was said less than a day ago"),
        ({"calm": Calm(asked=NOW - 20 * DAY)}, NOW + 10 * DAY, "asked something in the last 30 days"),
        ({"calm": Calm(asked=NOW - 5 * DAY)}, None, "asked something in the last 30 days"),
        ({"since": NOW - LAPSES}, None, "too long ago to ask about"),
    ],
)
def test_a_question_gives_way(kind: str, known: dict[str, Any], until: datetime | None, reason: str) -> None:
    at = NOW + 6 * HOUR
    moved = {name: replace_times(value, 6 * HOUR) for name, value in known.items()}
    asked = case(kind, kinds=frozenset(), at=at, speaks_since=NOW - 90 * DAY, **({"since": at - HOUR} | moved))
    verdict = decide(asked)
    assert (verdict.speak, verdict.reason, verdict.until) == (False, reason, until and until + 6 * HOUR)
    assert decide(replace(asked, since=at - HOUR, calm=CALM_FOR_LONG)).speak


def replace_times(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    return replace(value, **{n: t + by for n in ("asked", "told") if (t := getattr(value, n))})


def test_a_question_keeps_the_quiet_hours_by_mail_too() -> None:
    asked = case(QUESTIONS[0], kinds=frozenset(), calm=CALM_FOR_LONG)  # NOW is seven in the morning there
    assert decide(asked).until == NOW + HOUR and decide(replace(asked, kind="late")).speak


occasions = st.lists(
    st.tuples(st.integers(0, 24 * 90), st.sampled_from([*ASKED, *QUESTIONS, "late", "lost", "moving_again"])),
    max_size=40,
)
spells = st.lists(st.tuples(st.integers(0, 24 * 90), st.integers(1, 24 * 10)), max_size=6)


@given(occasions, spells)
def test_whatever_happens_nobody_is_asked_twice_in_30_days_or_while_something_worries(
    occasions: list[tuple[int, str]], spells: list[tuple[int, int]]
) -> None:
    """A customer's months: things happen, worries come and go, and what waits is decided again."""
    worries = [(NOW + begins * HOUR, NOW + (begins + lasts) * HOUR) for begins, lasts in spells]
    said: list[tuple[datetime, str]] = []
    todo = sorted((NOW + hours * HOUR, NOW + hours * HOUR, kind, n) for n, (hours, kind) in enumerate(occasions))
    for _ in range(1500):
        if not todo:
            break
        at, since, kind, n = todo.pop(0)
        calm = Calm(
            worried=any(begins <= at < ends for begins, ends in worries),
            asked=max((one for one, what in said if what in ASKED), default=None),
            told=max((one for one, _ in said), default=None),
            waits=any(what not in ASKED and begun < at for _, begun, what, _ in todo),
        )
        verdict = decide(
            case(kind, at=at, since=since, speaks_since=NOW, kinds=frozenset(), calm=calm,
                 sent=tuple(one for one, _ in said if at - one < 7 * DAY)),
            Terms(),
        )  # fmt: skip
        if verdict.until:
            assert verdict.until > at
            todo = sorted([*todo, (verdict.until, since, kind, n)])
        if verdict.speak and kind in QUESTIONS:
            assert not calm.worried and at - since < LAPSES
            assert all(at - one >= SPACING for one, what in said if what in ASKED)
            assert all(at - one >= LATER for one, _ in said)
            assert 8 <= at.astimezone(CHICAGO).hour < 21
        if verdict.speak:
            said.append((at, kind))
    assert not todo, "each comes to an end"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"check": "some"}, "check: 'some' is none of never, doubtful, all"),
        ({"check_hours": -1}, "check_hours: -1 hours are not between 0 and 336"),
        ({"check_value": 0}, "check_value: 0 is less than 1"),
        ({"ask": {"ask_delivery": 400}}, "ask_delivery: 400 hours are not between 0 and 336"),
        ({"ask": {"ask_weather": 4}}, "ask: 'ask_weather' is none of ask_delivery, ask_ticket, ask_refund"),
    ],
)
def test_what_cannot_be_asked_is_refused(changed: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError) as refused:
        Asking(**changed)
    assert str(refused.value) == error


def test_nothing_but_doubt_is_asked_until_a_brand_says_so() -> None:
    assert USUAL.ask == {} and USUAL.check == "doubtful"
