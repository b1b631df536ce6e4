"""What became of every date that a customer was told: kept, broken, open or withdrawn.

A date is kept if everything that was promised by it was delivered by the end of that calendar day at the destination;
broken once that day has passed without it; withdrawn where the order was cancelled by then and never came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.ops.keeping import Told, added
from aftercart.ops.queries.roads import CURRENT, LANE, ORDERS, SAME_LANE, ZONES, places
from aftercart.ops.queries.rows import fetch, stream
from aftercart.ops.speeds import Share
from aftercart.outreach.services import RENEWS
from aftercart.promises.lanes import Lane

SHOWN = 100
COUNTS = ("kept", "broken", "open", "days", "late", "waiting")
# Of what was told (of an order, or of one parcel): the parcels behind it, and of each order the one that comes last,
# as if it had none where a newer version dropped them all.
ARRIVALS = f"""
road AS MATERIALIZED (
  SELECT o.id AS order_id, o.number, z.name AS zone, (%(now)s AT TIME ZONE z.name)::date AS today,
    (least(o.cancelled_at, c.cancelled_at) AT TIME ZONE z.name)::date AS cancelled, p.id AS parcel_id, {LANE},
    {CURRENT}, (p.delivered_at AT TIME ZONE z.name)::date AS arrived
  {ORDERS} AND o.id IN (SELECT order_id FROM told)
), arrival AS MATERIALIZED (
  SELECT DISTINCT ON (order_id) order_id, number, zone, today, cancelled, service, origin, destination,
    CASE WHEN current THEN parcel_id END AS parcel_id, CASE WHEN current THEN carrier END AS carrier,
    CASE WHEN current THEN arrived END AS arrived
  FROM road ORDER BY order_id, coalesce(current, false) DESC, road.arrived DESC NULLS FIRST, road.parcel_id
)
"""
OUTCOMES = f"""
WITH {ZONES}, told AS MATERIALIZED (
  SELECT id, order_id, parcel_id, made_by, surface, latest, confidence, told_at FROM promises_promise
  WHERE brand_id = %(brand)s AND latest >= %(since)s AND latest < %(until)s
), {ARRIVALS}, outcome AS MATERIALIZED (
  SELECT t.id, t.order_id, t.made_by, t.surface, t.latest, t.confidence, t.told_at, a.number, a.zone, a.today,
    a.cancelled, a.service, a.origin, a.destination, coalesce(t.parcel_id, a.parcel_id) AS parcel_id,
    coalesce(CASE WHEN t.parcel_id IS NULL THEN a.carrier ELSE r.carrier END, '') AS carrier,
    CASE WHEN t.parcel_id IS NULL THEN a.arrived ELSE r.arrived END AS arrived
  FROM told t JOIN arrival a ON a.order_id = t.order_id
  LEFT JOIN road r ON r.parcel_id = t.parcel_id AND r.current
), judged AS (
  SELECT *, latest - (extract(isodow FROM latest)::int - 1) AS week,
    coalesce(arrived, least(cancelled, today)) - latest AS days,
    CASE WHEN latest >= %(middle)s THEN 'recent' WHEN latest >= %(early)s THEN 'before' ELSE 'earlier' END AS part,
    CASE WHEN arrived <= latest THEN 'kept' WHEN arrived > latest THEN 'broken'
      WHEN cancelled <= latest THEN 'withdrawn' WHEN today > latest THEN 'broken' ELSE 'open' END AS outcome
  FROM outcome
)
"""
GROUPED = f"""
{OUTCOMES}
SELECT CASE WHEN grouping(week) = 0 THEN 'week' WHEN grouping(surface) = 0 THEN 'surface'
    WHEN grouping(confidence) = 0 THEN 'confidence' ELSE 'lane' END,
  part, carrier, week, made_by, surface, confidence, service, origin, destination,
  count(*) FILTER (WHERE outcome = 'kept'), count(*) FILTER (WHERE outcome = 'broken'),
  count(*) FILTER (WHERE outcome = 'open'), coalesce(sum(days) FILTER (WHERE arrived > latest), 0),
  count(*) FILTER (WHERE arrived > latest),
  count(*) FILTER (WHERE outcome = 'broken' AND arrived IS NULL AND cancelled IS NULL)
FROM judged WHERE outcome <> 'withdrawn'
GROUP BY GROUPING SETS (
  (part, carrier, week), (part, made_by, surface), (part, made_by, confidence),
  (part, carrier, service, origin, destination)
)
"""


NONE = Told()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Dates told, counted. `weeks` reach back to the first day asked for; the others are of the last days only."""

    weeks: dict[tuple[str, date], Told] = field(default_factory=dict)  # by carrier and Monday
    surfaces: dict[tuple[str, str], Told] = field(default_factory=dict)  # by maker and surface
    confidences: dict[tuple[str, float], Told] = field(default_factory=dict)  # by maker and what was promised
    lanes: dict[Lane, Told] = field(default_factory=dict)
    recent: Told = NONE
    before: Told = NONE  # as many days earlier


def _asked(brand: Brand, now: datetime, today: date, days: int, since: date) -> dict[str, Any]:
    middle = today - timedelta(days=days - 1)
    early = middle - timedelta(days=days)
    # What is due after today is open; no date is told for later than this.
    spans = {"since": min(since, early), "until": today + timedelta(days=366), "middle": middle, "early": early}
    return places(brand, now - (today - spans["since"])) | spans | {"now": now}


