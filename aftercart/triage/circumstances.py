"""What we know of the customers who write, before they are read: one statement for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.plumbing import bulk
from aftercart.returns.queries import RETURN_TOOLS
from aftercart.returns.rules import CHECKED, RECEIVED
from aftercart.triage.rules import Likely, Standing, facts, likely
from aftercart.watch.worries.view import MOVING, NEARLY_THERE

SINCE = timedelta(days=365)  # orders placed before are asked about by their number, if at all
MOST = 20  # orders of a customer: the newest; a wholesaler may have thousands
ON_ITS_WAY = [state.value for state in MOVING | NEARLY_THERE | {State.ATTEMPT_FAILED}]
OVER = [state.value for state in (State.DELIVERED, State.RETURNED, State.LOST, State.CANCELLED)]

# Each part is looked up for each order by its index; joined as a whole, the planner would read every parcel there is.
ORDERS = """
WITH mine AS MATERIALIZED (
    SELECT o.* FROM unnest(%(customers)s::uuid[]) w(id) JOIN LATERAL (
        SELECT o.id, o.customer_id, o.placed_at, o.cancelled_at, o.source, o.external_id FROM orders_order o
        WHERE o.brand_id = %(brand)s AND o.customer_id = w.id AND o.placed_at > %(since)s AND o.placed_at <= %(now)s
        ORDER BY o.placed_at DESC, o.id LIMIT %(most)s
    ) o ON true
)
SELECT m.customer_id, m.id, m.placed_at, m.cancelled_at IS NOT NULL OR c.id IS NOT NULL,
    p.parcels, p.arrived, p.leaving_at, p.delivered_at, coalesce(k.kinds, '{}'),
    coalesce(r.open, false), coalesce(r.due, false), b.failed_at
FROM mine m
LEFT JOIN orders_cancellation c ON c.id = m.id
LEFT JOIN LATERAL (
    SELECT count(*) AS parcels, count(*) FILTER (WHERE p.state = ANY(%(over)s)) AS arrived,
        max(coalesce(p.handed_over_at, p.shipped_at)) FILTER (WHERE p.state = ANY(%(moving)s)) AS leaving_at,
        max(p.delivered_at) AS delivered_at
    FROM orders_parcel p JOIN orders_fulfilment f ON f.id = p.fulfilment_id
    WHERE p.brand_id = %(brand)s AND p.order_id = m.id AND p.version = f.version AND NOT f.cancelled
) p ON true
LEFT JOIN LATERAL (
    SELECT array_agg(k.kind) AS kinds FROM watch_concern k
    WHERE k.brand_id = %(brand)s AND k.order_id = m.id AND k.closed_at IS NULL
) k ON true
LEFT JOIN LATERAL (
    SELECT true AS open, bool_or(r.state = ANY(%(back)s) AND NOT EXISTS (
        SELECT 1 FROM returns_refund f
        WHERE f.brand_id = %(brand)s AND f.order_id = m.id AND f.amount > 0 AND f.refunded_at >= r.received_at
    )) AS due
    FROM returns_return r
    WHERE r.brand_id = %(brand)s AND r.order_key = m.external_id AND (r.source = m.source OR r.source = ANY(%(tools)s))
        AND r.ended_at IS NULL AND coalesce(r.asked_at, r.approved_at, r.received_at, r.checked_at) > %(since)s
    HAVING count(*) > 0
) r ON true
LEFT JOIN LATERAL (
    SELECT max(b.at) FILTER (WHERE NOT b.succeeded) AS failed_at FROM orders_payment b
    WHERE b.brand_id = %(brand)s AND b.order_id = m.id AND b.kind <> 'refund' HAVING NOT bool_or(b.succeeded)
) b ON true
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one customer: what holds for them, and the order that they mean if they name none."""

    facts: frozenset[str] = frozenset()
    order: Likely | None = None


def circumstances(brand: Brand, customer_ids: Iterable[UUID], now: datetime) -> dict[UUID, Circumstances]:
    """Of each of these customers. Who has ordered nothing has no circumstances."""
    wanted = set(customer_ids)
    orders: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for standing in _orders(brand.id, wanted, now) if wanted else ():
        orders[standing.customer_id].append(standing)
    return {one: Circumstances(facts(orders[one], now), likely(orders[one], now)) for one in wanted}


def facts_of(brand: Brand, customer_ids: Iterable[UUID], now: datetime) -> dict[UUID, frozenset[str]]:
    """For each of these customers, the names of `understanding.category.PRIOR` that hold for them."""
    return {one: known.facts for one, known in circumstances(brand, customer_ids, now).items()}


def likely_order(brand: Brand, customer_ids: Iterable[UUID], now: datetime) -> dict[UUID, Likely | None]:
    """For each of these customers, the order that they mean if they name none, and why that one."""
    return {one: known.order for one, known in circumstances(brand, customer_ids, now).items()}


def _orders(brand_id: UUID, customers: Iterable[UUID], now: datetime) -> list[Standing]:
    asked = {
        "brand": brand_id, "customers": bulk.array(customers), "now": now, "since": now - SINCE, "most": MOST,
        "over": OVER, "moving": ON_ITS_WAY, "back": [RECEIVED, CHECKED], "tools": [*RETURN_TOOLS],
    }  # fmt: skip
    with bulk.cursor() as at:
        at.execute(ORDERS, asked, binary=True)
        return [Standing(*row) for row in at.fetchall()]
