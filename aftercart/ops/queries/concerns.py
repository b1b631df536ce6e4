from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.ops.rules import Band
from aftercart.ops.stakes import Weighed
from aftercart.story.rows import PAGE, Listed, fetch, paged, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which concerns. Blank means any; `status` is open, closed or all; `country` is the destination's;
    `order` an order's number as `orders.rules.order_number` compares it."""

    kind: str = ""
    carrier: str = ""
    lane: str = ""
    country: str = ""
    city: str = ""
    order: str = ""
    status: str = "open"
    band: Band | None = None  # how long it has been open
    sort: str = "stakes"


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    order_id: UUID
    kind: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    carrier: str
    lane: str
    evidence: dict[str, Any]
    reopened: int
    number: str
    country: str
    name: str
    email: str
    city: str
    tracking: str
    said_state: str | None
    said_reason: str | None
    said_at: datetime | None
    said_id: UUID | None
    silence: str | None
    given_at: datetime | None  # when its customer told what the courier needs
    weighed: Weighed | None  # None once it is closed


JOINED = """
LEFT JOIN orders_order o ON o.id = c.order_id AND o.brand_id = c.brand_id
LEFT JOIN people_customer k ON k.id = o.customer_id AND k.brand_id = c.brand_id
LEFT JOIN orders_parcel p ON p.id = c.subject_id AND p.brand_id = c.brand_id
"""
WEIGHTS = """
a.in_1_day, a.in_3_days, a.in_7_days, a.contact_cost, a.refund_cost, a.future_cost, a.currency, a.reasons::text,
a.factors::text, a.version
"""
COLUMNS = f"""
SELECT c.id, c.order_id, c.kind, c.opened_at, c.closed_at, c.closed_by, c.carrier, c.lane, c.evidence::text, c.reopened,
  coalesce(o.number, ''), coalesce(o.country, ''), coalesce(k.name, ''), coalesce(k.email, ''),
  coalesce(p.city, ''), coalesce(p.number, ''), s.state, s.reason, coalesce(s.sent_at, s.created_at), s.id, d.reason,
  g.at, {WEIGHTS}
"""
FIRST_WEIGHED = 22  # of the columns; those before are a row's own
WEIGHED = "LEFT JOIN risk_assessment a ON a.id = c.id AND a.brand_id = c.brand_id"
SAID = """
LEFT JOIN LATERAL (
  SELECT m.id, m.state, m.reason, m.sent_at, m.created_at FROM outreach_decision t
  JOIN outbox_outgoing m ON m.id = t.outgoing_id
  WHERE t.brand_id = c.brand_id AND t.concern_id = c.id AND t.spoken ORDER BY m.created_at DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT reason FROM outreach_decision WHERE brand_id = c.brand_id AND concern_id = c.id AND NOT spoken
  ORDER BY at DESC LIMIT 1
) d ON true
LEFT JOIN LATERAL (
  SELECT max(at) AS at FROM outreach_correction
  WHERE brand_id = c.brand_id AND order_id = c.order_id AND parcel_id = c.subject_id AND at >= c.opened_at
) g ON true
"""
# The rows of the page first, and only then what stands beside them.
LISTED = f"""
WITH page AS MATERIALIZED (
  SELECT c.id FROM watch_concern c {JOINED} {WEIGHED} WHERE {{where}} {{order}} LIMIT %(limit)s
)
{COLUMNS} FROM page JOIN watch_concern c ON c.id = page.id {JOINED} {WEIGHED} {SAID} {{order}}
"""
# By what a list is sorted, the comparison of what is beyond the page's last row, and the direction. What is closed is
# not weighed any more and comes last, the newest first. Two concerns of one order weigh the same: they stay together.
STAKES = "coalesce(a.worth, -1)"
SORTS = {
    "stakes": (STAKES, "<", "DESC"),
    "newest": ("c.opened_at", "<", "DESC"),
    "longest": ("c.opened_at", ">", "ASC"),
}
CONDITIONS = {
    "kind": "c.kind = %(kind)s",
    "carrier": "c.carrier = %(carrier)s",
    "lane": "c.lane = %(lane)s",
    "country": "o.country = %(country)s",
    "city": "p.city = %(city)s",
    "order": "o.number_key = %(order)s",
}
STATUSES = {"open": "c.closed_at IS NULL", "closed": "c.closed_at IS NOT NULL", "all": "true"}


def _where(brand: Brand, wanted: Wanted, now: datetime) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"brand": brand.id}
    clauses = ["c.brand_id = %(brand)s", STATUSES[wanted.status]]
    for name, clause in CONDITIONS.items():
        if value := getattr(wanted, name):
            values[name] = value
            clauses.append(clause)
    if wanted.band:
        values["opened_before"] = now - timedelta(days=wanted.band.least)
        clauses.append("c.opened_at <= %(opened_before)s")
        if wanted.band.most:
            values["opened_after"] = now - timedelta(days=wanted.band.most)
            clauses.append("c.opened_at > %(opened_after)s")
    return " AND ".join(clauses), values


