from aftercart.connectors.aftercart.bodies import parse
from aftercart.connectors.aftercart.delivery import (
    KEPT_HEADERS,
    SIGNED,
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
    "as_json",
    "bound_to",
    "delivery_id",
    "encode",
    "is_authentic",
    "parse",
    "sent_at",
    "topic",
]