def kept(brand: Brand, *, now: datetime, today: date, days: int, since: date) -> Outcomes:
    """Every date that fell due since then, and those still open. `days` up to today are the last ones."""
    weeks: dict[tuple[str, date], list[Told]] = defaultdict(list)
    parts: dict[str, list[Told]] = defaultdict(list)
    found = Outcomes()
    for row in fetch(lambda *row: row, GROUPED, _asked(brand, now, today, days, since)):
        of, part, carrier, week, made_by, surface, confidence, service, origin, destination, *counts = row
        told = Told(**dict(zip(COUNTS, map(int, counts), strict=True)))
        if of == "week":
            weeks[carrier, week].append(told)
            parts[part].append(told)
        elif part != "recent":
            continue
        elif of == "surface":
            found.surfaces[made_by, surface] = told
        elif of == "confidence" and confidence is not None:
            found.confidences[made_by, float(confidence)] = told
        elif of == "lane":
            found.lanes[Lane(carrier=carrier, service=service, origin=origin, destination=destination)] = told
    return Outcomes(
        weeks={key: added(told) for key, told in weeks.items()},
        surfaces=found.surfaces,
        confidences=found.confidences,
        lanes=found.lanes,
        recent=added(parts["recent"]),
        before=added(parts["before"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which broken dates. None means any; `carrier` "" is what has none yet."""

    since: date
    carrier: str | None = None
    week: date | None = None
    made_by: str | None = None
    surface: str | None = None
    lane: Lane | None = None
    waiting: bool = False  # only what has not arrived yet


@dataclass(frozen=True, slots=True)
class Broken:
    id: UUID
    order_id: UUID
    parcel_id: UUID | None
    number: str
    made_by: str
    surface: str
    latest: date
    told_at: datetime
    arrived: date | None
    cancelled: date | None
    days: int
    carrier: str
    service: str
    origin: str
    destination: str
    warned_at: datetime | None  # when the customer was told of it, before the day had passed

    @property
    def lane(self) -> str:
        lane = Lane(carrier=self.carrier, service=self.service, origin=self.origin, destination=self.destination)
        return lane.key


CONDITIONS = {
    "carrier": "carrier = %(carrier)s",
    "week": "week = %(week)s",
    "made_by": "made_by = %(made_by)s",
    "surface": "surface = %(surface)s",
}
LISTED = f"""
{OUTCOMES}, listed AS MATERIALIZED (
  SELECT * FROM judged WHERE outcome = 'broken' AND {{where}} ORDER BY days DESC, latest, id LIMIT %(limit)s
)
SELECT id, order_id, parcel_id, number, made_by, surface, latest, told_at, arrived, cancelled, days, carrier,
  service, origin, destination, (
    SELECT min(at) FROM outreach_decision d WHERE d.brand_id = %(brand)s AND d.order_id = listed.order_id
      AND d.spoken AND d.kind = ANY(%(kinds)s) AND d.at > listed.told_at
      AND d.at < (listed.latest + 1)::timestamp AT TIME ZONE listed.zone
  )
FROM listed ORDER BY days DESC, latest, id
"""


def broken(brand: Brand, wanted: Wanted, *, now: datetime, today: date, limit: int = SHOWN) -> list[Broken]:
    """The dates that were not kept, the latest arrivals first."""
    return fetch(Broken, *_listing(brand, wanted, now, today, limit))


def everything(brand: Brand, wanted: Wanted, *, now: datetime, today: date, limit: int) -> Iterator[Broken]:
    """For an export."""
    return stream(Broken, *_listing(brand, wanted, now, today, limit))


def _listing(brand: Brand, wanted: Wanted, now: datetime, today: date, limit: int) -> tuple[str, dict[str, Any]]:
    values = _asked(brand, now, today, 1, wanted.since)
    values |= {"since": wanted.since, "limit": limit, "kinds": sorted(RENEWS)}
    clauses = ["true"]
    for name, clause in CONDITIONS.items():
        if (value := getattr(wanted, name)) is not None:
            values[name] = value
            clauses.append(clause)
    if wanted.lane:
        lane = wanted.lane
        values |= {"lane": [lane.carrier, lane.service, lane.origin, lane.destination]}
        clauses.append(SAME_LANE)
    if wanted.waiting:
        clauses.append("arrived IS NULL AND cancelled IS NULL")
    return LISTED.format(where=" AND ".join(clauses)), values


VAIN = f"""
WITH {ZONES}, told AS MATERIALIZED (
  SELECT d.order_id, nullif(c.subject_id, d.order_id) AS parcel_id, (c.evidence->>'promised_by')::date AS latest
  FROM outreach_decision d JOIN watch_concern c ON c.id = d.concern_id AND c.brand_id = d.brand_id
  WHERE d.brand_id = %(brand)s AND d.at >= %(since)s AND d.at < %(now)s AND d.spoken AND d.kind = 'late'
    AND c.evidence->>'promised_by' IS NOT NULL
), {ARRIVALS}, known AS (
  SELECT t.latest, a.today, CASE WHEN t.parcel_id IS NULL THEN a.arrived ELSE r.arrived END AS arrived
  FROM told t JOIN arrival a ON a.order_id = t.order_id
  LEFT JOIN road r ON r.parcel_id = t.parcel_id AND r.current
)
SELECT count(*) FILTER (WHERE arrived <= latest), count(*) FROM known WHERE arrived IS NOT NULL OR today > latest
"""


def told_in_vain(brand: Brand, *, now: datetime, days: int) -> Share:
    """Of the warnings "it will be late" whose day has come: those after which it arrived in time all the same."""
    since = now - timedelta(days=days)
    (share,) = fetch(Share, VAIN, places(brand, since) | {"since": since, "now": now})
    return share


CARRIERS = "SELECT DISTINCT carrier FROM orders_parcel WHERE brand_id = %(brand)s AND carrier <> ''"


def carriers(brand: Brand) -> list[str]:
    return fetch(str, CARRIERS, {"brand": brand.id})
