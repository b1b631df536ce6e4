"""Which tables have anything about an order.

Most orders have no worry, no notice and no return: asked all at once, their tables cost one statement together.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from aftercart.brands.models import Brand
from aftercart.orders.models import Order
from aftercart.plumbing import bulk, ids

EARLY = timedelta(days=1)  # by which a look at the order's page may come before the shop says that it was placed
OF_ORDER = "brand_id = %(brand)s AND order_id = %(order)s"
THERE = f"""
SELECT EXISTS (SELECT FROM orders_cancellation WHERE brand_id = %(brand)s AND id = %(order)s),
    EXISTS (SELECT FROM watch_concern WHERE {OF_ORDER}), EXISTS (SELECT FROM outreach_decision WHERE {OF_ORDER}),
    EXISTS (SELECT FROM outreach_gesture WHERE {OF_ORDER}),
    EXISTS (SELECT FROM orders_payment WHERE {OF_ORDER}), EXISTS (SELECT FROM promises_forecast WHERE {OF_ORDER}),
    EXISTS (SELECT FROM people_pagevisit WHERE {OF_ORDER} AND id >= %(first)s),
    EXISTS (SELECT FROM returns_return WHERE brand_id = %(brand)s AND source = %(source)s AND order_key = %(key)s),
    EXISTS (SELECT FROM returns_refund WHERE {OF_ORDER}),
    EXISTS (SELECT FROM watch_disruption WHERE brand_id = %(brand)s AND closed_at IS NULL)
"""


class There(NamedTuple):
    """`disruptions`: of the brand, open now."""

    cancellation: bool
    concerns: bool
    decisions: bool
    gestures: bool
    payments: bool
    forecasts: bool
    visits: bool
    returned: bool
    refunds: bool
    disruptions: bool


def there(brand: Brand, order: Order) -> There:
    known = {
        "brand": brand.id, "order": order.id, "source": order.source, "key": order.external_id,
        "first": ids.floor(order.placed_at - EARLY),
    }  # fmt: skip
    with bulk.cursor() as cursor:
        # Planning takes longer than looking.
        found = cursor.execute(THERE, known, prepare=True).fetchone()
    assert found
    return There(*found)
