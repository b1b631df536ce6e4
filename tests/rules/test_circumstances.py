"""What the orders of a customer tell of why they write, and which of them is meant."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.triage.rules import Likely, Standing, facts, likely
from aftercart.understanding.category import PRIOR
from aftercart.watch.rules import KINDS
from tests.telling import days
from tests.world import NOW

WHO = UUID(int=1)


def order(key: int = 1, placed: float = 10, **known: Any) -> Standing:
    usual: dict[str, Any] = {
        "customer_id": WHO, "order_id": UUID(int=key), "placed_at": NOW - days(placed), "cancelled": False,
        "parcels": 1, "arrived": 0, "leaving_at": None, "delivered_at": None, "concerns": (), "return_open": False,
        "refund_due": False, "failed_at": None,
    }  # fmt: skip
    return Standing(**(usual | known))


@pytest.mark.parametrize(
    ("known", "holds"),
    [
        ({}, set()),
        ({"concerns": ("late",)}, {"parcel_in_trouble"}),
        ({"leaving_at": NOW - days(3)}, {"parcel_on_its_way"}),
        ({"leaving_at": NOW - days(3), "cancelled": True}, set()),
        ({"leaving_at": NOW - days(46)}, set()),
        ({"arrived": 1, "delivered_at": NOW - days(20)}, {"just_delivered"}),
        ({"arrived": 1, "delivered_at": NOW - days(22)}, set()),
        ({"placed": 1.5, "parcels": 0}, {"just_ordered"}),
        ({"placed": 1.6, "parcels": 0}, set()),
        ({"placed": 1, "parcels": 0, "cancelled": True}, set()),
        ({"return_open": True}, {"return_open"}),
        ({"return_open": True, "refund_due": True}, {"return_open", "refund_due"}),
        ({"failed_at": NOW - days(2)}, {"payment_failed"}),
        ({"failed_at": NOW - days(8)}, set()),
    ],
)
def test_what_an_order_tells(known: dict[str, Any], holds: set[str]) -> None:
    told = {name: value for name, value in known.items() if name != "placed"}
    found = facts([order(placed=known.get("placed", 10), **told)], NOW)
    assert found == holds and found <= set(PRIOR)


@pytest.mark.parametrize(
    ("orders", "meant"),
    [
        ([], None),
        ([order(1, 61, arrived=1)], None),
        ([order(1, 61, concerns=("late",))], Likely(UUID(int=1), "concern")),
        ([order(1, 59, arrived=1)], Likely(UUID(int=1), "recent")),
        ([order(1, 3, concerns=("late",)), order(2, 9, concerns=("stalled", "lost"))], Likely(UUID(int=2), "concern")),
        ([order(1, 9, concerns=("late",)), order(2, 3, concerns=("late",))], Likely(UUID(int=2), "concern")),
        ([order(1, 9), order(2, 3, arrived=1)], Likely(UUID(int=1), "undelivered")),
        ([order(1, 9, parcels=0), order(2, 3, arrived=1)], Likely(UUID(int=1), "undelivered")),
        ([order(1, 9), order(2, 3)], Likely(UUID(int=2), "recent")),
        ([order(1, 9, cancelled=True), order(2, 12, arrived=1)], Likely(UUID(int=2), "recent")),
        ([order(1, 9, cancelled=True)], Likely(UUID(int=1), "recent")),
        ([order(1, 50), order(2, 3, arrived=1)], Likely(UUID(int=2), "recent")),
    ],
)
def test_which_order_is_meant_by_who_names_none(orders: list[Standing], meant: Likely | None) -> None:
    for some in permutations(orders):
        assert likely(some, NOW) == meant


ORDERS = st.lists(
    st.builds(
        order,
        st.integers(1, 99),
        st.floats(0, 400),
        cancelled=st.booleans(),
        parcels=st.integers(0, 3),
        arrived=st.integers(0, 3),
        concerns=st.lists(st.sampled_from([*KINDS, "something new"]), max_size=2),
    ),
    max_size=6,
    unique_by=lambda one: one.order_id,
)


@given(ORDERS, st.randoms())
def test_the_order_in_which_they_are_told_decides_nothing(orders: list[Standing], chance: Any) -> None:
    found = likely(orders, NOW)
    chance.shuffle(orders)
    assert likely(orders, NOW) == found
    assert found is None or found.order_id in {one.order_id for one in orders}
    if any(one.concerns for one in orders):
        assert found is not None and found.why == "concern"
    if all(NOW - one.placed_at > timedelta(days=60) and not one.concerns for one in orders):
        assert found is None
