"""What earlier and later stages ask about tickets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aftercart.plumbing import bulk

# Of an order: the ticket that is open, if there is one, and when one about it was last resolved.
OF_ORDERS = """
SELECT order_id, max(number) FILTER (WHERE state IN ('open', 'waiting', 'snoozed')), max(resolved_at)
FROM tickets_ticket WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) AND state <> 'gone' GROUP BY order_id
"""


@dataclass(frozen=True, slots=True)
class OfOrder:
    """`open`: the number of the ticket about it that is open, the newest of several."""

    open: int | None = None
    resolved_at: datetime | None = None


def of_orders(brand_id: UUID, order_ids: Iterable[UUID]) -> dict[UUID, OfOrder]:
    """Those of these orders about which there ever was a ticket."""
    with bulk.cursor() as cursor:
        rows = cursor.execute(OF_ORDERS, [brand_id, bulk.array(order_ids)], binary=True).fetchall()
    return {order: OfOrder(number, resolved_at) for order, number, resolved_at in rows}
