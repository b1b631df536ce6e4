"""What the shop knows of the numbers in a text: its orders, its parcels, and how it writes an order's number."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import LiteralString
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.orders.models import Order
from aftercart.plumbing import bulk
from aftercart.understanding.entities import Lookup

ORDERS = "SELECT number_key FROM orders_order WHERE brand_id = %s AND number_key = ANY(%s)"
PARCELS = "SELECT number FROM orders_track WHERE brand_id = %s AND number = ANY(%s)"
LATELY = 200  # orders whose numbers tell how the shop writes them
NUMBER = re.compile(r"#?([^\W\d_]{1,6})[ -]?(\d{3,12})")


def known_orders(brand_id: UUID) -> Lookup:
    return _lookup(ORDERS, brand_id)


def known_parcels(brand_id: UUID) -> Lookup:
    return _lookup(PARCELS, brand_id)


def _lookup(statement: LiteralString, brand_id: UUID) -> Lookup:
    def known(names: Collection[str]) -> Collection[str]:
        with bulk.cursor() as at:
            at.execute(statement, [brand_id, list(names)], binary=True)
            return {name for (name,) in at.fetchall()}

    return known


def order_patterns(brand: Brand) -> tuple[re.Pattern[str], ...]:
    """Numbers that begin as the shop's own, known or not yet: of "JC-10421", "jc 10677" as well.

    Digits alone are no pattern: they may be anything, and the shop's orders are looked up.
    """
    numbers = Order.objects.filter(brand=brand).order_by("-placed_at").values_list("number", flat=True)[:LATELY]
    found: dict[str, set[int]] = {}
    for match in filter(None, map(NUMBER.fullmatch, numbers)):
        found.setdefault(match[1].upper(), set()).add(len(match[2]))
    return tuple(
        re.compile(rf"(?<!\w)#?({re.escape(begin)}[ -]?\d{{{min(sizes)},{max(sizes) + 1}}})(?!\w)", re.IGNORECASE)
        for begin, sizes in sorted(found.items())
    )
