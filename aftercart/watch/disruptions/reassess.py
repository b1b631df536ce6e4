"""What a disruption changes about all its parcels at once: their beliefs, and which of them must be judged again.

Parcels of one lane that left on one day are expected alike. So the lanes and days are read, a window is worked out for
each, and the database applies it to the parcels: no parcel passes through here, and only those orders are judged one
by one whose promise is now in danger, or whose danger is over.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk
from aftercart.promises import services as promises
from aftercart.promises.queries import destination_zone, lane
from aftercart.promises.rules import FREE
from aftercart.promises.terms import terms_of
from aftercart.watch.disruptions.scopes import ON_THE_ROAD, condition
from aftercart.watch.disruptions.series import Series
from aftercart.watch.disruptions.standing import Disruption

PLACES = """
SELECT o.country, o.region, min(o.postal_code) FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
WHERE {road} AND {scope} GROUP BY 1, 2
"""
ZONES = "CREATE TEMP TABLE slowed_zone (country text, region text, zone text, today date) ON COMMIT DROP"
SLOWED = """
CREATE TEMP TABLE slowed ON COMMIT DROP AS
SELECT p.id, p.order_id, p.estimate_latest, z.today,
    (p.handed_over_at AT TIME ZONE z.zone)::date AS began,
    hashtextextended(concat_ws('|', p.carrier, p.service, o.service, p.origin_country, p.origin_region,
        o.origin_country, o.origin_region, o.country, o.region), 0) AS lane
FROM orders_parcel p
JOIN orders_order o ON o.id = p.order_id
JOIN slowed_zone z ON z.country = o.country AND z.region = o.region
WHERE {road} AND {scope}
"""
ALIKE = """
SELECT s.lane, s.began, s.today, p.carrier, p.service, o.service, p.origin_country, p.origin_region, o.origin_country,
    o.origin_region, o.country, o.region
FROM (SELECT lane, began, today, min(id::text)::uuid AS id FROM slowed GROUP BY 1, 2, 3) s
JOIN orders_parcel p ON p.id = s.id JOIN orders_order o ON o.id = p.order_id
"""
ANSWERS = """
CREATE TEMP TABLE slowed_answer (
    lane bigint, began date, today date, earliest date, latest date, likely date, basis text, version int,
    confidence float8, p80 date, p95 date
) ON COMMIT DROP
"""
BELIEVE = """
INSERT INTO promises_forecast (id, brand_id, order_id, made_at, earliest, latest, likely, basis, version, confidence,
    p80, p95)
SELECT s.id, %(brand)s, s.order_id, %(now)s, a.earliest, greatest(a.latest, s.estimate_latest), a.likely,
    CASE WHEN s.estimate_latest > a.latest THEN %(estimate)s ELSE a.basis END, a.version,
    a.confidence, a.p80, greatest(a.p95, s.estimate_latest)
FROM slowed s JOIN slowed_answer a USING (lane, began, today) ORDER BY s.id
ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at, earliest = excluded.earliest, latest = excluded.latest,
    likely = excluded.likely, basis = excluded.basis, version = excluded.version, confidence = excluded.confidence,
    p80 = excluded.p80, p95 = excluded.p95
WHERE (promises_forecast.earliest, promises_forecast.latest, promises_forecast.likely)
    IS DISTINCT FROM (excluded.earliest, excluded.latest, excluded.likely)
