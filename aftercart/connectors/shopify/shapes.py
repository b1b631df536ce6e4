"""What a body is about when no header says so: from what wraps it, its GraphQL id, or its fields."""

from __future__ import annotations

from typing import Any

from aftercart.connectors.reading import Document, key

# The names under which the REST API wraps one thing or several.
_WRAPPED = {
    "order": "orders",
    "order_edit": "order_edits",
    "fulfillment": "fulfillments",
    "fulfillment_event": "fulfillment_events",
    "refund": "refunds",
    "return": "returns",
    "reverse_delivery": "reverse_deliveries",
    "reverse_fulfillment_order": "reverse_fulfillment_orders",
    "transaction": "order_transactions",
    "product": "products",
    "variant": "variants",
    "inventory_level": "inventory_levels",
    "customer": "customers",
}
_LISTED = {name + "s" if not name.endswith("y") else name[:-1] + "ies": kind for name, kind in _WRAPPED.items()}

_GRAPHQL = {
    "Order": "orders",
    "Fulfillment": "fulfillments",
    "FulfillmentEvent": "fulfillment_events",
    "Refund": "refunds",
    "Return": "returns",
    "ReverseDelivery": "reverse_deliveries",
    "ReverseFulfillmentOrder": "reverse_fulfillment_orders",
    "OrderTransaction": "order_transactions",
    "Product": "products",
    "ProductVariant": "variants",
    "InventoryLevel": "inventory_levels",
    "Customer": "customers",
}

_FIELDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("fulfillment_events", frozenset(["fulfillment_id", "status"])),
    ("refunds", frozenset(["refund_line_items"])),
    ("fulfillments", frozenset(["order_id", "tracking_company"])),
    ("fulfillments", frozenset(["order_id", "tracking_numbers"])),
    ("fulfillments", frozenset(["order_id", "tracking_number"])),
    ("fulfillments", frozenset(["order_id", "line_items", "status"])),
    ("orders", frozenset(["line_items", "order_number"])),
    ("orders", frozenset(["line_items", "financial_status"])),
    ("returns", frozenset(["return_line_items"])),
    ("reverse_deliveries", frozenset(["return", "shipping_deliverable"])),
    ("reverse_fulfillment_orders", frozenset(["dispositions"])),
    ("order_transactions", frozenset(["order_id", "kind", "amount"])),
    ("inventory_levels", frozenset(["inventory_item_id", "location_id"])),
    ("variants", frozenset(["product_id", "inventory_quantity"])),
    ("products", frozenset(["variants", "title"])),
    ("customers", frozenset(["first_name", "last_name", "email"])),
)


def unwrapped(payload: Any) -> tuple[str, list[Any]]:
    """The kind that the wrapper names ('' if there is none) and the things inside."""
    if isinstance(payload, list):
        return "", payload
    if isinstance(payload, dict) and len(payload) == 1:
        ((name, inner),) = payload.items()
        if name in _LISTED and isinstance(inner, list):
            return _LISTED[name], inner
        if name in _WRAPPED and isinstance(inner, dict):
            return _WRAPPED[name], [inner]
    return "", [payload]


def kind_of(thing: Document) -> str:
    """The kind that the id or the fields show; a type that we do not know in its own word; '' if nothing shows."""
    graphql_type = key(thing.get("admin_graphql_api_id")).removeprefix("gid://shopify/").partition("/")[0]
    if graphql_type:
        return _GRAPHQL.get(graphql_type, graphql_type)
    return next((kind for kind, fields in _FIELDS if fields <= thing.keys()), "")
