from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import Attention, State
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.rules import Pace, Quiet
from aftercart.watch.limits import LateLimits, Limits
from aftercart.watch.rules import KINDS, RULES, View, Worry, assess, next_look

LISBON = ZoneInfo("Europe/Lisbon")
TO_PORTO = Lane(carrier="ctt", origin="NL", destination="PT")
NOON = datetime(2024, 4, 24, 12, tzinfo=UTC)  # a Wednesday
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
LIMITS = Limits(pace=Pace(), calendar=Calendar(holidays=frozenset({date(2024, 5, 1)})))

PLACED = View(placed_at=NOON, lane=TO_PORTO, zone=LISBON)
PACKED = replace(PLACED, state=State.LABEL_CREATED, label_at=NOON)
ON_ITS_WAY = replace(
    PACKED,
    state=State.IN_TRANSIT,
    state_at=NOON,
    handed_over_at=NOON,
    first_scan_at=NOON,
    last_scan_at=NOON,
    moved_at=NOON,
)


def in_state(state: State, **more: Any) -> View:
    return replace(ON_ITS_WAY, state=state, **more)


def kinds(view: View, at: datetime, limits: Limits = LIMITS) -> list[str]:
    return [worry.kind for worry in assess(view, limits=limits, now=at)]


@pytest.mark.parametrize(
    ("view", "after", "worries"),
    [
        (PLACED, 3 * DAYS, []),
        (PLACED, 6 * DAYS - HOURS, []),  # four business days, a weekend between
        (PLACED, 6 * DAYS, ["not_shipped"]),
        (replace(PLACED, handed_over_at=NOON), 30 * DAYS, []),  # it has left, whatever else is not known
        (PACKED, 5 * DAYS, []),
        (PACKED, 6 * DAYS, ["no_first_scan"]),
        (replace(PACKED, first_scan_at=NOON), 9 * DAYS, []),
        (ON_ITS_WAY, 5 * DAYS - HOURS, []),
        (ON_ITS_WAY, 5 * DAYS, ["stalled"]),
        (replace(ON_ITS_WAY, international=True), 8 * DAYS - HOURS, []),
        (replace(ON_ITS_WAY, international=True), 8 * DAYS, ["stalled"]),  # five business days, and a holiday
        (ON_ITS_WAY, 12 * DAYS, ["lost", "stalled"]),
        (in_state(State.LOST), HOURS, ["lost"]),
        (in_state(State.HELD), HOURS, ["exception"]),
        (in_state(State.DELAYED), HOURS, ["exception"]),
        (in_state(State.DAMAGED), 60 * DAYS, ["damaged"]),
        (in_state(State.FAILED), 60 * DAYS, ["exception"]),
        (in_state(State.IN_CUSTOMS, attention=Attention.ACTION), HOURS, ["customs_document"]),
        (in_state(State.IN_CUSTOMS, attention=Attention.WATCH), HOURS, []),
        (in_state(State.ATTEMPT_FAILED), HOURS, ["attempt_failed"]),
        (in_state(State.AVAILABLE_FOR_PICKUP), 47 * HOURS, []),
        (in_state(State.AVAILABLE_FOR_PICKUP), 48 * HOURS, ["pickup_waiting"]),
        (in_state(State.RETURNING), HOURS, ["returned_to_sender"]),
        (in_state(State.RETURNED), 90 * DAYS, ["returned_to_sender"]),
        (in_state(State.DELIVERED), 90 * DAYS, []),
        (in_state(State.IN_TRANSIT, delivered_at=NOON), 90 * DAYS, []),
        (in_state(State.CANCELLED), 90 * DAYS, []),
        (replace(PLACED, cancelled=True, promised_by=NOON.date()), 90 * DAYS, []),
    ],
)
def test_what_worries_and_from_when(view: View, after: timedelta, worries: list[str]) -> None:
    assert kinds(view, NOON + after) == worries


