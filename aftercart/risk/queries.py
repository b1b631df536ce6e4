"""How the orders with open concerns stand, and what is at stake with each: a few statements for any number of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.promises.ledger import Ledger
from aftercart.promises.queries import Subject, subjects
from aftercart.promises.services import calendar
from aftercart.risk.contacts import heard
from aftercart.risk.hazard import Standing
from aftercart.risk.rules import Stake, undelivered
from aftercart.watch.rules import KINDS

LOOKED_WITHIN = timedelta(hours=24)
CONTACTED_WITHIN = timedelta(days=21)
WORRIED_WITHIN = timedelta(days=180)
LONGEST = 99  # days; nobody minds the difference beyond

OPEN = """
SELECT order_id, id, subject_id, kind, opened_at FROM watch_concern
WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND closed_at IS NULL ORDER BY opened_at, id
"""
LOOKS = """
SELECT order_id, count(*) FROM people_pagevisit
WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[])
    AND at > %(looked)s AND at <= %(now)s AND id >= %(first)s
GROUP BY order_id
"""
# A message bears the name of the gravest worry that it is about; the decisions name every one.
TOLD = """
SELECT d.order_id, max(s.created_at) FROM outreach_decision d
JOIN watch_concern c ON c.brand_id = d.brand_id AND c.id = d.concern_id
JOIN outbox_outgoing s ON s.brand_id = d.brand_id AND s.id = d.outgoing_id AND s.state IN ('due', 'sending', 'sent')
WHERE d.brand_id = %(brand)s AND d.order_id = ANY(%(orders)s::uuid[]) AND s.created_at <= %(now)s GROUP BY d.order_id
"""
# The customer's orders up to this one, and what worried about the earlier ones.
HISTORY = """
SELECT o.id, coalesce(o.total, 0), o.currency, coalesce(h.orders, 1), coalesce(h.spent, 0), coalesce(h.worries, 0),
    coalesce((SELECT sum(amount) FROM orders_payment p
        WHERE p.brand_id = o.brand_id AND p.order_id = o.id AND p.kind = 'refund' AND p.succeeded), 0)
