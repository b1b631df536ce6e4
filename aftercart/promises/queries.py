"""Orders and their parcels as promises and watch look at them: one row a subject, read in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.facts import Attention, State
from aftercart.plumbing import bulk
from aftercart.plumbing.zones import zone_of
from aftercart.promises.lanes import Lane

# A parcel counts if the newest version of its fulfilment still names it. OFFSET 0 keeps the planner from joining all
# parcels with all fulfilments first: it takes the two equal columns for independent and expects a single row of it.
SUBJECTS = """
SELECT o.id, p.id, o.placed_at, o.cancelled_at, c.cancelled_at, o.service,
    o.origin_country, o.origin_region, o.country, o.region, o.postal_code, o.customer_id, o.number,
    p.carrier, p.service, p.origin_country, p.origin_region, p.shipped_at, p.state, p.reason, p.attention,
    p.state_at, p.handed_over_at, p.first_scan_at, p.last_scan_at, p.moved_at, p.delivered_at, p.city,
    p.estimate_latest, p.number, p.state_region, p.state_country, p.here_at, p.again_at, p.circles, p.collect_by,
    o.city
FROM orders_order o
LEFT JOIN orders_cancellation c ON c.id = o.id
LEFT JOIN LATERAL (
    SELECT p.* FROM orders_parcel p JOIN orders_fulfilment f ON f.id = p.fulfilment_id
    WHERE p.brand_id = o.brand_id AND p.order_id = o.id AND p.version = f.version AND NOT f.cancelled
    OFFSET 0
) p ON true
WHERE o.brand_id = %s AND o.id = ANY(%s::uuid[])
"""


# Of a parcel `p` and its order `o`, what `lane` is made of, as `subject` reads it: what the parcel does not say, its
# order does. Whatever learns of lanes asks for these.
LANE = """
    p.carrier, coalesce(nullif(p.service, ''), o.service), coalesce(nullif(p.origin_country, ''), o.origin_country),
    coalesce(nullif(p.origin_region, ''), o.origin_region), o.country, o.region
"""


class Row(NamedTuple):
    order_id: UUID
    parcel_id: UUID | None
    placed_at: datetime
    cancelled_at: datetime | None
    cancelled_later_at: datetime | None
    order_service: str
    order_origin_country: str
    order_origin_region: str
    country: str
    region: str
    postal_code: str
    customer_id: UUID | None
    number: str
    carrier: str | None
    service: str | None
    origin_country: str | None
    origin_region: str | None
    shipped_at: datetime | None
    state: str | None
    reason: str | None
    attention: str | None
    state_at: datetime | None
    handed_over_at: datetime | None
    first_scan_at: datetime | None
    last_scan_at: datetime | None
    moved_at: datetime | None
    delivered_at: datetime | None
    city: str | None
    estimate_latest: date | None
    track_number: str | None = None
    state_region: str | None = None
    state_country: str | None = None
    here_at: datetime | None = None
    again_at: datetime | None = None
    circles: int | None = None
    collect_by: date | None = None
    order_city: str | None = None


PARCEL = tuple(Row._fields).index("carrier")  # from here on a row is about the parcel


@dataclass(frozen=True, slots=True)
class Subject:
    """An order that has not left, one of its parcels, or what no parcel holds (`rest_since` the last was packed)."""

    row: Row
    lane: Lane
    zone: ZoneInfo
    international: bool
    rest_since: datetime | None = None

    @property
    def id(self) -> UUID:
        return self.row.parcel_id or self.row.order_id

    @property
    def begun_at(self) -> datetime:
        """As of when what has not left counts: the rest of an order as if placed when the last part was packed."""
        return self.rest_since or self.row.placed_at

    def rest(self, since: datetime) -> Subject:
        """What of the same order is in no parcel."""
        blank: dict[str, Any] = dict.fromkeys(Row._fields[PARCEL:])
        return replace(subject(self.row._replace(parcel_id=None, **blank)), rest_since=since)

    @property
    def order_id(self) -> UUID:
        return self.row.order_id

    @property
    def state(self) -> State | None:
        return State(self.row.state) if self.row.state else None

    @property
    def attention(self) -> Attention:
        return Attention(self.row.attention or Attention.NONE)

    @property
    def cancelled(self) -> bool:
        return bool(self.row.cancelled_at or self.row.cancelled_later_at)

    @property
    def done(self) -> bool:
        return self.cancelled or self.row.delivered_at is not None


def subjects(brand_id: UUID, order_ids: Iterable[UUID]) -> dict[UUID, list[Subject]]:
    """What there is to promise and to watch, by order."""
    found: dict[UUID, list[Subject]] = defaultdict(list)
    with bulk.cursor() as cursor:
        cursor.execute(SUBJECTS, [brand_id, bulk.array(order_ids)], binary=True)
        for row in map(Row._make, cursor.fetchall()):
            found[row.order_id].append(subject(row))
    return found


def subject(row: Row) -> Subject:
    origin = row.origin_country or row.order_origin_country
    return Subject(
        row=row,
        lane=lane(
            row.carrier or "",
            row.service or row.order_service,
            origin,
            row.origin_region or row.order_origin_region,
            row.country,
            row.region,
        ),
        zone=destination_zone(row.country, row.region, row.postal_code),
        international=bool(origin and row.country and origin != row.country),
    )


@lru_cache(maxsize=65_536)
def lane(carrier: str, service: str, origin: str, origin_region: str, country: str, region: str) -> Lane:
    """At home regions differ; across a border the country does."""
    home = origin == country
    return Lane(
        carrier=carrier,
        service=service,
        origin=f"{origin}-{origin_region}" if home and origin_region else origin,
        destination=f"{country}-{region}" if home and region else country,
    )


@lru_cache(maxsize=16_384)
def destination_zone(country: str, region: str, postal_code: str) -> ZoneInfo:
    """Where the country alone does not settle it, the clock of its capital is near enough for a day's end."""
    return zone_of(country, region, postal_code) or ZoneInfo(CAPITALS.get(country, "UTC"))


CAPITALS = {
    "US": "America/New_York",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City",
    "ID": "Asia/Jakarta",
    "RU": "Europe/Moscow",
}