@pytest.mark.parametrize(
    ("state", "worries"),
    [
        (State.IN_TRANSIT, ["missed"]),
        (State.OUT_FOR_DELIVERY, ["missed", "dwelling"]),  # it went out the day before
        (State.ATTEMPT_FAILED, ["missed", "attempt_failed"]),
        (State.AVAILABLE_FOR_PICKUP, []),  # it is there; the customer is not
        (State.RETURNING, ["returned_to_sender"]),  # a date no longer matters
        (State.DELIVERED, []),
    ],
)
def test_a_promise_is_missed_when_its_last_day_is_over_where_the_customer_is(state: State, worries: list[str]) -> None:
    view = in_state(state, promised_by=date(2024, 4, 25))
    midnight_in_lisbon = datetime(2024, 4, 25, 23, tzinfo=UTC)
    assert "missed" not in kinds(view, midnight_in_lisbon - timedelta(seconds=1))
    assert kinds(view, midnight_in_lisbon) == worries


def late(view: View, at: datetime, **limits: Any) -> bool:
    return "late" in kinds(view, at, Limits(pace=Pace(), late=LateLimits(**limits)))


DUE_IN_THREE_DAYS = replace(ON_ITS_WAY, promised_by=date(2024, 4, 27))


def test_we_say_late_once_the_chance_of_a_miss_passes_the_limit_of_that_day() -> None:
    (worry,) = assess(DUE_IN_THREE_DAYS, limits=Limits(pace=Pace(), late=LateLimits(early=0.5)), now=NOON)
    chance = worry.evidence["chance"]
    assert isinstance(chance, float) and 0.5 < chance < 1
    assert worry.evidence["days_left"] == 3
    assert late(DUE_IN_THREE_DAYS, NOON, early=chance - 0.01)
    assert not late(DUE_IN_THREE_DAYS, NOON, early=chance + 0.01)
    assert not late(DUE_IN_THREE_DAYS, NOON + DAYS, early=0.0, sure=0.99)
    assert late(DUE_IN_THREE_DAYS, NOON + 3 * DAYS, early=0.99, last=0.8)
    assert not late(DUE_IN_THREE_DAYS, NOON - 5 * DAYS, early=0.0, sure=0.0)  # too far ahead to say anything


def test_a_late_order_stays_late_until_its_chances_are_good() -> None:
    told = replace(DUE_IN_THREE_DAYS, open=frozenset({"late"}))
    assert late(told, NOON + DAYS, sure=0.99, settled=0.5)
    assert not late(told, NOON + DAYS, sure=0.99, settled=0.99)


@pytest.mark.parametrize("state", [State.OUT_FOR_DELIVERY, State.AVAILABLE_FOR_PICKUP, State.DELIVERED, State.LOST])
def test_what_is_nearly_there_or_not_coming_is_not_called_late(state: State) -> None:
    assert not late(in_state(state, promised_by=date(2024, 4, 27)), NOON, early=0.0)


def test_late_ends_when_the_promise_is_missed() -> None:
    after = datetime(2024, 4, 28, 12, tzinfo=UTC)
    assert kinds(DUE_IN_THREE_DAYS, after, Limits(pace=Pace(), late=LateLimits(last=0.0))) == ["missed"]


def test_nobody_is_late_without_a_promise_or_before_anything_is_known() -> None:
    assert "late" not in kinds(ON_ITS_WAY, NOON)
    assert "late" not in kinds(DUE_IN_THREE_DAYS, NOON, Limits(late=LateLimits(early=0.0)))


def test_silence_is_judged_by_the_finest_lane_that_has_taught_enough() -> None:
    def learned(days: float) -> Quiet:
        return Quiet(days=days, level="", n=100)

    by_ctt, everywhere = Lane(carrier="ctt").key, Lane().key
    limits = Limits(quiet={("in_transit", by_ctt): learned(6), ("in_transit", everywhere): learned(2)})
    assert kinds(ON_ITS_WAY, NOON + 7 * DAYS, limits) == []
    assert kinds(ON_ITS_WAY, NOON + 8 * DAYS, limits) == ["stalled"]
    assert kinds(replace(ON_ITS_WAY, lane=Lane(carrier="gls")), NOON + 2 * DAYS, limits) == ["stalled"]


def test_the_evidence_says_since_when_and_by_which_limit() -> None:
    (worry,) = assess(ON_ITS_WAY, limits=LIMITS, now=NOON + 5 * DAYS)
    assert worry.evidence == {
        "since": "2024-04-24T12:00:00+00:00",
        "milestone": "in_transit",
        "limit_business_days": 3.0,
        "basis": "unlearned",
        "n": 0.0,
    }


