from aftercart.connectors.postmark.reports import (
    KEPT_HEADERS,
    SIGNED,
    TYPED,
    bound_to,
    delivery_id,
    is_authentic,
    parse,
    sent_at,
    topic,
)
from aftercart.connectors.postmark.sending import CHANNELS, NEEDED, OPTIONAL, PROVEN_BY, REPEATABLE, sender

__all__ = [
    "CHANNELS",
    "KEPT_HEADERS",
    "NEEDED",
    "OPTIONAL",
    "PROVEN_BY",
    "REPEATABLE",
    "SIGNED",
    "TYPED",
    "bound_to",
    "delivery_id",
    "is_authentic",
    "parse",
    "sender",
    "sent_at",
    "topic",
]
