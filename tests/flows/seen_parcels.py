"""A brand's parcels with all that their carrier has scanned of them: hubs, now and then customs, a depot, a van."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.orders.models import Fulfilment, Order, Parcel, Scan
from aftercart.plumbing import ids
from aftercart.promises.lanes import Lane
from aftercart.promises.milestones import AWAY, DEPOT, Stand
from aftercart.promises.models import Promise

MORNING, EVENING = 14, 22  # hours of UTC, both on one day in Chicago
OHIO, CHICAGO = ("Columbus", "OH"), ("Chicago", "IL")
LANE = Lane(carrier="ups", origin="US-OH", destination="US-IL")


@dataclass(frozen=True, slots=True)
class Road:
    """`scans`: when, the state, and the town."""

    left: date
    scans: Sequence[tuple[datetime, State, tuple[str, str]]]

    @property
    def arrived(self) -> date:
        return self.scans[-1][0].date()

    def stood(self) -> Iterator[tuple[Stand, date]]:
        """Each milestone on the road, and the day on which it came there."""
        for at, state, place in self.scans[1:-1]:
            on_road = DEPOT if place == CHICAGO else AWAY
            yield Stand(on_road if state is State.IN_TRANSIT else state.value, 0), at.date()


def roads(first: date, days: int, a_day: int, *, seed: int) -> list[Road]:
    """One in four waits at customs, some days longer than others; one van in seven comes back with its parcel."""
    draw = np.random.default_rng(seed)
    return [_road(first + timedelta(days=n), draw) for n in range(days) for _ in range(a_day)]


def _road(left: date, draw: np.random.Generator) -> Road:
    scans = [(_at(left, 17), State.ACCEPTED, OHIO)]
    day = left
    for _ in range(int(draw.integers(1, 5))):
        day += timedelta(days=int(draw.choice([1, 2], p=[0.7, 0.3])))
        scans.append((_at(day, MORNING), State.IN_TRANSIT, OHIO))
    if draw.random() < 1 / 4:
        scans.append((_at(day, EVENING), State.IN_CUSTOMS, OHIO))
        day += timedelta(days=2 + int(draw.geometric(0.3)))
    scans.append((_at(day, EVENING + 1), State.IN_TRANSIT, CHICAGO))
    while True:
        day += timedelta(days=int(draw.geometric(0.75)))
        scans.append((_at(day, MORNING), State.OUT_FOR_DELIVERY, CHICAGO))
        if draw.random() < 6 / 7:
            return Road(left, [*scans, (_at(day, EVENING), State.DELIVERED, CHICAGO)])
        scans.append((_at(day, EVENING), State.ATTEMPT_FAILED, CHICAGO))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def write(brand: Brand, past: Sequence[Road], now: datetime) -> None:
    """What of them had happened by `now`."""
    orders, sent, parcels, scans, promised = [], [], [], [], []
    for n, road in enumerate(past):
        seen = [scan for scan in road.scans if scan[0] < now]
        if not seen:
            continue
        left = seen[0][0]
        # Rows of one day are learned from in the order of their ids, and each run shall learn the same.
        order = Order(
            id=ids.mirrored(brand.slug, "order", n), brand=brand, source="shopify", external_id=str(n),
            version=ids.new(left), number=str(n), number_key=str(n), placed_at=left, country="US", region="IL",
            city="Chicago", origin_country="US", origin_region="OH",
        )  # fmt: skip
        one = Fulfilment(
            brand=brand, source="shopify", external_id=str(n), version=ids.new(left), order_id=order.id, shipped_at=left
        )
        track, (at, state, place) = ids.mirrored(brand.slug, "track", n), seen[-1]
        orders.append(order)
        promised.append(
            Promise(brand=brand, order_id=order.id, latest=road.left + timedelta(days=12), made_by="shop", told_at=left)
        )
        sent.append(one)
        parcels.append(
            Parcel(
                id=ids.mirrored(brand.slug, "parcel", n), brand=brand, order_id=order.id, fulfilment_id=one.id,
                version=one.version, track_id=track,
                number=f"1Z{n}", carrier="ups", shipped_at=left, handed_over_at=left, state=state, state_at=at,
                delivered_at=at if state is State.DELIVERED else None, moved_at=at, city=place[0],
                state_country="US", state_region=place[1], origin_country="US", origin_region="OH",
            )
        )  # fmt: skip
        scans += [_scan(brand, track, n, *one) for one in seen]
    Order.objects.bulk_create(orders)
    Promise.objects.bulk_create(promised)
    Fulfilment.objects.bulk_create(sent)
    Parcel.objects.bulk_create(parcels)
    Scan.objects.bulk_create(scans)


def _scan(brand: Brand, track: UUID, n: int, at: datetime, state: State, place: tuple[str, str]) -> Scan:
    return Scan(
        id=ids.mirrored_event(at, brand.slug, n, at, state), brand=brand, track_id=track, source="ups", at=at,
        local=at.isoformat()[:19], zone="explicit", state=state, city=place[0], region=place[1], country="US",
        reported_at=at,
    )  # fmt: skip
