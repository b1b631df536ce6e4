"""What stands against asking a customer something now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outreach.questions.rules import ASKED, Calm
from aftercart.plumbing import bulk

MISSED_FOR = timedelta(days=30)  # what was missed longer ago has been settled with a person
CALM = """
SELECT k.id,
    EXISTS (
        SELECT FROM orders_order o JOIN watch_concern c ON c.brand_id = o.brand_id AND c.order_id = o.id
        WHERE o.brand_id = k.brand_id AND o.customer_id = k.id AND c.closed_at IS NULL
    ) OR EXISTS (
        SELECT FROM orders_order o JOIN orders_notreceived r ON r.brand_id = o.brand_id AND r.order_id = o.id
        WHERE o.brand_id = k.brand_id AND o.customer_id = k.id AND NOT r.found AND r.reported_at > %(missed)s
    ) OR EXISTS (
        SELECT FROM outreach_hold h WHERE h.brand_id = k.brand_id AND h.customer_id = k.id AND h.released_at IS NULL
    ),
    greatest(
        (SELECT max(m.created_at) FROM outbox_outgoing m WHERE m.brand_id = k.brand_id AND m.customer_id = k.id
            AND m.kind = ANY(%(asked)s::text[]) AND m.state <> 'cancelled'),
        (SELECT max(d.at) FROM outreach_decision d WHERE d.brand_id = k.brand_id AND d.customer_id = k.id
            AND d.held_out AND d.kind = ANY(%(asked)s::text[]))
    ),
    (SELECT max(m.created_at) FROM outbox_outgoing m
        WHERE m.brand_id = k.brand_id AND m.customer_id = k.id AND m.state <> 'cancelled'),
    EXISTS (
        SELECT FROM outreach_decision d WHERE d.brand_id = k.brand_id AND d.waits_until IS NOT NULL
            AND d.customer_id = k.id AND NOT d.kind = ANY(%(asked)s::text[])
    )
FROM people_customer k WHERE k.brand_id = %(brand)s AND k.id = ANY(%(customers)s::uuid[])
"""


def calm_of(brand: Brand, customers: Collection[UUID], now: datetime) -> dict[UUID, Calm]:
    """By customer. Whoever asks holds them (`around`), or two of their questions would each find the way clear."""
    if not customers:
        return {}
    known = {"brand": brand.id, "customers": bulk.array(customers), "missed": now - MISSED_FOR, "asked": list(ASKED)}
    with bulk.cursor() as at:
        at.execute(CALM, known)
        return {
            customer: Calm(worried=worried, asked=asked, told=told, waits=waits)
            for customer, worried, asked, told, waits in at.fetchall()
        }
