"""Where a parcel stands, from whatever its scans say."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import Attention, State
from aftercart.orders import rules
from aftercart.orders.rules import Estimated, Journey, Scanned, Told, fold
from aftercart.plumbing import ids

BRAND = UUID(int=7)
SHIPPED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FULFILMENT = rules.fulfilment_id(BRAND, "shopify", "f1")
TRACK = rules.track_id(BRAND, "1Z999")


def parcel(**other: Any) -> Told:
    known: dict[str, Any] = {
        "id": rules.parcel_id(FULFILMENT, "1Z999"),
        "fulfilment_id": FULFILMENT,
        "version": UUID(int=1),
        "shipped_at": SHIPPED,
        "track_id": TRACK,
        "number": "1Z999",
        "carrier": "ups",
        "origin_country": "US",
        "origin_region": "OH",
    }
    return Told(**(known | other))


def scan(hours: float, state: State | None, **other: Any) -> Scanned:
    at = SHIPPED + timedelta(hours=hours)
    known: dict[str, Any] = {"code": "c", "source": "easypost", "carrier": "ups"}
    known |= {"local": at.replace(tzinfo=None).isoformat(), **other}
    key = ids.mirrored_event(at, state, *sorted(map(str, known.items())))
    return Scanned(at=at, id=str(key), state=state, **known)


def journey(*scans: Scanned, told: Told | None = None) -> Journey:
    told = told or parcel()
    return fold([told], {TRACK: scans})[told.id]


def at(hours: float) -> datetime:
    return SHIPPED + timedelta(hours=hours)


S = State
ROADS = [
    ("nothing yet", [], S.LABEL_CREATED),
    ("the newest state wins", [S.ACCEPTED, S.IN_TRANSIT, S.OUT_FOR_DELIVERY], S.OUT_FOR_DELIVERY),
    ("delivered ends the road", [S.DELIVERED, S.IN_TRANSIT], S.DELIVERED),
    ("out for delivery, stamped after delivered", [S.DELIVERED, S.OUT_FOR_DELIVERY], S.DELIVERED),
    ("a failure after delivery is noise", [S.DELIVERED, S.FAILED], S.DELIVERED),
    ("delivered, then sent back", [S.DELIVERED, S.RETURNING], S.RETURNING),
    ("delivered, sent back and delivered there", [S.DELIVERED, S.RETURNING, S.DELIVERED], S.RETURNED),
    ("delivered while returning is returned", [S.IN_TRANSIT, S.RETURNING, S.DELIVERED], S.RETURNED),
    ("on its way back it is still returning", [S.RETURNING, S.IN_TRANSIT, S.OUT_FOR_DELIVERY], S.RETURNING),
    ("lost on its way back", [S.RETURNING, S.LOST], S.LOST),
    ("lost on its way back and found there", [S.RETURNING, S.LOST, S.IN_TRANSIT], S.RETURNING),
    ("returned is the end", [S.RETURNED, S.IN_TRANSIT], S.RETURNED),
    ("lost and found", [S.IN_TRANSIT, S.LOST, S.IN_TRANSIT], S.IN_TRANSIT),
    ("lost, but then only its label is known", [S.IN_TRANSIT, S.LOST, S.LABEL_CREATED], S.LOST),
    ("a label never stops a moving parcel", [S.IN_TRANSIT, S.LABEL_CREATED], S.IN_TRANSIT),
    ("nor does not found", [S.ACCEPTED, S.NOT_FOUND], S.ACCEPTED),
    ("a label is more than not found", [S.NOT_FOUND, S.LABEL_CREATED], S.LABEL_CREATED),
    ("and stays when it cannot be found again", [S.LABEL_CREATED, S.NOT_FOUND], S.LABEL_CREATED),
    ("a cancelled label that moves", [S.CANCELLED, S.ACCEPTED], S.ACCEPTED),
    ("a cancelled label made anew", [S.LABEL_CREATED, S.CANCELLED, S.LABEL_CREATED], S.LABEL_CREATED),
    ("an unknown code changes nothing", [S.IN_TRANSIT, None], S.IN_TRANSIT),
    ("only an unknown code", [None], S.LABEL_CREATED),
    ("customs and on", [S.IN_CUSTOMS, S.IN_TRANSIT], S.IN_TRANSIT),
    ("held", [S.IN_TRANSIT, S.HELD], S.HELD),
]


@pytest.mark.parametrize(("states", "expected"), [road[1:] for road in ROADS], ids=[road[0] for road in ROADS])
def test_where_a_road_leads(states: list[State | None], expected: State) -> None:
    scans = [scan(hour, state) for hour, state in enumerate(states)]
    assert journey(*scans).state is expected
    assert journey(*reversed(scans)) == journey(*scans)


def test_a_parcel_keeps_the_moments_that_matter() -> None:
    told = journey(
        scan(-20, S.LABEL_CREATED),
        scan(1, S.DELAYED),
        scan(2, S.ACCEPTED, city="Columbus", country="US"),
        scan(9, S.IN_TRANSIT),
        scan(30, S.AVAILABLE_FOR_PICKUP, city="Dayton", country="US", reason="locker", attention="action"),
        scan(50, S.AVAILABLE_FOR_PICKUP, attention="action"),
        scan(51, None),
    )
    assert told == Journey(
        state=S.AVAILABLE_FOR_PICKUP,
        attention=Attention.ACTION,
        state_at=at(30),
        handed_over_at=at(2),
        first_scan_at=at(1),
        last_scan_at=at(51),
        moved_at=at(50),
        scans=7,
        carrier="ups",
        city="Dayton",
        place_country="US",
        here_at=at(30),
        state_country="US",
    )


def test_delivered_keeps_its_first_moment_and_place() -> None:
    told = journey(scan(5, S.DELIVERED, city="Dayton"), scan(7, S.OUT_FOR_DELIVERY, city="Lima"), scan(9, S.DELIVERED))
    assert (told.delivered_at, told.state_at, told.city, told.scans) == (at(5), at(5), "Dayton", 3)


def test_a_parcel_that_went_back_was_never_delivered_to_its_customer() -> None:
    assert journey(scan(1, S.RETURNING), scan(9, S.DELIVERED)).delivered_at is None


@pytest.mark.parametrize(
    ("description", "place", "expected"),
    [
        ("Delivered, To Original Sender", {"country": "US", "region": "OH"}, S.RETURNED),
        ("Delivered, To Original Sender", {}, S.RETURNED),
        ("Delivered, To Original Sender", {"country": "US", "region": "Ohio"}, S.RETURNED),
        ("Delivered, To Original Sender", {"country": "CA"}, S.DELIVERED),
        ("Delivered, To Original Sender", {"country": "US", "region": "TX"}, S.DELIVERED),
        ("Entregado al remitente", {}, S.RETURNED),
        ("Zustellung an den Absender", {}, S.RETURNED),
        ("Delivered, Front Porch", {"country": "US", "region": "OH"}, S.DELIVERED),
    ],
)
def test_delivered_to_its_sender_is_returned(description: str, place: dict[str, str], expected: State) -> None:
    assert journey(scan(1, S.DELIVERED, description=description, **place)).state is expected


def test_what_the_shop_says_counts_until_somebody_scans() -> None:
    assert journey(told=parcel(cancelled=True)).state is S.CANCELLED
    assert journey(scan(1, S.IN_TRANSIT), told=parcel(cancelled=True)).state is S.IN_TRANSIT
    handed = parcel(told_handed_over_at=at(3))
    assert journey(scan(4, S.LABEL_CREATED), told=handed)[:5] == (S.ACCEPTED, "", "none", at(3), at(3))
    assert journey(scan(2, S.ACCEPTED), told=handed).handed_over_at == at(2)
    assert journey(scan(5, S.IN_TRANSIT), told=handed).handed_over_at == at(3)


@pytest.mark.parametrize(
    ("one", "other", "events"),
    [
        ({"source": "easypost"}, {"source": "shopify", "code": "other"}, 1),
        ({}, {"source": "shopify", "code": "other", "later": 59}, 1),
        ({}, {"source": "shopify", "code": "other", "later": 61}, 2),
        ({"city": ""}, {"city": "Utrecht"}, 1),
        ({"city": "utrecht"}, {"city": "Utrecht", "description": "again"}, 1),
        ({"city": "Utrecht"}, {"city": "Ede"}, 2),
        ({"code": "arrived"}, {"code": "left"}, 2),
        ({"zone": "assumed"}, {"source": "shopify", "later": 5 * 3600, "same_wall": True}, 1),
        ({}, {"source": "shopify", "later": 5 * 3600, "same_wall": True}, 2),
        ({"state": None, "code": "X1"}, {"state": None, "code": "X1", "source": "shopify"}, 1),
        ({"state": None, "code": "X1"}, {"state": None, "code": "Y1", "source": "shopify"}, 2),
        ({}, {"source": "shopify", "state": S.DELIVERED}, 2),
    ],
)
def test_one_event_told_twice_counts_once(one: dict[str, Any], other: dict[str, Any], events: int) -> None:
    first = scan(1, one.pop("state", S.IN_TRANSIT), **one)
    seconds, wall = other.pop("later", 0), other.pop("same_wall", False)
    again = scan(1 + seconds / 3600, other.pop("state", S.IN_TRANSIT), **other)
    if wall:
        again = again._replace(local=first.local)
    assert journey(first, again).scans == journey(again, first).scans == events


def test_a_scan_told_again_with_its_town_gives_the_town() -> None:
    told = journey(scan(1, S.IN_TRANSIT), scan(1, S.IN_TRANSIT, city="Utrecht", country="NL"))
    assert (told.scans, told.city, told.place_country) == (1, "Utrecht", "NL")


def test_a_number_used_again_belongs_to_the_parcel_of_its_time() -> None:
    old = parcel()
    new = parcel(id=UUID(int=9), fulfilment_id=UUID(int=10), shipped_at=SHIPPED + timedelta(days=120))
    scans = [
        scan(-24 * 300, S.DELIVERED),
        scan(40, S.DELIVERED),
        scan(24 * 119, S.ACCEPTED),
        scan(24 * 121, S.IN_TRANSIT),
    ]
    told = fold([old, new], {TRACK: scans})
    assert (told[old.id].state, told[old.id].scans) == (S.DELIVERED, 1)
    assert (told[new.id].state, told[new.id].scans, told[new.id].delivered_at) == (S.IN_TRANSIT, 2, None)


def test_two_orders_in_one_box_share_its_scans() -> None:
    twin = parcel(id=UUID(int=9), fulfilment_id=UUID(int=10), shipped_at=SHIPPED + timedelta(days=1))
    told = fold([parcel(), twin], {TRACK: [scan(3, S.IN_TRANSIT), scan(40, S.DELIVERED)]})
    assert {one.state for one in told.values()} == {S.DELIVERED}


@pytest.mark.parametrize(
    ("carrier", "belongs"),
    [("ups", True), ("", True), ("ups_surepost", True), ("dhl", False), ("4px", True), ("usps", False)],
)
def test_a_scan_of_a_stranger_with_the_same_number_is_not_ours(carrier: str, belongs: bool) -> None:
    assert (journey(scan(1, S.DELIVERED, carrier=carrier)).state is S.DELIVERED) == belongs


def test_posts_pass_on_the_items_of_the_postal_union() -> None:
    told = parcel(number="RR123456785NL", carrier="postnl")
    assert journey(scan(1, S.DELIVERED, carrier="correos"), told=told).state is S.DELIVERED


def test_what_is_said_of_a_consignment_counts_for_its_only_parcel() -> None:
    told = fold([parcel()], {FULFILMENT: [scan(1, S.DELIVERED, carrier="")]})
    assert told[parcel().id].state is S.DELIVERED


def test_in_a_consignment_of_two_a_parcels_own_scans_know_better() -> None:
    other = parcel(id=UUID(int=9), number="1Z998", track_id=UUID(int=11))
    told = fold([parcel(), other], {TRACK: [scan(1, S.IN_TRANSIT)], FULFILMENT: [scan(9, S.DELIVERED)]})
    assert (told[parcel().id].state, told[other.id].state) == (S.IN_TRANSIT, S.DELIVERED)


def test_the_newest_estimate_made_in_the_parcels_time_counts() -> None:
    day = date(2026, 3, 9)
    ours = Estimated(ids.mirrored_event(at(5)), None, day)
    newer = Estimated(ids.mirrored_event(at(6)), day, day + timedelta(days=1))
    ancient = Estimated(ids.mirrored_event(at(-24 * 90)), None, day)
    key = parcel().id
    assert fold([parcel()], {}, {TRACK: ours})[key].estimate_latest == day
    assert fold([parcel()], {}, {TRACK: ours, FULFILMENT: newer})[key].estimate_latest == day + timedelta(days=1)
    assert fold([parcel()], {}, {TRACK: ancient})[key].estimate_latest is None


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([*State, None])), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_fold_knows_no_order(told: list[tuple[int, State | None]], chance: random.Random) -> None:
    scans = [scan(hour, state, code=str(place)) for place, (hour, state) in enumerate(told)]
    shuffled = scans.copy()
    chance.shuffle(shuffled)
    assert journey(*shuffled) == journey(*scans)


def test_on_one_day_without_hours_the_road_itself_is_the_order() -> None:
    day = [scan(1, state) for state in (S.LABEL_CREATED, S.ACCEPTED, S.IN_TRANSIT, S.OUT_FOR_DELIVERY)]
    assert {journey(*order).state for order in permutations(day)} == {S.OUT_FOR_DELIVERY}
