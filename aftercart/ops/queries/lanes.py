"""How fast the lanes are: counts by lane and days, from which everything else is worked out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.ops.queries.roads import AGE, CURRENT, FROM, LANE, SAME_LANE, UNDER_WAY, ZONES, places
from aftercart.ops.speeds import Share, Speed, Spread
from aftercart.promises.lanes import Lane
from aftercart.story.rows import fetch

SLOWEST = 25
SAMPLED = 2000  # parcels whose milestones are read

# The date that counts is the first that the customer was told; one that only our page showed counts where no other is.
ARRIVED = f"""
WITH {ZONES}, parcel AS MATERIALIZED (
  SELECT o.id AS order_id, {LANE}, {CURRENT}, (p.delivered_at AT TIME ZONE z.name)::date AS arrived,
    (p.handed_over_at AT TIME ZONE z.name)::date AS left_on, (o.placed_at AT TIME ZONE z.name)::date AS placed
  {FROM} AND p.delivered_at >= %(since)s AND p.delivered_at < %(until)s AND p.handed_over_at IS NOT NULL
), promised AS (
  SELECT DISTINCT ON (order_id) order_id, latest FROM promises_promise
  WHERE brand_id = %(brand)s AND order_id IN (SELECT order_id FROM parcel WHERE current)
  ORDER BY order_id, surface = 'page', told_at, id
)
SELECT carrier, service, origin, destination, {{part}}, greatest(arrived - left_on, 0), greatest(left_on - placed, 0),
  count(*), count(latest), count(*) FILTER (WHERE arrived <= latest)
FROM parcel LEFT JOIN promised USING (order_id) WHERE current AND {{where}} GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
RECENT = "arrived >= %(middle)s"
WEEK = "arrived - (extract(isodow FROM arrived)::int - 1)"
ON_THE_ROAD = f"""
WITH {ZONES}, parcel AS MATERIALIZED (
  SELECT p.id, {LANE}, {CURRENT}, {AGE}
  {FROM} AND {UNDER_WAY}
), worrying AS (
  SELECT DISTINCT subject_id AS id FROM watch_concern WHERE brand_id = %(brand)s AND closed_at IS NULL
)
SELECT carrier, service, origin, destination, age, count(*), count(worrying.id)
FROM parcel LEFT JOIN worrying USING (id) WHERE current GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(slots=True)
class _Counted:
    transit: Counter[int]
    before: Counter[int]
    handling: Counter[int]
    road: Counter[int]
    promised: int = 0
    kept: int = 0
    worrying: int = 0

    def arrive(self, recent: bool, days: int, handling: int, n: int, promised: int, kept: int) -> None:
        if not recent:
            self.before[days] += n
            return
        self.transit[days] += n
        self.handling[handling] += n
        self.promised += promised
        self.kept += kept


def speeds(brand: Brand, *, now: datetime, days: int) -> list[Speed]:
    """Each lane on which something arrived in the last `2 * days` days or is under way: two statements, however many.

    A lane's `transit` is of what was delivered in the last `days` days, its `before` of the days before those.
    """
    since, middle = now - timedelta(days=2 * days), now - timedelta(days=days)
    known = places(brand, since) | {"since": since, "until": now, "middle": middle.date(), "now": now}
    found: dict[tuple[str, ...], _Counted] = defaultdict(lambda: _Counted(Counter(), Counter(), Counter(), Counter()))
    for *lane, recent, took, handling, n, promised, kept in _rows(ARRIVED.format(part=RECENT, where="true"), known):
        found[tuple(lane)].arrive(recent, took, handling, n, promised, kept)
    for *lane, age, n, worrying in _rows(ON_THE_ROAD, known):
        counted = found[tuple(lane)]
        counted.road[age] += n
        counted.worrying += worrying
    return [_speed(_lane(*lane), counted) for lane, counted in sorted(found.items())]


def _speed(lane: Lane, counted: _Counted) -> Speed:
    return Speed(
        lane=lane,
        transit=Spread(counted.transit),
        before=Spread(counted.before),
        handling=Spread(counted.handling),
        on_time=Share(counted.kept, counted.promised),
        road=Spread(counted.road),
        worrying=counted.worrying,
    )


def _lane(carrier: str, service: str, origin: str, destination: str) -> Lane:
    return Lane(carrier=carrier, service=service, origin=origin, destination=destination)


def _rows(statement: str, known: dict[str, Any]) -> list[tuple[Any, ...]]:
    return fetch(lambda *row: row, statement, known)


def _asked(lane: Lane) -> dict[str, Any]:
    return {"lane": [lane.carrier, lane.service, lane.origin, lane.destination]}


def weeks(brand: Brand, lane: Lane, *, since: datetime, until: datetime) -> dict[date, Speed]:
    """What the lane did in each week (by its Monday) in which something arrived."""
    known = places(brand, since) | {"since": since, "until": until} | _asked(lane)
    found: dict[date, _Counted] = defaultdict(lambda: _Counted(Counter(), Counter(), Counter(), Counter()))
    for *_, week, took, handling, n, promised, kept in _rows(ARRIVED.format(part=WEEK, where=SAME_LANE), known):
        found[week].arrive(True, took, handling, n, promised, kept)
    return {week: _speed(lane, found[week]) for week in sorted(found)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parcel under way, with how long it has been and what worries about it."""

    id: UUID
    order_id: UUID
    order: str
    number: str
    handed_over_at: datetime
    age: int
    moved_at: datetime | None
    state: str
    city: str
    promised: date | None
    concerns: list[str]


