"""Each kind of worry: from when it holds, what ends it, and what it says for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from aftercart.facts import Attention, State
from aftercart.promises.lanes import Lane
from aftercart.promises.silence import EVER, SHELF, TOGETHER, Quiet, stay
from aftercart.watch.limits import Limits, Waits
from aftercart.watch.rules import DELIVERED, KINDS, ON_THE_WAY, View, assess, moves_again
from tests.rules.test_watch import DAYS, HOURS, LIMITS, NOON, ON_ITS_WAY, PLACED, TO_PORTO, in_state, kinds

ARRIVED = in_state(State.DELIVERED, delivered_at=NOON)


def knowing(milestone: str, days: float, lane: Lane = TO_PORTO) -> Limits:
    return replace(LIMITS, quiet={(milestone, lane.key): Quiet(days=days, level=lane.level, n=240.0)})


# What the carrier says


@pytest.mark.parametrize(
    ("state", "reason", "attention", "kind"),
    [
        (State.DAMAGED, "", Attention.WATCH, "damaged"),
        (State.HELD, "customs_documents", Attention.ACTION, "customs_document"),
        (State.HELD, "documents", Attention.NONE, "customs_document"),
        (State.HELD, "customs", Attention.ACTION, "customs_document"),
        (State.IN_CUSTOMS, "customs", Attention.WATCH, None),  # customs is looking at it, and nobody is asked
        (State.HELD, "address", Attention.ACTION, "address_problem"),
        (State.FAILED, "moved", Attention.WATCH, "address_problem"),
        (State.ATTEMPT_FAILED, "address", Attention.WATCH, "address_problem"),
        (State.RETURNING, "address", Attention.WATCH, "returned_to_sender"),  # too late to correct it
        (State.RETURNING, "refused", Attention.WATCH, "refused"),
        (State.RETURNED, "refused", Attention.WATCH, "refused"),
        (State.FAILED, "rejected", Attention.WATCH, "refused"),
        (State.ATTEMPT_FAILED, "refused", Attention.WATCH, "refused"),
        (State.HELD, "payment", Attention.ACTION, "exception"),
        (State.DELAYED, "weather", Attention.WATCH, "exception"),
        (State.FAILED, "undeliverable", Attention.ACTION, "exception"),
    ],
)
def test_a_reason_decides_what_kind_of_worry_a_report_is(
    state: State, reason: str, attention: Attention, kind: str | None
) -> None:
    said = in_state(state, reason=reason, attention=attention)
    assert kinds(said, NOON + HOURS) == ([kind] if kind else [])


# Where it stands


def test_what_is_scanned_again_and_again_in_one_place_dwells() -> None:
    busy = replace(ON_ITS_WAY, here_at=NOON, moved_at=NOON + 2 * DAYS, last_scan_at=NOON + 2 * DAYS)
    limits = replace(LIMITS, quiet={**knowing(stay("hub"), 4).quiet, **knowing("in_transit", 9).quiet})
    assert kinds(busy, NOON + 6 * DAYS - HOURS, limits) == []
    (worry,) = assess(busy, limits=limits, now=NOON + 6 * DAYS)
    assert worry.kind == "dwelling"
    assert (worry.evidence["limit_business_days"], worry.evidence["basis"], worry.evidence["n"]) == (4, "lane", 240.0)


def test_the_scan_with_which_a_parcel_leaves_is_no_sign_that_it_stays() -> None:
    left = replace(ON_ITS_WAY, here_at=NOON, moved_at=NOON + 7 * DAYS, last_scan_at=NOON + 7 * DAYS)
    limits = knowing(stay("hub"), 4)
    assert kinds(left, NOON + 8 * DAYS - HOURS, limits) == []  # a day, over a holiday
    for_ever = replace(left, moved_at=NOON + 13 * DAYS, last_scan_at=NOON + 13 * DAYS)
    assert kinds(for_ever, NOON + 13 * DAYS, limits) == ["dwelling"]


def test_what_is_scanned_no_more_is_silent_and_does_not_dwell() -> None:
    assert kinds(replace(ON_ITS_WAY, here_at=NOON), NOON + 6 * DAYS) == ["stalled"]


def test_a_parcel_that_went_out_and_did_not_come_is_news_the_next_morning() -> None:
    out = in_state(State.OUT_FOR_DELIVERY)
    assert kinds(out, NOON + 23 * HOURS) == []
    assert kinds(out, NOON + DAYS) == ["dwelling"]


def test_going_back_to_a_hub_once_is_a_mistake_and_twice_a_circle() -> None:
    assert kinds(replace(ON_ITS_WAY, circles=1), NOON + HOURS) == []
    assert kinds(replace(ON_ITS_WAY, circles=2), NOON + HOURS) == ["circling"]
    assert kinds(in_state(State.OUT_FOR_DELIVERY, circles=2), NOON + HOURS) == []


TO_CALIFORNIA: dict[str, Any] = {"country": "US", "region": "CA"}


@pytest.mark.parametrize(
    ("view", "place", "wrong"),
    [
        (ARRIVED, ("US", "NV"), True),
        (ARRIVED, ("US", "CA"), False),
        (ARRIVED, ("US", "California"), False),  # a name and a code may be one place
        (ARRIVED, ("US", ""), False),
        (ARRIVED, ("", ""), False),
        (ARRIVED, ("MX", ""), True),
        (in_state(State.OUT_FOR_DELIVERY), ("US", "NV"), False),  # depots serve across the borders of states
        (in_state(State.OUT_FOR_DELIVERY), ("MX", ""), True),
        (ON_ITS_WAY, ("MX", ""), False),  # it is on its way
        (replace(ARRIVED, found=True), ("MX", ""), False),
        (replace(ARRIVED, again_at=NOON + HOURS), ("MX", ""), False),
    ],
)
def test_a_parcel_handed_over_in_another_place_than_it_should_worries(
    view: View, place: tuple[str, str], wrong: bool
) -> None:
    seen = replace(view, **TO_CALIFORNIA, place_country=place[0], place_region=place[1])
    assert kinds(seen, NOON + HOURS) == (["wrong_region"] if wrong else [])


def test_a_delivery_elsewhere_that_nobody_misses_for_two_weeks_worries_no_more() -> None:
    seen = replace(ARRIVED, country="US", place_country="MX")
    assert kinds(seen, NOON + 14 * DAYS - HOURS) == ["wrong_region"]
    assert kinds(seen, NOON + 14 * DAYS) == []


def test_an_island_that_carriers_count_to_the_mainland_is_no_other_country() -> None:
    assert kinds(replace(ARRIVED, country="PR", place_country="US"), NOON) == []


# At the door


def test_what_is_missed_after_delivery_is_given_the_time_that_the_brand_set() -> None:
    missing = replace(ARRIVED, missing_at=NOON + HOURS)
    assert kinds(missing, NOON + 2 * DAYS - HOURS) == []
    assert kinds(missing, NOON + 2 * DAYS) == ["not_received"]
    patient = replace(LIMITS, waits=Waits(not_received=3))
    assert kinds(missing, NOON + 2 * DAYS, patient) == []
    late_report = replace(ARRIVED, missing_at=NOON + 9 * DAYS)
    assert kinds(late_report, NOON + 9 * DAYS) == ["not_received"], "they have waited already"


@pytest.mark.parametrize(
    "settled", [{"found": True}, {"missing_at": None}, {"again_at": NOON + 3 * HOURS}, {"cancelled": True}]
)
def test_what_turned_up_or_is_in_the_carriers_hands_again_is_missed_no_more(settled: dict[str, Any]) -> None:
    missing = replace(ARRIVED, **({"missing_at": NOON + HOURS} | settled))
    assert kinds(missing, NOON + 9 * DAYS) == []


def test_a_pick_up_point_sends_back_on_the_day_it_told_or_by_what_others_did() -> None:
    waits = in_state(State.AVAILABLE_FOR_PICKUP)
    assert kinds(waits, NOON + 5 * DAYS - HOURS) == ["pickup_waiting"]
    assert kinds(waits, NOON + 5 * DAYS) == ["pickup_expiring", "pickup_waiting"]
    told = replace(waits, collect_by=date(2024, 4, 27))
    assert kinds(told, datetime(2024, 4, 25, 23, tzinfo=UTC)) == ["pickup_expiring"], (
        "two days before midnight in Lisbon"
    )
    learned = knowing(SHELF, 9, Lane(carrier="ctt"))
    assert kinds(waits, NOON + 5 * DAYS, learned) == ["pickup_waiting"]
    (worry, _) = assess(waits, limits=learned, now=NOON + 13 * DAYS)
    assert (worry.evidence["collect_by"], worry.evidence["basis"]) == ("2024-05-08", "carrier")


# Parts


def test_a_parcel_far_behind_the_first_that_arrived_is_left_behind() -> None:
    behind = replace(ON_ITS_WAY, sibling_at=NOON, moved_at=NOON + 4 * DAYS, last_scan_at=NOON + 4 * DAYS)
    limits = knowing(TOGETHER, 4)
    assert kinds(behind, NOON + 6 * DAYS - HOURS, limits) == []
    assert kinds(behind, NOON + 6 * DAYS, limits) == ["left_behind"]
    assert "left_behind" not in kinds(replace(behind, state=State.AVAILABLE_FOR_PICKUP), NOON + 6 * DAYS, limits)


def test_what_no_parcel_holds_is_left_behind_once_packing_it_takes_too_long() -> None:
    rest = replace(PLACED, rest_since=NOON, sibling_at=NOON + DAYS, promised_by=NOON.date())
    assert kinds(rest, NOON + 6 * DAYS - HOURS) == []
    assert kinds(rest, NOON + 6 * DAYS) == ["left_behind"]
    assert kinds(replace(rest, sibling_at=NOON + 8 * DAYS), NOON + 6 * DAYS) == [], (
        "before a part is there it is one order"
    )


# Lost


def test_lost_is_what_was_silent_so_long_that_next_to_nothing_came_after_it() -> None:
    limits = knowing(EVER, 9, Lane(carrier="ctt"))
    assert "lost" not in kinds(ON_ITS_WAY, NOON + 13 * DAYS, limits)
    worry = assess(ON_ITS_WAY, limits=limits, now=NOON + 14 * DAYS)[0]
    assert (worry.kind, worry.evidence["limit_business_days"], worry.evidence["n"]) == ("lost", 9, 240.0)
    abroad = replace(ON_ITS_WAY, international=True)
    assert "lost" not in kinds(abroad, NOON + 14 * DAYS, limits), "abroad never before the floor there"


# Moving again


@pytest.mark.parametrize(
    ("kind", "view", "moves"),
    [
        ("stalled", replace(ON_ITS_WAY, moved_at=NOON + DAYS), True),  # it leaves
        ("lost", replace(ON_ITS_WAY, moved_at=NOON + DAYS), True),
        ("stalled", ON_ITS_WAY, False),
        ("dwelling", replace(ON_ITS_WAY, here_at=NOON + DAYS), True),
        ("dwelling", replace(ON_ITS_WAY, here_at=NOON, moved_at=NOON + DAYS), False),  # scanned again where it is
        ("stalled", in_state(State.HELD, moved_at=NOON + DAYS), False),
        ("stalled", in_state(State.RETURNING, moved_at=NOON + DAYS), False),
        ("stalled", replace(ARRIVED, moved_at=NOON + DAYS), False),  # the parcel itself is the news
        ("late", replace(ON_ITS_WAY, here_at=NOON + DAYS), False),  # it never stood still
    ],
)
def test_a_worry_about_standing_still_ends_in_good_news_if_the_parcel_moves(kind: str, view: View, moves: bool) -> None:
    assert moves_again(kind, view, since=NOON) is moves


# All of them


def test_every_kind_has_a_rule_that_is_asked_where_it_can_hold() -> None:
    assert set(KINDS) == set(ON_THE_WAY) and len(KINDS) == 21
    assert all(rule in ON_THE_WAY.values() for rule in DELIVERED)


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ({}, Waits()),
        ({"not_received": 3, "circles": 3.0}, Waits(not_received=3.0, circles=3)),
        ({"shelf": "long", "pickup": -1, "expiring": True, "other": 4}, Waits()),
    ],
)
def test_a_policy_counts_where_it_says_a_number(told: dict[str, object], waits: Waits) -> None:
    assert Waits.of(told) == waits
