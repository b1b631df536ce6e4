"""What a parcel's road says beside its state: circles, how long it has been where it is, what came after the door."""

from __future__ import annotations

from datetime import date

import pytest

from aftercart.facts import State
from tests.rules.test_orders import at, journey, scan

S = State


def hubs(*towns: str, state: State = S.IN_TRANSIT) -> int:
    return journey(*(scan(hour, state, city=town, country="DE") for hour, town in enumerate(towns))).circles


@pytest.mark.parametrize(
    ("towns", "circles"),
    [
        (("Köln", "Leipzig", "Dresden"), 0),
        (("Köln", "Köln", "KÖLN"), 0),  # several scans in one hub are one stay
        (("Köln", "Leipzig", "Köln"), 1),
        (("Köln", "Leipzig", "Köln", "Leipzig"), 2),
        (("Köln", "Leipzig", "Köln", "Leipzig", "Dresden"), 0),  # a new hub: it goes on
    ],
)
def test_a_circle_is_coming_back_to_a_hub_that_was_left(towns: tuple[str, ...], circles: int) -> None:
    assert hubs(*towns) == circles


def test_the_tours_of_a_courier_are_no_circles() -> None:
    tours = [scan(0, S.IN_TRANSIT, city="Avonmouth")]
    for day in range(3):
        tours += [scan(24 * day + 1, S.OUT_FOR_DELIVERY, city="Bristol")]
        tours += [scan(24 * day + 8, S.IN_TRANSIT, city="Avonmouth")]
    assert journey(*tours).circles == 0


def test_nor_is_the_way_back_to_the_sender() -> None:
    there = [scan(hour, S.IN_TRANSIT, city=town) for hour, town in enumerate(("Köln", "Leipzig", "Dresden"))]
    back = [scan(9, S.RETURNING), scan(10, S.IN_TRANSIT, city="Leipzig"), scan(11, S.IN_TRANSIT, city="Köln")]
    assert journey(*there, *back).circles == 0


def test_it_is_here_since_it_came_to_the_place_or_into_the_state() -> None:
    standing = [scan(0, S.IN_TRANSIT, city="Köln"), scan(5, S.IN_TRANSIT, city="Köln"), scan(9, S.IN_TRANSIT)]
    assert journey(*standing).here_at == at(0)
    assert journey(*standing, scan(12, S.IN_TRANSIT, city="Leipzig")).here_at == at(12)
    assert journey(*standing, scan(12, S.HELD, city="Köln")).here_at == at(12)


def test_what_moves_after_it_was_delivered_is_kept_and_changes_nothing_else() -> None:
    delivered = [scan(1, S.IN_TRANSIT, city="Köln"), scan(5, S.DELIVERED, city="Bonn", region="NW", country="DE")]
    before, after = journey(*delivered), journey(*delivered, scan(9, S.OUT_FOR_DELIVERY, city="Köln"))
    assert (after.again_at, before.again_at) == (at(9), None)
    assert after._replace(again_at=None, last_scan_at=at(5), scans=2) == before
    assert (after.city, after.state_region, after.state_country) == ("Bonn", "NW", "DE")


def test_a_delivery_that_names_no_place_was_not_where_the_parcel_was_seen_before() -> None:
    hub = scan(1, S.IN_TRANSIT, city="Venlo", region="LI", country="NL")
    silent, told = scan(5, S.DELIVERED), scan(6, S.OUT_FOR_DELIVERY, region="NW", country="DE")
    assert journey(hub).state_country == "NL"
    assert (journey(hub, silent).city, journey(hub, silent).state_country) == ("Venlo", "")
    assert (journey(hub, told).state_country, journey(hub, told).state_region) == ("DE", "NW")


def test_why_a_parcel_was_turned_is_remembered_on_its_way_back() -> None:
    back = journey(
        scan(1, S.RETURNING, reason="refused"), scan(5, S.IN_TRANSIT), scan(9, S.RETURNING), scan(30, S.RETURNED)
    )
    assert (back.state, back.reason) == (S.RETURNED, "refused")


def test_the_day_until_which_it_is_kept_counts_while_it_waits() -> None:
    waits = scan(1, S.AVAILABLE_FOR_PICKUP, collect_by="2026-03-09")
    assert journey(waits, scan(9, S.AVAILABLE_FOR_PICKUP)).collect_by == date(2026, 3, 9)
    assert journey(waits, scan(9, S.IN_TRANSIT)).collect_by is None
