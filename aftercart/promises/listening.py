"""What a brand's own history says about waiting: read from its orders and scans, counted by `silence`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from aftercart.facts import State
from aftercart.promises.calendars import Calendar, calendar_days
from aftercart.promises.learning import MEMORY, MOST_SPANS
from aftercart.promises.queries import LANE, destination_zone, lane
from aftercart.promises.silence import PLACED, TOGETHER, Silence
from aftercart.promises.spells import Seen, longest, spells

# What began later is not asked: while a hub stands still, what it holds would teach that standing still is usual.
SETTLING = timedelta(days=14)

# A number may have been used before: what is older than a parcel's label is not about it.
SCANS = f"""
SELECT p.id, {LANE}, o.postal_code,
    p.delivered_at < %(until)s, s.at, s.state, s.city
FROM (
    SELECT * FROM orders_parcel WHERE brand_id = %(brand)s AND shipped_at >= %(since)s AND shipped_at < %(settled)s
    ORDER BY shipped_at DESC LIMIT %(most)s / 8
) p
JOIN orders_order o ON o.id = p.order_id
JOIN orders_scan s ON s.brand_id = p.brand_id AND s.track_id = p.track_id
WHERE s.state IS NOT NULL AND s.at < %(until)s AND s.at >= p.shipped_at - interval '10 days'
ORDER BY p.id
"""
# Which carrier takes it is not known while an order waits.
PLACED_UNTIL_PACKED = """
SELECT '', '', o.origin_country, o.origin_region, o.country, o.region, o.postal_code, o.placed_at, p.packed_at
FROM orders_order o
LEFT JOIN orders_cancellation c ON c.id = o.id
LEFT JOIN LATERAL (
    SELECT min(shipped_at) AS packed_at FROM orders_parcel
    WHERE brand_id = o.brand_id AND order_id = o.id AND shipped_at < %(until)s
) p ON true
WHERE o.brand_id = %(brand)s AND o.placed_at >= %(since)s AND o.placed_at < %(settled)s
    AND o.cancelled_at IS NULL AND c.id IS NULL
ORDER BY o.placed_at DESC LIMIT %(most)s
"""
LABEL_UNTIL_SCANNED = f"""
SELECT {LANE}, o.postal_code, p.shipped_at,
    coalesce(p.first_scan_at, p.handed_over_at)
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
JOIN orders_fulfilment f ON f.id = p.fulfilment_id AND f.version = p.version AND NOT f.cancelled
WHERE p.brand_id = %(brand)s AND p.shipped_at >= %(since)s AND p.shipped_at < %(settled)s AND p.state <> 'cancelled'
ORDER BY p.shipped_at DESC LIMIT %(most)s
"""
FIRST_UNTIL_REST = f"""
SELECT {LANE}, o.postal_code,
    greatest(first.at, p.shipped_at), p.delivered_at
FROM (
    SELECT order_id, min(delivered_at) AS at FROM orders_parcel
    WHERE brand_id = %(brand)s AND shipped_at >= %(since)s AND shipped_at < %(settled)s
    GROUP BY order_id HAVING count(*) > 1 AND min(delivered_at) < %(until)s LIMIT %(most)s
) first
JOIN orders_order o ON o.id = first.order_id
JOIN orders_parcel p ON p.brand_id = %(brand)s AND p.order_id = o.id
JOIN orders_fulfilment f ON f.id = p.fulfilment_id AND f.version = p.version AND NOT f.cancelled
WHERE (p.delivered_at IS NULL OR p.delivered_at > first.at)
    AND p.state NOT IN ('returning', 'returned', 'lost', 'damaged', 'cancelled')
"""
WAITS = {
    PLACED: PLACED_UNTIL_PACKED,
    State.LABEL_CREATED.value: LABEL_UNTIL_SCANNED,
    TOGETHER: FIRST_UNTIL_REST,
}


def silence(brand_id: UUID, now: datetime, calendar: Calendar) -> Silence:
    """How long parcels are silent and stay, and how long orders wait before they leave, as of `now`."""
    learned = Silence()
    for places, zone, arrived, scans in _parcels(brand_id, now):
        clock = partial(_days, calendar, zone)
        for milestone, most in longest(spells(scans), now=now, arrived=arrived, clock=clock).items():
            learned.observe(milestone, lane(*places), days=most.days, ended=most.ended)
    for milestone, statement in WAITS.items():
        for *there, postal_code, since, until in _rows(statement, brand_id, now):
            zone = destination_zone(there[4], there[5], postal_code)
            ended = until is not None and until < now
            waits = calendar_days(calendar, since, until if ended else now, zone)
            learned.observe(milestone, lane(*there), days=waits, ended=ended)
    return learned


def _parcels(brand_id: UUID, now: datetime) -> Iterator[tuple[tuple[str, ...], ZoneInfo, bool, list[Seen]]]:
    for _, rows in groupby(_rows(SCANS, brand_id, now), key=itemgetter(0)):
        scans = list(rows)
        _, *places, postal_code, arrived = scans[0][:9]
        yield (
            tuple(places),
            destination_zone(places[4], places[5], postal_code),
            bool(arrived),
            [Seen(*row[9:]) for row in scans],
        )


def _days(calendar: Calendar, zone: ZoneInfo, since: datetime, until: datetime) -> float:
    return calendar_days(calendar, since, until, zone)


def _rows(statement: str, brand_id: UUID, now: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        moments = {"since": now - MEMORY, "settled": now - SETTLING, "until": now}
        cursor.execute(statement, {"brand": brand_id, "most": MOST_SPANS, **moments})
        return list(cursor.fetchall())
