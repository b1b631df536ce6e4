"""What histories call the states of a parcel. A word that is not here is kept, counted, and changes no state."""

from __future__ import annotations

import re

from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

_WORDS = {
    State.NOT_FOUND: "unknown pending",
    State.LABEL_CREATED: "pre_transit info_received information_received label_printed label_purchased registered",
    State.ACCEPTED: "picked_up package_accepted collected handed_over carrier_picked_up posted received_by_carrier",
    State.IN_TRANSIT: "transit on_the_way shipped departed arrived processed in_transit_to_next_facility",
    State.IN_CUSTOMS: "customs customs_processing",
    State.OUT_FOR_DELIVERY: "out_for_deliver on_vehicle_for_delivery with_courier",
    State.ATTEMPT_FAILED: "attempt_fail attempted_delivery delivery_attempted failed_attempt not_home delivery_failed",
    State.AVAILABLE_FOR_PICKUP: "ready_for_pickup pickup_available available_for_collection at_pickup_point",
    State.DELAYED: "delay",
    State.HELD: "on_hold hold",
    State.DELIVERED: "complete completed delivered_to_customer",
    State.RETURNING: "return_to_sender return_in_progress being_returned returning_to_sender",
    State.RETURNED: "returned_to_sender return_complete",
    State.LOST: "package_lost missing",
    State.DAMAGED: "damage package_damaged",
    State.FAILED: "failure exception undeliverable error",
    State.CANCELLED: "canceled voided",
}
_ATTENTION = {
    State.AVAILABLE_FOR_PICKUP: _ACTION,
    **dict.fromkeys(
        (State.ATTEMPT_FAILED, State.DELAYED, State.HELD, State.RETURNING, State.LOST, State.DAMAGED, State.FAILED),
        _WATCH,
    ),
}
_MEANINGS = {
    word: Meaning(state, "", _ATTENTION.get(state, Attention.NONE))
    for state, words in _WORDS.items()
    for word in (state.value, *words.split())
}


def meaning(text: str) -> Meaning:
    return _MEANINGS.get(re.sub(r"\W+", "_", text.strip().casefold()).strip("_"), UNKNOWN)
