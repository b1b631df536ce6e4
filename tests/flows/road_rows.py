"""Orders on the road, written straight into the tables: what the pages of lanes and promises are counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.orders.models import Fulfilment, Order, Parcel, Scan
from aftercart.plumbing import ids
from aftercart.promises.models import Promise
from aftercart.watch import services as watch
from tests.world import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    country: str
    region: str = ""
    postal_code: str = ""


LOS_ANGELES = Place(country="US", region="CA", postal_code="90012")
BERLIN = Place(country="DE", region="BE", postal_code="10115")
TOKYO = Place(country="JP", region="JP-13", postal_code="153-0063")


def at(text: str) -> datetime:
    """ "3-5 21:30" of the year of the tests, in UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def ordered(brand: Brand, number: str, to: Place, *, placed: datetime, cancelled: bool = False) -> Order:
    return Order.objects.create(
        brand=brand,
        source="shopify",
        external_id=number,
        version=ids.new(placed),
        number=number,
        number_key=number,
        placed_at=placed,
        cancelled_at=placed + timedelta(days=1) if cancelled else None,
        country=to.country,
        region=to.region,
        postal_code=to.postal_code,
        origin_country="US",
        origin_region="OH",
        service="Standard",
    )


def sent(
    order: Order,
    *,
    left: datetime | None,
    arrived: datetime | None = None,
    carrier: str = "ups",
    state: str = "in_transit",
    dropped: bool = False,
    scans: Sequence[tuple[datetime, str]] = (),
) -> Parcel:
    """A parcel of the order. `dropped`: a newer version of the fulfilment no longer names it."""
    at_label = left or order.placed_at + timedelta(days=1)
    fulfilment = Fulfilment.objects.create(
        brand_id=order.brand_id, source="shopify", external_id=f"f{ids.new()}", version=ids.new(at_label),
        order_id=order.id, shipped_at=at_label,
    )  # fmt: skip
    track = ids.new(at_label)
    for moment, what in scans:
        _scan(order, track, moment, what)
    return Parcel.objects.create(
        brand_id=order.brand_id,
        order_id=order.id,
        fulfilment_id=fulfilment.id,
        version=ids.new(at_label - timedelta(days=1)) if dropped else fulfilment.version,
        track_id=track,
        number=f"1Z{order.number}",
        carrier=carrier,
        shipped_at=at_label,
        state="delivered" if arrived else state,
        handed_over_at=left,
        first_scan_at=left,
        moved_at=left,
        last_scan_at=arrived or left,
        delivered_at=arrived,
        city="Columbus",
    )


def _scan(order: Order, track: UUID, moment: datetime, state: str) -> None:
    Scan.objects.create(
        id=ids.new(moment), brand_id=order.brand_id, track_id=track, source="easypost", carrier="ups", at=moment,
        local=moment.replace(tzinfo=None).isoformat(), zone="explicit", state=state, code=state, city="Columbus",
        country="US", reported_at=moment,
    )  # fmt: skip


def promised(
    order: Order,
    latest: date,
    *,
    made_by: str = "shop",
    surface: str = "checkout",
    told: datetime | None = None,
    confidence: float | None = None,
    parcel: Parcel | None = None,
) -> Promise:
    return Promise.objects.create(
        brand_id=order.brand_id,
        order_id=order.id,
        parcel_id=parcel.id if parcel else None,
        latest=latest,
        made_by=made_by,
        surface=surface,
        told_at=told or order.placed_at,
        confidence=confidence,
    )


def settled(brand: Brand, now: datetime = NOW) -> None:
    """What the daily look writes down: how each date ended."""
    watch.settle(brand, Order.objects.filter(brand=brand).values_list("id", flat=True), now)


def march(day: int) -> date:
    return date(NOW.year, 3, day)