SLOWEST_OPEN = f"""
WITH {ZONES}, parcel AS MATERIALIZED (
  SELECT p.id, o.id AS order_id, o.number AS order_number, p.number, p.handed_over_at, p.moved_at, p.state, p.city,
    {LANE}, {CURRENT}, {AGE}
  {FROM} AND {UNDER_WAY}
), slowest AS MATERIALIZED (
  SELECT * FROM parcel WHERE current AND {SAME_LANE} ORDER BY handed_over_at, id LIMIT %(limit)s
)
SELECT s.id, s.order_id, s.order_number, s.number, s.handed_over_at, s.age, s.moved_at, s.state, s.city,
  (SELECT latest FROM promises_promise t WHERE t.brand_id = %(brand)s AND t.order_id = s.order_id
   ORDER BY surface = 'page', told_at DESC, id DESC LIMIT 1),
  ARRAY(SELECT kind FROM watch_concern c WHERE c.brand_id = %(brand)s AND c.order_id = s.order_id
    AND c.subject_id = s.id AND c.closed_at IS NULL ORDER BY opened_at)
FROM slowest s ORDER BY s.handed_over_at, s.id
"""


def slowest(brand: Brand, lane: Lane, *, now: datetime, limit: int = SLOWEST) -> list[Waiting]:
    """What has been under way on this lane for longest."""
    known = places(brand, now) | {"now": now, "limit": limit} | _asked(lane)
    return fetch(Waiting, SLOWEST_OPEN, known)


@dataclass(frozen=True, slots=True)
class Stage:
    """Between two milestones: hours on average, and within which half and nine of ten passed it."""

    name: str
    until: str
    n: int
    mean: float
    median: float
    p90: float


STAGES = (
    ("Placed → handed over", "until handed over", "placed_at", "handed_over_at"),
    ("Handed over → first scan", "until the first scan", "handed_over_at", "first_scan_at"),
    ("First scan → out for delivery", "until out for delivery", "first_scan_at", "out_at"),
    ("Out for delivery → delivered", "until delivered", "out_at", "delivered_at"),
)
SPENT = " UNION ALL ".join(
    f"SELECT {n} AS stage, greatest(extract(epoch FROM {end} - {start}), 0) / 3600 AS hours FROM seen"
    for n, (*_, start, end) in enumerate(STAGES)
)
MILESTONES = f"""
WITH {ZONES}, parcel AS MATERIALIZED (
  SELECT p.brand_id, p.track_id, o.placed_at, p.handed_over_at, p.first_scan_at, p.delivered_at, {LANE}, {CURRENT}
  {FROM} AND p.delivered_at >= %(since)s AND p.delivered_at < %(until)s AND p.handed_over_at IS NOT NULL
), newest AS MATERIALIZED (
  SELECT * FROM parcel WHERE current AND {SAME_LANE} ORDER BY delivered_at DESC LIMIT %(limit)s
), seen AS MATERIALIZED (
  SELECT n.*, (SELECT min(s.at) FROM orders_scan s WHERE s.brand_id = n.brand_id AND s.track_id = n.track_id
    AND s.state = 'out_for_delivery' AND s.at <= n.delivered_at) AS out_at FROM newest n
), spent AS (
  {SPENT}
)
SELECT stage, count(hours), avg(hours)::float, percentile_cont(0.5) WITHIN GROUP (ORDER BY hours)::float,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY hours)::float
FROM spent WHERE hours IS NOT NULL GROUP BY stage ORDER BY stage
"""


def milestones(brand: Brand, lane: Lane, *, since: datetime, until: datetime) -> list[Stage]:
    """Where the time went of what was delivered on this lane, the newest two thousand at most."""
    known = places(brand, since) | {"since": since, "until": until, "limit": SAMPLED} | _asked(lane)
    return [Stage(*STAGES[stage][:2], *told) for stage, *told in _rows(MILESTONES, known)]
