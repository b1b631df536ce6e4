from aftercart.connectors.chat.bodies import TAKEN, Said, encode, message_id, parse
from aftercart.connectors.chat.delivery import (
    KEPT_HEADERS,
    SIGNED,
    TYPED,
    bound_to,
    delivery_id,
    is_authentic,
    sent_at,
    signed,
    topic,
)

__all__ = [
    "KEPT_HEADERS",
    "SIGNED",
    "TAKEN",
    "TYPED",
    "Said",
    "bound_to",
    "delivery_id",
    "encode",
    "is_authentic",
    "message_id",
    "parse",
    "sent_at",
    "signed",
    "topic",
]
