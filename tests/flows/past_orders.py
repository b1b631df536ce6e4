"""Half a year of a brand's orders, written straight into the tables, and as many fresh ones as are wished for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from django.db import connection

from aftercart.brands.models import Brand
from aftercart.orders.models import Fulfilment, Order, Parcel
from aftercart.plumbing import ids
from aftercart.promises.lanes import Lane
from aftercart.promises.models import Promise

# How long a transit takes as a rule, in days, and how much that differs.
SLOWNESS = {"IL": (0.9, 0.25), "CA": (1.7, 0.35), "NY": (1.3, 0.5)}
PROMISED = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One order and its parcel. `arrived` None: lost."""

    region: str
    placed: date
    left: date
    arrived: date | None

    @property
    def lane(self) -> Lane:
        return Lane(carrier="ups", origin="US-OH", destination=f"US-{self.region}")

    @property
    def unsent(self) -> Lane:
        return Lane(origin="US-OH", destination=f"US-{self.region}")


def cases(first: date, days: int, a_day: int, *, seed: int) -> list[Case]:
    """On Sundays nothing is packed and nothing arrives; one in forty never comes."""
    draw = np.random.default_rng(seed)
    found = []
    for n in range(days):
        for _ in range(a_day):
            region = ("IL", "CA", "NY")[draw.integers(3)]
            placed = first + timedelta(days=n)
            left = _working(placed + timedelta(days=int(draw.choice([0, 1, 2, 4], p=[0.3, 0.4, 0.2, 0.1]))))
            took = int(np.ceil(draw.lognormal(*SLOWNESS[region])))
            lost = draw.random() < 1 / 40
            found.append(Case(region, placed, left, None if lost else _working(left + timedelta(days=took))))
    return found


def _working(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == 6 else day


def write(brand: Brand, past: Sequence[Case], now: datetime) -> None:
    """What of them had happened by `now`."""
    orders, sent, parcels, promises = [], [], [], []
    for n, case in enumerate(past):
        placed = _at(case.placed)
        # Rows of one day are learned from in the order of their ids, and each run shall learn the same.
        order = Order(
            id=ids.mirrored(brand.slug, "order", n), brand=brand, source="shopify", external_id=str(n),
            version=ids.new(placed), number=str(n), number_key=str(n), placed_at=placed, country="US",
            region=case.region, origin_country="US", origin_region="OH",
        )  # fmt: skip
        orders.append(order)
        promises.append(
            Promise(
                brand=brand, order_id=order.id, latest=case.placed + timedelta(days=PROMISED), made_by="shop",
                surface="checkout", told_at=placed,
            )
        )  # fmt: skip
        left, arrived = _at(case.left), _at(case.arrived) if case.arrived else None
        if left >= now:
            continue
        one = Fulfilment(
            brand=brand, source="shopify", external_id=str(n), version=ids.new(left), order_id=order.id, shipped_at=left
        )
        sent.append(one)
        there = arrived if arrived and arrived < now else None
        parcels.append(
            Parcel(
                id=ids.mirrored(brand.slug, "parcel", n), brand=brand, order_id=order.id, fulfilment_id=one.id,
                version=one.version, track_id=ids.new(left),
                number=f"1Z{n}", carrier="ups", shipped_at=left, handed_over_at=left, delivered_at=there,
                state="delivered" if there else "in_transit", state_at=there or left,
            )
        )  # fmt: skip
    Order.objects.bulk_create(orders)
    Fulfilment.objects.bulk_create(sent)
    Parcel.objects.bulk_create(parcels)
    Promise.objects.bulk_create(promises)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_fulfilment, orders_parcel, promises_promise")


def _at(day: date) -> datetime:
    """At the same hour every day, so that a day there is the same day in the shop's zone and in UTC."""
    return datetime.combine(day, time(17), UTC)
