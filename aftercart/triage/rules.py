"""What an order that a customer has tells of why they write, and which of several they most likely mean. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from aftercart.watch.rules import KINDS

JUST_ORDERED = timedelta(hours=36)  # as long as most can still be changed
JUST_DELIVERED = timedelta(days=21)  # unpacked, tried, and within what most shops take back
FORGOTTEN = timedelta(days=45)  # what left before and was never seen to arrive is no news any more
FAILED_LATELY = timedelta(days=7)
MEANT = timedelta(days=60)  # an order older than that is not meant by who names none

# Why an order is taken for the one that is meant.
CONCERN, UNDELIVERED, RECENT = "concern", "undelivered", "recent"


class Standing(NamedTuple):
    """One order of a customer. The names are the columns of the query."""

    customer_id: UUID
    order_id: UUID
    placed_at: datetime
    cancelled: bool
    parcels: int
    arrived: int  # of those: delivered, or known never to come
    leaving_at: datetime | None  # when the last that is on its way left
    delivered_at: datetime | None  # the last
    concerns: Sequence[str]  # kinds, open ones
    return_open: bool
    refund_due: bool
    failed_at: datetime | None  # a payment, and none has succeeded


@dataclass(frozen=True, slots=True)
class Likely:
    order_id: UUID
    why: str


def facts(orders: Iterable[Standing], now: datetime) -> frozenset[str]:
    """Names of `understanding.category.PRIOR` that hold for the customer whose orders these are."""
    found = set()
    for one in orders:
        if one.concerns:
            found.add("parcel_in_trouble")
        if one.return_open:
            found.add("return_open")
        if one.refund_due:
            found.add("refund_due")
        if one.delivered_at and now - one.delivered_at <= JUST_DELIVERED:
            found.add("just_delivered")
        if one.failed_at and not one.cancelled and now - one.failed_at <= FAILED_LATELY:
            found.add("payment_failed")
        if not one.cancelled and one.leaving_at and now - one.leaving_at <= FORGOTTEN:
            found.add("parcel_on_its_way")
        if not one.cancelled and not one.parcels and now - one.placed_at <= JUST_ORDERED:
            found.add("just_ordered")
    return frozenset(found)


def likely(orders: Collection[Standing], now: datetime) -> Likely | None:
    """The order that its customer means who names none: the one with the gravest worry; else the only one that has not
    arrived; else the latest. None where all are long past."""
    worrying = [one for one in orders if one.concerns]
    if worrying:
        gravest = min(worrying, key=lambda one: (min(map(_gravity, one.concerns)), -one.placed_at.timestamp()))
        return Likely(gravest.order_id, CONCERN)
    coming = [one for one in orders if _undelivered(one, now)]
    if len(coming) == 1:
        return Likely(coming[0].order_id, UNDELIVERED)
    recent = [one for one in orders if now - one.placed_at <= MEANT]
    if not recent:
        return None
    return Likely(max(recent, key=lambda one: (not one.cancelled, one.placed_at, one.order_id)).order_id, RECENT)


def _undelivered(one: Standing, now: datetime) -> bool:
    on_its_way = not one.parcels or one.arrived < one.parcels
    return not one.cancelled and on_its_way and now - one.placed_at <= FORGOTTEN


def _gravity(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
