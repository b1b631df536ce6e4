"""Shippo's words in ours: `status/substatus`, and each status where the substatus adds nothing."""

from __future__ import annotations

from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

STATUSES = {
    "unknown": Meaning(State.NOT_FOUND),
    "pre_transit": Meaning(State.LABEL_CREATED),
    "transit": Meaning(State.IN_TRANSIT),
    "delivered": Meaning(State.DELIVERED),
    "returned": Meaning(State.RETURNED, "", _WATCH),
    "failure": Meaning(State.FAILED, "", _WATCH),
}

SUBSTATUSES = {
    "pre_transit/information_received": Meaning(State.LABEL_CREATED),
    "transit/package_accepted": Meaning(State.ACCEPTED),
    "transit/package_arrived": Meaning(State.IN_TRANSIT),
    "transit/package_departed": Meaning(State.IN_TRANSIT),
    "transit/package_forwarded": Meaning(State.IN_TRANSIT),
    "transit/package_processed": Meaning(State.IN_TRANSIT),
    "transit/package_processing": Meaning(State.IN_TRANSIT),
    "transit/delivery_scheduled": Meaning(State.IN_TRANSIT),
    "transit/package_held": Meaning(State.IN_CUSTOMS, "customs", _WATCH),
    "transit/out_for_delivery": Meaning(State.OUT_FOR_DELIVERY),
    "transit/delivery_attempted": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "transit/notice_left": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "transit/location_inaccessible": Meaning(State.ATTEMPT_FAILED, "access", _ACTION),
    "transit/reschedule_delivery": Meaning(State.ATTEMPT_FAILED, "reschedule", _ACTION),
    "transit/pickup_available": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "transit/delayed": Meaning(State.DELAYED, "carrier", _WATCH),
    "transit/delivery_rescheduled": Meaning(State.DELAYED, "rescheduled", _WATCH),
    "transit/address_issue": Meaning(State.HELD, "address", _ACTION),
    "transit/contact_carrier": Meaning(State.HELD, "contact_carrier", _ACTION),
    "transit/package_damaged": Meaning(State.DAMAGED, "", _ACTION),
    "returned/return_to_sender": Meaning(State.RETURNING, "", _WATCH),
    "returned/package_unclaimed": Meaning(State.RETURNING, "unclaimed", _ACTION),
    "failure/package_lost": Meaning(State.LOST, "", _ACTION),
    "failure/package_disposed": Meaning(State.DAMAGED, "disposed", _WATCH),
    "failure/package_damaged": Meaning(State.DAMAGED, "", _ACTION),
    "failure/package_undeliverable": Meaning(State.FAILED, "undeliverable", _ACTION),
}

_WORDS = frozenset(code.partition("/")[2] for code in SUBSTATUSES) | {"delivered", "other", ""}


def meaning(status: str, substatus: str, *, action_required: bool) -> Meaning:
    said = SUBSTATUSES.get(f"{status}/{substatus}") or STATUSES.get(status, UNKNOWN)
    if action_required and said.state not in (None, State.DELIVERED):
        return said._replace(attention=_ACTION)
    return said


def is_known_substatus(substatus: str) -> bool:
    return substatus in _WORDS
