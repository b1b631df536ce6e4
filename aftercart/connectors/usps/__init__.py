from aftercart.connectors.polled import KEPT_HEADERS, SIGNED, TYPED, bound_to, delivery_id, is_authentic, sent_at, topic
from aftercart.connectors.usps.tracking import parse

__all__ = ["KEPT_HEADERS", "SIGNED", "TYPED", "bound_to", "delivery_id", "is_authentic", "parse", "sent_at", "topic"]
