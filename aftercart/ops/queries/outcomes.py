"""What became of every date that a customer was told, as `promises.keeping` decided: kept, broken, open or withdrawn.

What is decided is in `promises_outcome`; a date without a row there is open. Nothing is decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.ops.keeping import InVain, Meant, Told, added, band, monday
from aftercart.ops.speeds import Share
from aftercart.outreach.slipping import RENEWS
from aftercart.promises.lanes import Lane
from aftercart.promises.queries import destination_zone
from aftercart.story.rows import fetch, stream

SHOWN = 100
# What is due after today is open; no date is told for later than this.
AHEAD = timedelta(days=366)
TOLD = """
promises_promise p LEFT JOIN promises_outcome t ON t.id = p.id
WHERE p.brand_id = %(brand)s AND p.latest >= %(since)s AND p.latest < %(until)s
"""
# When an order was called off; none for one that was not, or where `{when}` does not hold.
CALLED_OFF = """
LEFT JOIN LATERAL (
  SELECT least(o.cancelled_at, c.cancelled_at) AS at FROM orders_order o LEFT JOIN orders_cancellation c ON c.id = o.id
  WHERE o.id = {order} AND {when} OFFSET 0
) off ON true
"""
# The parcel that a date hangs on: of several that which came last, or is still owed, as `keeping.Fate` has it.
HANGS_ON = """
LEFT JOIN LATERAL (
  SELECT q.id, q.carrier FROM orders_parcel q JOIN orders_fulfilment f ON f.id = q.fulfilment_id
  WHERE q.brand_id = %(brand)s AND q.order_id = {date}.order_id AND q.version = f.version AND NOT f.cancelled
    AND ({date}.parcel_id IS NULL OR q.id = {date}.parcel_id)
  ORDER BY q.delivered_at DESC NULLS FIRST, q.id DESC LIMIT 1
) parcel ON true
"""
# Only what has not arrived is asked for whether it still can: `missing` is its order.
DECIDED = f"""
WITH counted AS MATERIALIZED (
  SELECT t.carrier, p.latest, p.made_by, p.surface, p.confidence,
    CASE WHEN t.state = 'broken' AND t.arrived_on IS NULL THEN p.order_id END AS missing,
    count(*) FILTER (WHERE t.state = 'kept') AS kept, count(*) FILTER (WHERE t.state = 'broken') AS broken,
    coalesce(sum(t.days_late) FILTER (WHERE t.state = 'broken'), 0) AS days
  FROM {TOLD} AND t.state <> 'void' GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT carrier, latest, made_by, surface, confidence, sum(kept)::int, sum(broken)::int, 0, sum(days)::int,
  coalesce(sum(broken) FILTER (WHERE missing IS NULL), 0)::int,
  coalesce(sum(broken) FILTER (WHERE missing IS NOT NULL AND off.at IS NULL), 0)::int
FROM counted {CALLED_OFF.format(order="missing", when="missing IS NOT NULL")} GROUP BY 1, 2, 3, 4, 5
"""
OPEN = f"""
WITH open AS MATERIALIZED (
  SELECT p.order_id, p.parcel_id, p.latest, p.made_by, p.surface, p.confidence FROM {TOLD} AND t.id IS NULL
)
SELECT coalesce(parcel.carrier, ''), latest, made_by, surface, confidence, 0, 0, count(*)::int, 0, 0, 0
FROM open {HANGS_ON.format(date="open")} GROUP BY 1, 2, 3, 4, 5
"""
LANES = f"""
SELECT t.lane, count(*) FILTER (WHERE t.state = 'kept'), count(*) FILTER (WHERE t.state = 'broken')
FROM {TOLD} AND t.state <> 'void' AND t.lane <> '' GROUP BY 1
"""
COUNTS = ("kept", "broken", "open", "days", "late", "waiting")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Dates told, counted. `weeks` reach back to the first day asked for; the others are of the last days only."""

    weeks: dict[tuple[str, date], Told] = field(default_factory=dict)  # by carrier ("": nobody has it) and Monday
    surfaces: dict[tuple[str, str], Told] = field(default_factory=dict)  # by maker and surface
    confidences: dict[tuple[str, float], Meant] = field(default_factory=dict)  # by maker and band of confidence
    recent: Told = field(default_factory=Told)
    before: Told = field(default_factory=Told)  # as many days earlier


def _spans(brand: Brand, since: date, until: date) -> dict[str, Any]:
    return {"brand": brand.id, "since": since, "until": until}


def kept(brand: Brand, *, today: date, days: int, since: date, undecided: bool = True) -> Outcomes:
    """Every date that fell due since then, and those still open if `undecided`. `days` up to today are the last ones.

    Who brings what is still open is looked up parcel by parcel: do not ask for it where it is not shown.
    """
    middle = today - timedelta(days=days - 1)
    early = middle - timedelta(days=days)
    weeks: dict[tuple[str, date], list[Told]] = defaultdict(list)
    surfaces: dict[tuple[str, str], list[Told]] = defaultdict(list)
    confidences: dict[tuple[str, float], list[tuple[float, Told]]] = defaultdict(list)
    recent, before = [], []
    asked = _spans(brand, min(since, early), today + AHEAD)
    for statement in (DECIDED, OPEN) if undecided else (DECIDED,):
        for carrier, latest, made_by, surface, confidence, *counts in fetch(_row, statement, asked):
            told = Told(**dict(zip(COUNTS, counts, strict=True)))
            weeks[carrier, monday(latest)].append(told)
            if latest >= middle:
                recent.append(told)
                surfaces[made_by, surface].append(told)
                if confidence is not None:
                    confidences[made_by, band(confidence)].append((confidence, told))
            elif latest >= early:
                before.append(told)
    meant = {key: Meant.of(dates) for key, dates in confidences.items()}
    return Outcomes(_sums(weeks), _sums(surfaces), meant, added(recent), added(before))


def _sums(of: dict[Any, list[Told]]) -> dict[Any, Told]:
    return {key: added(told) for key, told in of.items()}


def by_lane(brand: Brand, *, today: date, days: int) -> dict[Lane, Told]:
    """Of the dates that fell due in the last `days`, those decided: `kept` and `broken` alone are counted."""
    asked = _spans(brand, today - timedelta(days=days - 1), today + AHEAD)
    return {Lane.of(lane): Told(kept=kept, broken=broken) for lane, kept, broken in fetch(_row, LANES, asked)}


def _row(*row: Any) -> tuple[Any, ...]:
    return row


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
    cancelled: date | None  # as the brand's days go
    days: int  # late: until it came, was called off, or so far
    carrier: str
    lane: str
    warned_at: datetime | None  # when the customer was told of it, before the day had passed


CONDITIONS = {
    "carrier": "t.carrier = %(carrier)s",
    "made_by": "p.made_by = %(made_by)s",
    "surface": "p.surface = %(surface)s",
}
LISTED = f"""
WITH broken AS MATERIALIZED (
  SELECT p.id, p.order_id, p.parcel_id, p.made_by, p.surface, p.latest, p.told_at, t.arrived_on, t.carrier, t.lane,
    t.days_late FROM {TOLD} AND t.state = 'broken' AND {{where}}
), listed AS MATERIALIZED (
  SELECT *, coalesce(days_late, least(cancelled, %(today)s) - latest) AS days FROM (
    SELECT broken.*, (off.at AT TIME ZONE %(zone)s)::date AS cancelled
    FROM broken {CALLED_OFF.format(order="broken.order_id", when="broken.arrived_on IS NULL")}
  ) known WHERE {{among}} ORDER BY days DESC, latest, id LIMIT %(limit)s
)
SELECT l.id, l.order_id, coalesce(l.parcel_id, parcel.id), o.number, l.made_by, l.surface, l.latest, l.told_at,
  l.arrived_on, l.cancelled, l.days, l.carrier, l.lane, ARRAY(
    SELECT d.at FROM outreach_decision d WHERE d.brand_id = %(brand)s AND d.order_id = l.order_id AND d.spoken
      AND d.kind = ANY(%(kinds)s) AND d.at > l.told_at ORDER BY d.at
  ), o.country, o.region, o.postal_code
FROM listed l JOIN LATERAL (SELECT * FROM orders_order WHERE id = l.order_id OFFSET 0) o ON true
{HANGS_ON.format(date="l")} ORDER BY l.days DESC, l.latest, l.id
"""


def broken(brand: Brand, wanted: Wanted, *, today: date, limit: int = SHOWN) -> list[Broken]:
    """The dates that were not kept, the latest arrivals first."""
    return fetch(_broken, *_listing(brand, wanted, today, limit))


def everything(brand: Brand, wanted: Wanted, *, today: date, limit: int) -> Iterator[Broken]:
    """For an export."""
    return stream(_broken, *_listing(brand, wanted, today, limit))


def _broken(*row: Any) -> Broken:
    *known, told, country, region, postal_code = row
    zone, latest = destination_zone(country, region, postal_code), known[6]
    in_time = (at for at in told if at.astimezone(zone).date() <= latest)
    return Broken(*[*known, min(in_time, default=None)])


def _listing(brand: Brand, wanted: Wanted, today: date, limit: int) -> tuple[str, dict[str, Any]]:
    until = wanted.week + timedelta(days=7) if wanted.week else today + AHEAD
    values = _spans(brand, max(wanted.since, wanted.week or wanted.since), until)
    values |= {"today": today, "zone": brand.time_zone, "limit": limit, "kinds": sorted(RENEWS)}
    clauses = ["true"]
    for name, clause in CONDITIONS.items():
        if (value := getattr(wanted, name)) is not None:
            values[name] = value
            clauses.append(clause)
    if wanted.lane:
        values["lane"] = wanted.lane.key
        clauses.append("t.lane = %(lane)s")
    if wanted.waiting:
        clauses.append("t.arrived_on IS NULL")
    among = "cancelled IS NULL" if wanted.waiting else "true"
    return LISTED.format(where=" AND ".join(clauses), among=among), values


# A warning names the date that it was about. Told twice of one date, it is one date.
VAIN = """
SELECT count(*) FILTER (WHERE t.state = 'kept'), count(*), avg(1 - w.chance)
FROM (
  SELECT d.order_id, c.subject_id, (c.evidence->>'chance')::float AS chance,
    (c.evidence->>'promised_by')::date AS latest
  FROM outreach_decision d JOIN watch_concern c ON c.id = d.concern_id AND c.brand_id = d.brand_id
  WHERE d.brand_id = %(brand)s AND d.at >= %(since)s AND d.at < %(now)s AND d.spoken AND d.kind = 'late'
    AND c.evidence->>'promised_by' IS NOT NULL
) w JOIN LATERAL (
  SELECT t.state FROM promises_promise p JOIN promises_outcome t ON t.id = p.id
  WHERE p.brand_id = %(brand)s AND p.order_id = w.order_id AND p.latest = w.latest
    AND (p.parcel_id IS NULL OR p.parcel_id = w.subject_id) ORDER BY p.told_at, p.id LIMIT 1
) t ON t.state <> 'void'
"""


def told_in_vain(brand: Brand, *, now: datetime, days: int) -> InVain:
    """Of the warnings "it will be late" whose date is decided: those whose date was kept all the same."""
    asked = {"brand": brand.id, "since": now - timedelta(days=days), "now": now}
    ((kept, told, expected),) = fetch(_row, VAIN, asked)
    return InVain(Share(kept, told), expected)


CARRIERS = "SELECT DISTINCT carrier FROM orders_parcel WHERE brand_id = %(brand)s AND carrier <> ''"


def carriers(brand: Brand) -> list[str]:
    return fetch(str, CARRIERS, {"brand": brand.id})