def _statement(
    brand: Brand, wanted: Wanted, now: datetime, before: UUID | None, limit: int
) -> tuple[str, dict[str, Any]]:
    where, values = _where(brand, wanted, now)
    by, beyond, direction = SORTS[wanted.sort]
    if before:
        values["before"] = before
        last = f"SELECT {by}, c.id FROM watch_concern c {WEIGHED} WHERE c.brand_id = %(brand)s AND c.id = %(before)s"
        where += f" AND ({by}, c.id) {beyond} ({last})"
    values["limit"] = limit
    order = f"ORDER BY {by} {direction}, c.id {direction}"
    return LISTED.format(where=where, order=order), values


def listed(brand: Brand, wanted: Wanted, *, now: datetime, before: UUID | None, size: int = PAGE) -> Listed[Row]:
    """What may cost most first, or the newest or the longest open; with who waits and what was said."""
    rows = fetch(_made, *_statement(brand, wanted, now, before, size + 1))
    return paged(rows, lambda row: row.id, size)


def everything(brand: Brand, wanted: Wanted, *, now: datetime, limit: int) -> Iterator[Row]:
    """For an export: every row that is wanted, up to `limit`."""
    return stream(_made, *_statement(brand, wanted, now, None, limit))


@dataclass(frozen=True, slots=True)
class Place:
    """Worrying parcels of one carrier that were last seen in one town."""

    carrier: str
    city: str
    country: str
    parcels: int
    since: datetime
    kinds: dict[str, int]

    @property
    def commonest(self) -> list[tuple[str, int]]:
        return sorted(self.kinds.items(), key=lambda item: -item[1])


PLACES = f"""
WITH worrying AS (
  SELECT p.id, p.carrier, p.city, p.place_country AS country, c.kind, min(c.opened_at) AS since
  FROM watch_concern c {JOINED} WHERE {{where}} AND p.id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), kinds AS (
  SELECT carrier, city, country, jsonb_object_agg(kind, parcels)::text AS kinds
  FROM (SELECT carrier, city, country, kind, count(*) AS parcels FROM worrying GROUP BY 1, 2, 3, 4) counted
  GROUP BY 1, 2, 3
), standing AS (
  SELECT carrier, city, country, count(*) AS parcels, min(since) AS since
  FROM (SELECT id, carrier, city, country, min(since) AS since FROM worrying GROUP BY 1, 2, 3, 4) parcel
  GROUP BY 1, 2, 3 ORDER BY 4 DESC, 5 LIMIT 100
)
SELECT s.carrier, s.city, s.country, s.parcels, s.since, k.kinds
FROM standing s JOIN kinds k USING (carrier, city, country) ORDER BY s.parcels DESC, s.since
"""


def places(brand: Brand, wanted: Wanted, *, now: datetime) -> list[Place]:
    """Where the parcels with these concerns stopped: carrier and the town of the last scan, the fullest first."""
    where, values = _where(brand, wanted, now)
    return fetch(_place, PLACES.format(where=where), values)


@dataclass(frozen=True, slots=True)
class Choices:
    carriers: list[str]
    lanes: list[str]
    countries: list[str]


CHOICES = """
WITH open AS (
  SELECT carrier, lane, order_id FROM watch_concern WHERE brand_id = %(brand)s AND closed_at IS NULL
)
SELECT ARRAY(SELECT DISTINCT carrier FROM open), ARRAY(SELECT DISTINCT lane FROM open), ARRAY(
  SELECT DISTINCT o.country FROM open JOIN orders_order o ON o.id = open.order_id AND o.brand_id = %(brand)s
)
"""


def choices(brand: Brand) -> Choices:
    """What the filters offer: what occurs among open concerns."""
    ((carriers, lanes, countries),) = fetch(lambda *columns: columns, CHOICES, {"brand": brand.id})
    return Choices(*([value for value in values if value] for values in (carriers, lanes, countries)))


def _made(*columns: Any) -> Row:
    row = list(columns[:FIRST_WEIGHED])
    row[8] = json.loads(row[8])
    row.append(_weighed(*columns[FIRST_WEIGHED:]))
    return Row(*row)


def _weighed(*columns: Any) -> Weighed | None:
    in_1, in_3, in_7, contact, refund, future, currency, reasons, factors, version = columns
    if in_1 is None:
        return None
    costs = (contact, refund, future)
    return Weighed((in_1, in_3, in_7), costs, currency, json.loads(reasons), json.loads(factors), version)


def weighed(brand: Brand, order_id: UUID) -> Weighed | None:
    """What is at stake with an order; None where it has no open concern."""
    statement = (
        f"SELECT {WEIGHTS} FROM risk_assessment a WHERE a.brand_id = %(brand)s AND a.order_id = %(order)s LIMIT 1"
    )
    return next(iter(fetch(_weighed, statement, {"brand": brand.id, "order": order_id})), None)


def _place(carrier: str, city: str, country: str, parcels: int, since: datetime, kinds: str) -> Place:
    return Place(carrier, city, country, parcels, since, json.loads(kinds))
