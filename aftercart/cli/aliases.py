"""Names under which files of orders often have our columns, for whoever maps none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ALIASES: Mapping[str, tuple[str, ...]] = {
    "order_id": ("order", "order_number", "id"),
    "placed_at": (
        "purchase_ts", "purchased_at", "order_purchase_timestamp", "purchase_date", "ordered_at", "created_at",
        "order_date",
    ),
    "approved_at": ("approved_ts", "order_approved_at", "paid_at"),
    "handed_over_at": ("carrier_ts", "order_delivered_carrier_date", "shipped_at", "handover_at", "ship_date"),
    "delivered_at": ("delivered_ts", "order_delivered_customer_date", "delivery_date", "delivered_on", "arrived_at"),
    "promised_at": (
        "estimated_ts", "order_estimated_delivery_date", "promised_by", "estimated_delivery_date", "promised_date",
        "due",
    ),
    "cancelled_at": ("cancelled_ts", "canceled_at", "canceled_ts"),
    "origin": ("seller_state", "ship_from", "from_region", "warehouse"),
    "destination": ("customer_state", "ship_to", "to_region", "region", "state"),
    "carrier": ("carrier_name", "courier"),
    "service": ("carrier_service", "shipping_service"),
    "status": ("order_status",),
}  # fmt: skip


def with_aliases(found: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """`given` (theirs → ours), and for each of our columns that the file lacks the first usual name that it has."""
    columns, names = list(found), dict(given)
    for ours, usual in ALIASES.items():
        if ours in columns or ours in names.values():
            continue
        theirs = next((name for name in usual if name in columns and name not in names), None)
        if theirs:
            names[theirs] = ours
    return names