instants = st.datetimes(datetime(2024, 3, 20), datetime(2024, 11, 20)).map(lambda at: at.replace(tzinfo=UTC))
maybe = st.none() | instants
views = st.builds(
    View,
    placed_at=instants,
    lane=st.sampled_from([Lane(), TO_PORTO]),
    zone=st.sampled_from([UTC, LISBON, ZoneInfo("America/Santiago"), ZoneInfo("Asia/Kathmandu")]),
    international=st.booleans(),
    promised_by=st.none() | st.dates(date(2024, 3, 20), date(2024, 11, 20)),
    state=st.none() | st.sampled_from(list(State)),
    state_at=maybe,
    attention=st.sampled_from(list(Attention)),
    label_at=maybe,
    handed_over_at=maybe,
    first_scan_at=maybe,
    last_scan_at=maybe,
    moved_at=maybe,
    delivered_at=st.none() | st.none() | st.none() | instants,
    cancelled=st.sampled_from([False, False, False, True]),
    open=st.sampled_from([frozenset[str](), frozenset({"late"})]),
    reason=st.sampled_from(["", "customs", "docs", "address", "refused"]),
    here_at=maybe,
    again_at=maybe,
    circles=st.integers(0, 3),
    collect_by=st.none() | st.dates(date(2024, 3, 20), date(2024, 11, 20)),
    country=st.sampled_from(["", "PT"]),
    place_country=st.sampled_from(["", "PT", "ES"]),
    missing_at=maybe,
    found=st.booleans(),
    sibling_at=maybe,
    rest_since=st.none() | maybe,
)
several = st.builds(
    lambda early, last, sure: replace(LIMITS, late=LateLimits(early=early, last=last, sure=sure, settled=0.2)),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.5, 1),
)


@given(view=views, limits=several, now=instants, wait=st.floats(0, 1))
def test_the_answer_never_changes_before_the_next_look(view: View, limits: Limits, now: datetime, wait: float) -> None:
    again = next_look(view, limits=limits, now=now)
    assert again is None or again > now
    later = now + wait * ((again - now) if again else 400 * DAYS)
    if again is None or later < again:
        assert assess(view, limits=limits, now=later) == assess(view, limits=limits, now=now)
        assert next_look(view, limits=limits, now=later) == again
    if again:
        just_before = again - timedelta(microseconds=1)
        assert assess(view, limits=limits, now=max(just_before, now)) == assess(view, limits=limits, now=now)


@given(view=views, limits=several, now=instants)
def test_worries_come_gravest_first_once_each_and_with_evidence_that_can_be_stored(
    view: View, limits: Limits, now: datetime
) -> None:
    worries = assess(view, limits=limits, now=now)
    places = [KINDS.index(worry.kind) for worry in worries]
    assert places == sorted(set(places))
    assert [Worry(kind=worry.kind, evidence=json.loads(json.dumps(worry.evidence))) for worry in worries] == list(
        worries
    )


@given(view=views, limits=several, now=instants)
def test_what_is_not_asked_of_a_running_parcel_would_not_hold(view: View, limits: Limits, now: datetime) -> None:
    running = replace(view, state=State.IN_TRANSIT, reason="", attention=Attention.WATCH, delivered_at=None)
    running = replace(running, rest_since=None, cancelled=False)
    worries = [worry for rule in RULES if (worry := rule(running, limits, now)[0])]
    assert assess(running, limits=limits, now=now) == tuple(worries)


@given(view=views, limits=several, now=instants)
def test_looks_come_to_an_end(view: View, limits: Limits, now: datetime) -> None:
    at: datetime | None = now
    for _ in range(400):
        if at is None:
            return
        at = next_look(view, limits=limits, now=at)
    raise AssertionError("still looking")


def test_a_cancelled_order_worries_nobody_even_when_its_parcel_comes_back() -> None:
    back = in_state(State.RETURNED)
    assert kinds(back, NOON) == ["returned_to_sender"]
    assert kinds(replace(back, cancelled=True), NOON) == []
