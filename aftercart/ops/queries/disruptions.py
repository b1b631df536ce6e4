"""Disruptions, the days of their charts, the parcels in them, and what was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.ops.trouble import Charted
from aftercart.story.rows import fetch
from aftercart.watch.disruptions.incidents import standing
from aftercart.watch.disruptions.reassess import parcels_in
from aftercart.watch.disruptions.series import FEED_OUTAGE
from aftercart.watch.models import Disruption, Progress

HISTORY = 200
SHOWN_PARCELS = 60
SHOWN_DAYS = 35

AFFECTED = """
SELECT o.id, o.number, coalesce(c.name, ''), coalesce(c.email, ''), p.carrier, p.city, p.last_scan_at,
    f.earliest, f.latest, told.latest
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
LEFT JOIN people_customer c ON c.id = o.customer_id
LEFT JOIN promises_forecast f ON f.id = p.id
LEFT JOIN LATERAL (
    SELECT latest FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id
    ORDER BY surface = 'page', told_at DESC, id DESC LIMIT 1
) told ON true
WHERE {where} ORDER BY p.last_scan_at, o.id LIMIT %(most)s
"""
COUNTED = "SELECT count(*) FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id WHERE {where}"
TOLD = """
SELECT d.kind, d.spoken, CASE WHEN d.spoken THEN '' ELSE regexp_replace(d.reason, ' with order .*', '') END, count(*)
FROM watch_concern w JOIN outreach_decision d ON d.brand_id = w.brand_id AND d.concern_id = w.id
WHERE w.brand_id = %(brand)s AND w.kind = 'disruption' AND w.opened_at >= %(since)s
    AND w.evidence ->> 'disruption' = %(id)s
GROUP BY 1, 2, 3 ORDER BY 2 DESC, 4 DESC
"""


@dataclass(frozen=True, slots=True)
class Affected:
    order_id: UUID
    number: str
    name: str
    email: str
    carrier: str
    city: str
    last_scan_at: datetime | None
    earliest: date | None
    latest: date | None
    promised: date | None


@dataclass(frozen=True, slots=True)
class Told:
    kind: str
    spoken: bool
    reason: str
    count: int


def feed_outage(brand: Brand) -> Disruption | None:
    return Disruption.objects.filter(brand=brand, closed_at=None, kind=FEED_OUTAGE).first()


def past(brand: Brand) -> list[Disruption]:
    return list(Disruption.objects.filter(brand=brand, closed_at__isnull=False).order_by("-opened_at")[:HISTORY])


def days(brand: Brand, row: Disruption) -> list[Charted]:
    """The days of its chart: some weeks before it began, to its end or to yesterday."""
    until = (row.closed_at.date() if row.closed_at else date.max - timedelta(days=9)) + timedelta(days=7)
    found = Progress.objects.filter(brand=brand, part=row.part, scope=row.scope, on__lte=until).order_by("-on")
    told = found.values_list("on", "observed", "expected", "statistic", "limit", "alarm")[:SHOWN_DAYS]
    return [Charted(*one) for one in reversed(told)]


def affected(brand: Brand, row: Disruption) -> tuple[int, list[Affected]]:
    """How many parcels are in it now, and those that have been silent for longest."""
    where, known = parcels_in(brand, standing(row).series)
    (count,) = fetch(int, COUNTED.format(where=where), known)
    return count, fetch(Affected, AFFECTED.format(where=where), {**known, "most": SHOWN_PARCELS})


def told(brand: Brand, row: Disruption) -> list[Told]:
    return fetch(Told, TOLD, {"brand": brand.id, "since": row.opened_at, "id": str(row.id)})
