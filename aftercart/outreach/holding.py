"""While something worries about a customer's orders, or a ticket about them is open, nobody asks for a review or offers
more.

The brand's own sender (a line of the channel `event`) is told when promotions to a customer are to be held and when
they are released again: one event each, for each time of worry, and never one after the other has come true.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT, PROMOTIONS_HELD, PROMOTIONS_RELEASED
from aftercart.outbox import lines
from aftercart.outbox import services as outbox
from aftercart.outreach.models import Hold
from aftercart.plumbing import bulk, ids

OVERTAKEN = "It was over before it could be told."
# Of the customers of some orders: whether anything worries about any order of theirs.
WORRIED = """
SELECT k.id, k.email, EXISTS (
    SELECT FROM orders_order o JOIN watch_concern c ON c.brand_id = o.brand_id AND c.order_id = o.id
    WHERE o.brand_id = k.brand_id AND o.customer_id = k.id AND c.closed_at IS NULL
) OR EXISTS (
    SELECT FROM orders_order o JOIN tickets_ticket t ON t.brand_id = o.brand_id AND t.order_id = o.id
    WHERE o.brand_id = k.brand_id AND o.customer_id = k.id AND t.state IN ('open', 'waiting', 'snoozed')
)
FROM people_customer k WHERE k.brand_id = %(brand)s AND k.email <> '' AND k.id IN (
    SELECT customer_id FROM orders_order WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[])
)
ORDER BY k.id FOR UPDATE OF k
"""


def refresh(brand: Brand, orders: Collection[UUID], now: datetime) -> int:
    """Hold and release after concerns or tickets of these orders changed, in a transaction. How many events."""
    if not orders or not lines.takes(brand, EVENT, lines.HOLD):
        return 0
    with bulk.cursor() as at:
        at.execute(WORRIED, {"brand": brand.id, "orders": bulk.array(orders)})
        found = at.fetchall()
    held = {row.customer_id: row for row in Hold.objects.filter(brand=brand, customer_id__in=[c for c, *_ in found],
                                                                released_at=None)}  # fmt: skip
    told = 0
    for customer, email, worried in found:
        hold = held.get(customer)
        if worried and hold is None:
            hold = Hold.objects.create(id=ids.new(now), brand=brand, customer_id=customer, since=now)
            told += _tell(brand, hold, PROMOTIONS_HELD, email, now, instead_of=PROMOTIONS_RELEASED)
        elif hold is not None and not worried:
            Hold.objects.filter(id=hold.id).update(released_at=now)
            told += _tell(brand, hold, PROMOTIONS_RELEASED, email, now, instead_of=PROMOTIONS_HELD)
    return told


def held_of(brand: Brand, customers: Iterable[UUID]) -> set[UUID]:
    """Those of these customers who are to hear of nothing but their orders."""
    rows = Hold.objects.filter(brand=brand, customer_id__in=list(customers), released_at=None)
    return set(rows.values_list("customer_id", flat=True))


def _tell(brand: Brand, hold: Hold, kind: str, email: str, now: datetime, *, instead_of: str) -> int:
    """What is still to be said of the contrary is not said any more: tried again, it would come last, and stand."""
    free = outbox.overtake(brand, hold.customer_id, instead_of, OVERTAKEN)
    outbox.owe(
        brand,
        outbox.Owed(
            channel=EVENT, kind=kind, customer_id=hold.customer_id, episode=hold.id, address=email, subject=kind,
            text="", html="", language="", purpose=outbox.HOLD, not_before=free,
        ),
        at=now,
    )  # fmt: skip
    return 1
