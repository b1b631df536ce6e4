"""EasyPost's words in ours: `status/status_detail`, and each status where the detail adds nothing."""

from __future__ import annotations

from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

# Details that say more than the status does, wherever they stand.
DETAILS = {
    "received_at_origin_facility": Meaning(State.ACCEPTED),
    "out_for_delivery": Meaning(State.OUT_FOR_DELIVERY),
    "arrived_at_pickup_location": Meaning(State.AVAILABLE_FOR_PICKUP, attention=_ACTION),
    "delayed": Meaning(State.DELAYED, "carrier", _WATCH),
    "weather_delay": Meaning(State.DELAYED, "weather", _WATCH),
    "missorted": Meaning(State.DELAYED, "missort", _WATCH),
    "held": Meaning(State.HELD, "", _WATCH),
    "address_correction": Meaning(State.HELD, "address", _ACTION),
    "delivery_exception": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "refused": Meaning(State.RETURNING, "refused", _WATCH),
    "return": Meaning(State.RETURNING, "", _WATCH),
    "lost": Meaning(State.LOST, "", _WATCH),
    "damaged": Meaning(State.DAMAGED, "", _WATCH),
    "cancelled": Meaning(State.CANCELLED),
    "expired": Meaning(None, "expired"),
}

# Details that only colour their status.
SHADES = frozenset([
    "arrived_at_destination", "arrived_at_facility", "awaiting_information", "departed_facility",
    "departed_origin_facility", "failure", "in_transit", "label_created", "received_at_destination_facility",
    "status_update", "transferred_to_destination_carrier", "transit_exception", "unknown",
])  # fmt: skip

STATUSES = {
    "unknown": Meaning(State.NOT_FOUND),
    "error": Meaning(State.NOT_FOUND),
    "pre_transit": Meaning(State.LABEL_CREATED),
    "in_transit": Meaning(State.IN_TRANSIT),
    "out_for_delivery": Meaning(State.OUT_FOR_DELIVERY),
    "available_for_pickup": Meaning(State.AVAILABLE_FOR_PICKUP, attention=_ACTION),
    "delivered": Meaning(State.DELIVERED),
    "return_to_sender": Meaning(State.RETURNING, "", _WATCH),
    "failure": Meaning(State.FAILED, "", _WATCH),
    "cancelled": Meaning(State.CANCELLED),
}

# Statuses that a detail may refine. The others are final or plain, and a stray detail does not change them.
REFINED = frozenset(["in_transit", "failure", "return_to_sender", "unknown"])


def meaning(status: str, detail: str) -> Meaning:
    if status not in STATUSES:
        return UNKNOWN
    if status in REFINED and detail in DETAILS:
        return DETAILS[detail]
    return STATUSES[status]


def is_known_detail(detail: str) -> bool:
    return not detail or detail in DETAILS or detail in SHADES
