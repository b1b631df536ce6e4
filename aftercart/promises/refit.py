"""The regression of a brand's own arrivals: read from its orders, fitted, stored as the next version.

Imports numpy: for whoever learns, not for whoever serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from aftercart.plumbing import clock, ids
from aftercart.promises import learning
from aftercart.promises.arrivals.believing import groups_of
from aftercart.promises.arrivals.lessons import ROAD, WAITING, Past, history, teach
from aftercart.promises.arrivals.orders import NEVER
from aftercart.promises.calendars import Calendar
from aftercart.promises.models import Learned, Version
from aftercart.promises.queries import lane

# The first of these days only warm the tables up.
READ = timedelta(days=330)
MOST = 50_000  # orders, and parcels; of more than that a share, the same ones every day
KEPT = timedelta(days=366)

# An order has arrived when the last of its parcels has, and has left when the last of them has. A date that only our
# own page showed is none that anything can be learned from.
WHOLE = """
SELECT '' AS carrier, o.service, o.origin_country, o.origin_region, o.country, o.region,
    (o.placed_at AT TIME ZONE %(zone)s)::date,
    (CASE WHEN count(p.id) > 0 AND bool_and(p.delivered_at IS NOT NULL) THEN max(p.delivered_at) END
        AT TIME ZONE %(zone)s)::date,
    (coalesce(o.cancelled_at, c.cancelled_at,
        max(p.state_at) FILTER (WHERE p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled')))
        AT TIME ZONE %(zone)s)::date,
    (CASE WHEN count(p.id) > 0 AND bool_and(p.handed_over_at IS NOT NULL) THEN max(p.handed_over_at) END
        AT TIME ZONE %(zone)s)::date,
    min(t.latest)
FROM orders_order o
LEFT JOIN orders_cancellation c ON c.id = o.id
LEFT JOIN LATERAL (
    SELECT p.* FROM orders_parcel p JOIN orders_fulfilment f ON f.id = p.fulfilment_id
    WHERE p.brand_id = o.brand_id AND p.order_id = o.id AND p.version = f.version AND NOT f.cancelled
    OFFSET 0
) p ON true
LEFT JOIN LATERAL (
    SELECT latest FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id
        AND t.made_by = 'shop' AND t.told_at < %(until)s
    ORDER BY told_at LIMIT 1
) t ON true
WHERE o.brand_id = %(brand)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
    AND abs(hashtextextended(o.id::text, 0) %% 1000) < %(share)s
GROUP BY o.id, c.cancelled_at ORDER BY 7, o.id
"""
ROADS = """
SELECT p.carrier, coalesce(nullif(p.service, ''), o.service),
    coalesce(nullif(p.origin_country, ''), o.origin_country), coalesce(nullif(p.origin_region, ''), o.origin_region),
    o.country, o.region,
    (p.handed_over_at AT TIME ZONE %(zone)s)::date, (p.delivered_at AT TIME ZONE %(zone)s)::date,
    CASE WHEN p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled')
        THEN (p.state_at AT TIME ZONE %(zone)s)::date END,
    NULL, NULL
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
WHERE p.brand_id = %(brand)s AND p.handed_over_at >= %(since)s AND p.handed_over_at < %(until)s
    AND abs(hashtextextended(p.id::text, 0) %% 1000) < %(share)s
ORDER BY 7, p.id
"""
COUNT = """
SELECT count(*) FROM orders_order o
WHERE o.brand_id = %(brand)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
"""


def refit(brand_id: UUID, zone: ZoneInfo, now: datetime, calendar: Calendar) -> int:
    """Learn anew from what was stamped before the day of `now`; the version. All of it is in force, or nothing is."""
    today = now.astimezone(zone).date()
    known = Learned.objects.filter(brand_id=brand_id, stage=Learned.ARRIVALS).values_list("table", flat=True).first()
    before: Mapping[str, Any] = known or {}
    first = today - READ
    table: dict[str, Any] = {"day": today.isoformat()}
    for name, statement, ages in (("whole", WHOLE, WAITING), ("road", ROADS, ROAD)):
        seen = history(first, _past(statement, brand_id, zone, now, first, left=name == "road"), (today - first).days)
        table[name] = teach(seen, (today - first).days, calendar=calendar, ages=ages, before=before.get(name))
    return keep(brand_id, table)


def _past(statement: str, brand_id: UUID, zone: ZoneInfo, now: datetime, first: date, *, left: bool) -> list[Past]:
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    given: dict[str, Any] = {"brand": brand_id, "since": since, "until": now, "zone": zone.key}
    with connection.cursor() as at:
        at.execute(COUNT, given)
        share = 1000 * MOST // max(at.fetchone()[0], MOST)
        at.execute(statement, {**given, "share": share})
        rows = at.fetchall()
    return [_one(row, first, left=left) for row in rows]


def _one(row: Sequence[Any], first: date, *, left: bool) -> Past:
    began, arrived, gone, handed, due = row[6:]
    at = _days(first, arrived=arrived, gone=gone, left=handed, due=due if due is None or due >= began else None)
    return Past(groups=groups_of(lane(*row[:6]), left=left), began=(began - first).days, **at)


def _days(first: date, **days: date | None) -> dict[str, int]:
    return {name: NEVER if day is None else (day - first).days for name, day in days.items()}


def keep(brand_id: UUID, table: dict[str, Any]) -> int:
    """Put it in force, and keep what a date told by it rests on for as long as anybody may ask."""
    with transaction.atomic():
        version = learning.keep(brand_id, Learned.ARRIVALS, table)
        Version.objects.create(
            id=ids.mirrored(brand_id, "version", Learned.ARRIVALS, version),
            brand_id=brand_id,
            stage=Learned.ARRIVALS,
            version=version,
            learned_at=clock.machine(),
            table={name: part | {"fits": part["fits"][-1:]} if isinstance(part, dict) else part
                   for name, part in table.items()},
        )  # fmt: skip
        Version.objects.filter(brand_id=brand_id, learned_at__lt=clock.machine() - KEPT).delete()
    return version