"""
# As likely missed as kept, by what is believed now: these are judged anew, in the sweeps that follow.
IN_DANGER = """
WITH doubtful AS MATERIALIZED (
    SELECT DISTINCT s.order_id, s.today, a.likely FROM slowed s JOIN slowed_answer a USING (lane, began, today)
    JOIN promises_promise t ON t.brand_id = %(brand)s AND t.order_id = s.order_id AND t.latest < a.likely
), danger AS (
    SELECT DISTINCT d.order_id FROM doubtful d CROSS JOIN LATERAL (
        SELECT latest FROM promises_promise t WHERE t.brand_id = %(brand)s AND t.order_id = d.order_id
        ORDER BY surface = 'page', told_at DESC, id DESC LIMIT 1
    ) told
    WHERE told.latest >= d.today AND told.latest < d.likely
)
UPDATE watch_watch w SET look_at = %(now)s FROM danger d
WHERE w.id = d.order_id AND w.look_at IS DISTINCT FROM %(now)s
"""
TOLD = """
UPDATE watch_watch w SET look_at = %(now)s FROM watch_concern c
WHERE c.brand_id = %(brand)s AND c.kind = 'disruption' AND c.closed_at IS NULL AND c.evidence ->> 'disruption' = %(id)s
    AND w.id = c.order_id
"""
# For this transaction: room to sort and join a million rows without going through the disk.
ROOM = "SET LOCAL work_mem = '256MB'"
DROP = "DROP TABLE IF EXISTS pg_temp.slowed, pg_temp.slowed_zone, pg_temp.slowed_answer"


def reassess_scope(brand: Brand, disruption: Disruption, now: datetime, *, over: bool = False) -> int:
    """Believe anew what a disruption slows, or slowed until now; how many parcels those are."""
    clause, known = condition(disruption.series)
    given = {"brand": brand.id, "now": now, **known}
    with bulk.cursor() as at:
        at.execute(ROOM)
        at.execute(DROP)
        _find(at, clause, given, now)
        parcels = int(at.rowcount)
        tables = promises.taught(brand.id)
        if parcels and tables.road is not None:
            _answer(at, tables, None if over else disruption, terms_of(brand, now).confidence)
            at.execute(BELIEVE, {**given, "estimate": promises.THE_CARRIERS})
            at.execute(IN_DANGER, given)
        if over:
            at.execute(TOLD, {**given, "id": str(disruption.id)})
    return parcels


def _find(at: Any, clause: str, given: dict[str, object], now: datetime) -> None:
    """The parcels, each with its lane and the day on which it left, as days go where it is going to."""
    at.execute(PLACES.format(road=ON_THE_ROAD, scope=clause), given)
    places = at.fetchall()
    at.execute(ZONES)
    with at.copy("COPY pg_temp.slowed_zone FROM STDIN") as copy:
        for country, region, postal_code in places:
            zone = destination_zone(country, region, postal_code or "")
            copy.write_row((country, region, zone.key, now.astimezone(zone).date()))
    at.execute(SLOWED.format(road=ON_THE_ROAD, scope=clause), given)


def _answer(at: Any, tables: promises.Taught, disruption: Disruption | None, confidence: float) -> None:
    at.execute("ANALYZE pg_temp.slowed")
    at.execute(ALIKE)
    alike = at.fetchall()
    at.execute(ANSWERS)
    with at.copy("COPY pg_temp.slowed_answer FROM STDIN") as copy:
        for number, began, today, *places in alike:
            copy.write_row((number, began, today, *_window(tables, places, began, today, disruption, confidence)))
    at.execute("ANALYZE pg_temp.slowed_answer")


def _window(
    tables: promises.Taught,
    places: list[str],
    began: date,
    today: date,
    disruption: Disruption | None,
    confidence: float,
) -> tuple[object, ...]:
    carrier, service, order_service, origin, origin_region, order_origin, order_region, country, region = places
    full = lane(
        carrier, service or order_service, origin or order_origin, origin_region or order_region, country, region
    )
    held = disruption.held(began, today) if disruption else FREE
    w = promises.on_the_road(tables, full, country, began, today, confidence=confidence, held=held)
    return w.earliest, w.latest, w.likely, w.basis[:200], w.version, w.confidence, w.p80, w.p95


def parcels_in(brand: Brand, series: Series) -> tuple[str, dict[str, object]]:
    """The condition for pages: clause and what it needs."""
    clause, known = condition(series)
    return f"{ON_THE_ROAD} AND {clause}", {"brand": brand.id, **known}
