from aftercart.connectors.easypost.delivery import (
    KEPT_HEADERS,
    SIGNED,
    TYPED,
    bound_to,
    delivery_id,
    is_authentic,
    sent_at,
    topic,
)
from aftercart.connectors.easypost.trackers import parse

__all__ = ["KEPT_HEADERS", "SIGNED", "TYPED", "bound_to", "delivery_id", "is_authentic", "parse", "sent_at", "topic"]
