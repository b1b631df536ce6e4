"""The columns that facts write."""

from __future__ import annotations

from aftercart.plumbing.bulk import Table
from aftercart.returns.rules import Standing

STEP = Table(
    "returns_step",
    ("id", "brand_id", "return_id", "at", "kind", "word", "order_key", "name", "number", "carrier", "lines"),
)
# A refund has one instant, and what of it has been paid only grows: told again with more is told later.
REFUND = Table(
    "returns_refund",
    (
        "id", "brand_id", "order_id", "external_id", "version", "amount", "currency", "method", "refunded_at", "lines",
    ),
    ("amount", "version"),
)  # fmt: skip
RETURN = ("id", "brand_id", "source", "external_id")
FOLDED = ("id", *Standing._fields)
