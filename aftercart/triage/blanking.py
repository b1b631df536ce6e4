"""Messages without the numbers of cards and accounts, before a word of them is understood or stored."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.facts import MessageReceived
from aftercart.plumbing.bulk import cursor
from aftercart.understanding.privacy import doubtful, private

OURS = """
SELECT number FROM orders_track WHERE brand_id = %(brand)s AND number = ANY(%(numbers)s)
UNION SELECT number_key FROM orders_order WHERE brand_id = %(brand)s AND number_key = ANY(%(numbers)s)
"""


def blanked(brand: Brand, facts: Sequence[MessageReceived]) -> list[MessageReceived]:
    """Numbers of the shop's own orders and parcels stay. Nothing is looked up unless a number could be a card's."""
    read = [doubtful(fact) for fact in facts]
    asked = {number for _, numbers in read for number in numbers}
    own = _ours(brand.id, asked) if asked else frozenset()
    return [private(fact, own) if numbers else without for fact, (without, numbers) in zip(facts, read, strict=True)]


def _ours(brand_id: UUID, numbers: set[str]) -> frozenset[str]:
    with cursor() as at:
        rows = at.execute(OURS, {"brand": brand_id, "numbers": sorted(numbers)})
        return frozenset(number for (number,) in rows)
