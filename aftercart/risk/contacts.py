"""Who contacted us and when: told by facts, kept without a word of what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.facts import Fact, MessageReceived
from aftercart.facts.tellings import is_contact
from aftercart.orders.rules import order_number
from aftercart.people.rules import customer_id, normal_email
from aftercart.plumbing import bulk, ids
from aftercart.plumbing.addresses import normal_phone

COLUMNS = ("id", "brand_id", "at", "channel", "category", "customer_id", "identity_id", "order_key")
# Of a contact k: whoever names an order means that one; whoever names none, or one that there is not, may mean any of
# theirs.
# LIMIT keeps the planner from reading every order first to look these few up in.
UNNAMED = """
(k.order_key = '' OR (
    SELECT n.id FROM orders_order n WHERE n.brand_id = k.brand_id AND n.number_key = k.order_key LIMIT 1
) IS NULL)
"""
_WHEN = "k.id >= %(first)s AND k.at >= %(since)s AND k.at <= %(until)s"
HEARD = f"""
WITH mine AS MATERIALIZED (
    SELECT id, customer_id, number_key FROM orders_order WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[])
)
SELECT o.id, k.id, k.at FROM mine o
JOIN risk_contact k ON k.brand_id = %(brand)s AND k.order_key = o.number_key AND {_WHEN} WHERE o.number_key <> ''
UNION
SELECT o.id, k.id, k.at FROM mine o
JOIN risk_contact k ON k.brand_id = %(brand)s AND k.customer_id = o.customer_id AND {_WHEN} WHERE {UNNAMED}
UNION
SELECT o.id, k.id, k.at FROM mine o
JOIN people_identity i ON i.brand_id = %(brand)s AND i.customer_id = o.customer_id
JOIN risk_contact k ON k.brand_id = %(brand)s AND k.identity_id = i.id AND {_WHEN} WHERE {UNNAMED}
"""
WORRIED = """
SELECT DISTINCT a.order_id FROM risk_assessment a JOIN orders_order o ON o.id = a.order_id
WHERE a.brand_id = %(brand)s AND (
    o.number_key = ANY(%(keys)s) OR o.customer_id = ANY(%(customers)s::uuid[]) OR o.customer_id IN (
        SELECT customer_id FROM people_identity WHERE brand_id = %(brand)s AND id = ANY(%(identities)s::uuid[])
    )
)
"""


def record(brand_id: UUID, facts: Iterable[Fact]) -> set[UUID]:
    """Keep the contacts among these facts; the orders with an open concern that they may be about."""
    rows = {}
    for fact in facts:
        if isinstance(fact, MessageReceived) and is_contact(fact):
            row = _row(brand_id, fact)
            rows[row[0]] = row
    if not rows:
        return set()
    bulk.merge("risk_contact", COLUMNS, [rows[key] for key in sorted(rows)])
    with bulk.cursor() as at:
        at.execute(
            WORRIED,
            {
                "brand": brand_id,
                "keys": sorted({row[7] for row in rows.values() if row[7]}),
                "customers": bulk.array(row[5] for row in rows.values() if row[5]),
                "identities": bulk.array(row[6] for row in rows.values() if row[6]),
            },
            binary=True,
        )
        return {order for (order,) in at.fetchall()}


def _row(brand_id: UUID, fact: MessageReceived) -> tuple[UUID, UUID, datetime, str, str, UUID | None, UUID | None, str]:
    person = fact.customer
    email, phone = normal_email(person.email), normal_phone(person.phone)
    kind, value = ("email", email) if email else ("phone", phone)
    return (
        ids.mirrored_event(fact.happened_at, brand_id, fact.source, "message", fact.message_id),
        brand_id,
        fact.happened_at,
        bulk.fit(fact.channel, 40),
        bulk.fit(fact.category, 60),
        customer_id(brand_id, fact.source, person),
        ids.mirrored(brand_id, "identity", kind, value) if value else None,
        bulk.fit(order_number(fact.order_number), 60),
    )


def heard(brand_id: UUID, order_ids: Iterable[UUID], since: datetime, until: datetime) -> dict[UUID, list[datetime]]:
    """When the customers of these orders contacted us about them, from `since` to `until`, in order."""
    found: defaultdict[UUID, list[datetime]] = defaultdict(list)
    asked = {"brand": brand_id, "orders": bulk.array(order_ids), "since": since, "until": until}
    with bulk.cursor() as at:
        at.execute(HEARD, asked | {"first": ids.floor(since)}, binary=True)
        for order, _, moment in at.fetchall():
            found[order].append(moment)
    return {order: sorted(moments) for order, moments in found.items()}
