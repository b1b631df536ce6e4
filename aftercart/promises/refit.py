"""The regression of a brand's own arrivals: read from its orders, fitted, stored as the next version.

Imports numpy: for whoever learns, not for whoever serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from aftercart.orders.fold import ALONG_THE_ROAD
from aftercart.plumbing import clock, ids
from aftercart.promises import learning
from aftercart.promises.arrivals.believing import groups_of
from aftercart.promises.arrivals.lessons import LATELY, ROAD, WAITING, Past, history, milestones, teach
from aftercart.promises.arrivals.orders import NEVER
from aftercart.promises.calendars import Calendar
from aftercart.promises.milestones import Seen, stands
from aftercart.promises.models import Learned, Version
from aftercart.promises.pace import Pace
from aftercart.promises.queries import LANE, lane

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
    min(t.latest), NULL, NULL, 0
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
ROADS = f"""
SELECT {LANE},
    (p.handed_over_at AT TIME ZONE %(zone)s)::date, (p.delivered_at AT TIME ZONE %(zone)s)::date,
    CASE WHEN p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled')
        THEN (p.state_at AT TIME ZONE %(zone)s)::date END,
    NULL, t.latest, o.city, p.id,
    (p.handed_over_at AT TIME ZONE %(zone)s)::date - (o.placed_at AT TIME ZONE %(zone)s)::date
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
LEFT JOIN LATERAL (
    SELECT latest FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id
        AND t.made_by = 'shop' AND t.told_at < %(until)s
    ORDER BY told_at LIMIT 1
) t ON true
WHERE p.brand_id = %(brand)s AND p.handed_over_at >= %(since)s AND p.handed_over_at < %(until)s
    AND abs(hashtextextended(p.id::text, 0) %% 1000) < %(share)s
ORDER BY 7, p.id
"""
# Where the parcels of the last weeks were seen, in the order of the road where a carrier tells the day alone.
SCANS = """
SELECT p.id, (s.at AT TIME ZONE %(zone)s)::date, s.state, s.city, s.country, s.region
FROM orders_parcel p JOIN orders_scan s ON s.brand_id = p.brand_id AND s.track_id = p.track_id
WHERE p.brand_id = %(brand)s AND p.handed_over_at >= %(lately)s AND p.handed_over_at < %(until)s
    AND abs(hashtextextended(p.id::text, 0) %% 1000) < %(share)s
    AND s.state IS NOT NULL AND s.at < %(until)s AND s.at >= p.shipped_at - interval '10 days'
ORDER BY p.id, s.at, array_position(%(road)s, s.state), s.id
"""
COUNT = """
SELECT count(*) FROM orders_order o
WHERE o.brand_id = %(brand)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
"""


def refit(brand_id: UUID, zone: ZoneInfo, now: datetime, calendar: Calendar, pace: Pace) -> int:
    """Learn anew from what was stamped before the day of `now`; the version. All of it is in force, or nothing is.

    `pace` is the transit's, learned on the same day: what milestones bend where it is too early for a regression.
    """
    today = now.astimezone(zone).date()
    known = Learned.objects.filter(brand_id=brand_id, stage=Learned.ARRIVALS).values_list("table", flat=True).first()
    before: Mapping[str, Any] = known or {}
    first, day = today - READ, READ.days
    table: dict[str, Any] = {"day": today.isoformat()}
    waiting, road = (history(first, _past(brand_id, zone, now, first, left=left), day) for left in (False, True))
    for name, seen, ages in (("whole", waiting, WAITING), ("road", road, ROAD)):
        table[name] = teach(seen, day, calendar=calendar, ages=ages, before=before.get(name))
    if table["road"] is None:
        table["milestones"] = milestones(road, pace, day, calendar=calendar)
    return keep(brand_id, table)


def _past(brand_id: UUID, zone: ZoneInfo, now: datetime, first: date, *, left: bool) -> list[Past]:
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    given: dict[str, Any] = {"brand": brand_id, "since": since, "until": now, "zone": zone.key}
    with connection.cursor() as at:
        at.execute(COUNT, given)
        given["share"] = 1000 * MOST // max(at.fetchone()[0], MOST)
        at.execute(ROADS if left else WHOLE, given)
        rows = at.fetchall()
        scans = _scans(at, given, first) if left else {}
    return [_one(row, first, scans, left=left) for row in rows]


def _scans(at: Any, given: dict[str, Any], first: date) -> dict[UUID, list[Seen]]:
    lately = given["until"] - timedelta(days=LATELY)
    at.execute(SCANS, {**given, "lately": lately, "road": list(ALONG_THE_ROAD)})
    return {
        parcel: [Seen((day - first).days, *scan) for _, day, *scan in scans]
        for parcel, scans in groupby(at.fetchall(), key=itemgetter(0))
    }


def _one(row: Sequence[Any], first: date, scans: Mapping[UUID, Sequence[Seen]], *, left: bool) -> Past:
    began, arrived, gone, handed, due, town, parcel, before = row[6:]
    days = _days(
        first, arrived=arrived, gone=gone, left=handed, due=due if due is None or left or due >= began else None
    )
    on = lane(*row[:6])
    stood = stands(scans.get(parcel, ()), on, town or "")
    return Past(
        groups=groups_of(on, left=left), lane=on, began=(began - first).days, stands=stood, before=before, **days
    )


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
