from aftercart.connectors.aftercart.bodies import parse
from aftercart.connectors.aftercart.delivery import (
    KEPT_HEADERS,
    SIGNED,
    TYPED,
    bound_to,
    delivery_id,
    is_authentic,
    sent_at,
    topic,
)
from aftercart.connectors.aftercart.writing import as_json, encode

__all__ = [
    "KEPT_HEADERS",
    "SIGNED",
    "TYPED",
    "as_json",
    "bound_to",
    "delivery_id",
    "encode",
    "is_authentic",
    "parse",
    "sent_at",
    "topic",
]