FROM orders_order o LEFT JOIN LATERAL (
    SELECT count(*) AS orders, sum(e.total) FILTER (WHERE e.currency = o.currency) AS spent,
        sum((
            SELECT count(*) FROM watch_concern c
            WHERE c.brand_id = e.brand_id AND c.order_id = e.id AND e.id <> o.id AND c.opened_at > %(worried)s
        )) AS worries
    FROM orders_order e
    WHERE e.brand_id = o.brand_id AND e.customer_id = o.customer_id AND e.placed_at <= o.placed_at
        AND (e.cancelled_at IS NULL OR e.id = o.id)
) h ON o.customer_id IS NOT NULL
WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[])
"""
# What arrived, worrying parcels aside: one that is said to be there and is missing has not.
ARRIVED = """
SELECT f.order_id, f.lines::text FROM orders_fulfilment f JOIN LATERAL (
    SELECT bool_and(p.delivered_at IS NOT NULL AND p.id <> ALL(%(subjects)s::uuid[])) AS whole FROM orders_parcel p
    WHERE p.brand_id = f.brand_id AND p.fulfilment_id = f.id AND p.version = f.version
) p ON p.whole
WHERE f.brand_id = %(brand)s AND f.order_id = ANY(%(orders)s::uuid[]) AND NOT f.cancelled
"""
LINES = """
SELECT l.order_id, l.external_id, l.quantity, l.price FROM orders_orderline l
JOIN orders_order o ON o.id = l.order_id AND o.version = l.version
WHERE l.brand_id = %(brand)s AND l.order_id = ANY(%(orders)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Worried:
    """An order with open concerns: their ids, how it stands, what is at stake."""

    order_id: UUID
    concerns: list[UUID]
    standing: Standing
    stake: Stake


@dataclass(frozen=True, slots=True)
class _Open:
    id: UUID
    subject_id: UUID
    kind: str
    opened_at: datetime


def worried(brand: Brand, order_ids: Iterable[UUID], now: datetime) -> list[Worried]:
    """Those of these orders that have an open concern."""
    wanted = sorted(set(order_ids), key=ids.as_number)
    asked: dict[str, Any] = {"brand": brand.id, "orders": bulk.array(wanted), "now": now}
    concerns: defaultdict[UUID, list[_Open]] = defaultdict(list)
    for order, *told in _rows(OPEN, asked):
        concerns[order].append(_Open(*told))
    orders = list(concerns)
    if not orders:
        return []
    asked["orders"] = bulk.array(orders)
    stakes = _stakes(asked, [one.subject_id for found in concerns.values() for one in found])
    standings = _standings(brand, concerns, asked)
    return [
        Worried(order, [one.id for one in concerns[order]], standings[order], stakes[order])
        for order in orders
        if order in stakes
    ]


def _standings(brand: Brand, concerns: dict[UUID, list[_Open]], asked: dict[str, Any]) -> dict[UUID, Standing]:
    orders, now, zone = list(concerns), asked["now"], ZoneInfo(brand.time_zone)
    asked |= {"looked": now - LOOKED_WITHIN, "first": ids.floor(now - LOOKED_WITHIN)}
    looks, told = dict(_rows(LOOKS, asked)), dict(_rows(TOLD, asked))
    contacts = heard(brand.id, orders, now - CONTACTED_WITHIN, now)
    watched, promised = subjects(brand.id, orders), Ledger(brand.id, orders).promised
    today = now.astimezone(zone).date()
    found = {}
    for order, open_ in concerns.items():
        gravest = min(open_, key=lambda one: _gravity(one.kind))
        subject = next((one for one in watched.get(order, ()) if one.id == gravest.subject_id), None)
        told_at, latest = told.get(order), promised.get(order)
        found[order] = Standing(
            kind=gravest.kind,
            age=_capped((now - open_[0].opened_at).days),
            late=max(-LONGEST, min(LONGEST, (today - latest).days)) if latest else None,
            danger=any(one.kind == "late" for one in open_),
            silent=_silent(subject, now) if subject else 0,
            state=(subject.row.state or "") if subject else "",
            looks=_capped(looks.get(order, 0)),
            contacts=_capped(len(contacts.get(order, ()))),
            told=_capped((now - told_at).days) if told_at else None,
            weekday=(now + LOOKED_WITHIN / 2).astimezone(zone).weekday(),
        )
    return found


def _gravity(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _capped(count: int) -> int:
    return max(0, min(count, LONGEST))


def _silent(subject: Subject, now: datetime) -> int:
    """Whole business days since it last moved, counted where it goes."""
    row = subject.row
    since = row.moved_at or row.last_scan_at or row.state_at or row.handed_over_at or row.shipped_at or row.placed_at
    start, end = since.astimezone(subject.zone).date(), now.astimezone(subject.zone).date()
    if (end - start).days > LONGEST:
        return LONGEST
    return _capped(calendar(row.country).business_days(start, end))


def _stakes(asked: dict[str, Any], subject_ids: Sequence[UUID]) -> dict[UUID, Stake]:
    asked |= {"worried": asked["now"] - WORRIED_WITHIN, "subjects": bulk.array(subject_ids)}
    arrived: defaultdict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for order, lines in _rows(ARRIVED, asked):
        arrived[order] += [(str(line), int(quantity)) for line, quantity in json.loads(lines)]
    lines_of: defaultdict[UUID, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    if arrived:
        for order, line, quantity, price in _rows(LINES, asked | {"orders": bulk.array(arrived)}):
            lines_of[order][line] = quantity, price
    return {
        order: Stake(
            value=max(0, value),
            currency=currency,
            undelivered=undelivered(lines_of[order], arrived[order]) if order in arrived else 1.0,
            refunded=max(0, int(refunded)),
            orders=orders,
            spent=int(spent),
            worries=int(worries),
        )
        for order, value, currency, orders, spent, worries, refunded in _rows(HISTORY, asked)
    }


def _rows(statement: LiteralString, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with bulk.cursor() as at:
        at.execute(statement, asked, binary=True)
        return at.fetchall()
