from aftercart.connectors.dhl.tracking import parse
from aftercart.connectors.polled import KEPT_HEADERS, SIGNED, TYPED, bound_to, delivery_id, is_authentic, sent_at, topic

__all__ = ["KEPT_HEADERS", "SIGNED", "TYPED", "bound_to", "delivery_id", "is_authentic", "parse", "sent_at", "topic"]
