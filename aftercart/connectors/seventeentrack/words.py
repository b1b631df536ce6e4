"""17TRACK's words in ours: `stage_sub`, and each stage where the sub-status is missing or plain."""

from __future__ import annotations

from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

STAGES = {
    "notfound": Meaning(State.NOT_FOUND),
    "inforeceived": Meaning(State.LABEL_CREATED),
    "intransit": Meaning(State.IN_TRANSIT),
    "availableforpickup": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "outfordelivery": Meaning(State.OUT_FOR_DELIVERY),
    "deliveryfailure": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "delivered": Meaning(State.DELIVERED),
    "exception": Meaning(State.FAILED, "", _WATCH),
    "expired": Meaning(None, "expired"),
}

SUBSTATUSES = {
    "notfound_invalidcode": Meaning(State.NOT_FOUND, "invalid_number", _WATCH),
    "intransit_pickedup": Meaning(State.ACCEPTED),
    "intransit_customsprocessing": Meaning(State.IN_CUSTOMS, "customs"),
    "intransit_customsreleased": Meaning(State.IN_CUSTOMS, "released"),
    "intransit_customsrequiringinformation": Meaning(State.HELD, "documents", _ACTION),
    "deliveryfailure_nobody": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "deliveryfailure_security": Meaning(State.ATTEMPT_FAILED, "security", _WATCH),
    "deliveryfailure_rejected": Meaning(State.ATTEMPT_FAILED, "refused", _WATCH),
    "deliveryfailure_invalidaddress": Meaning(State.HELD, "address", _ACTION),
    "exception_returning": Meaning(State.RETURNING, "", _WATCH),
    "exception_returned": Meaning(State.RETURNED, "", _WATCH),
    "exception_nobody": Meaning(State.FAILED, "not_home", _WATCH),
    "exception_security": Meaning(State.FAILED, "security", _WATCH),
    "exception_damage": Meaning(State.DAMAGED, "", _WATCH),
    "exception_damaged": Meaning(State.DAMAGED, "", _WATCH),
    "exception_destroyed": Meaning(State.DAMAGED, "destroyed", _WATCH),
    "exception_rejected": Meaning(State.RETURNING, "refused", _WATCH),
    "exception_delayed": Meaning(State.DELAYED, "carrier", _WATCH),
    "exception_lost": Meaning(State.LOST, "", _WATCH),
    "exception_cancel": Meaning(State.CANCELLED),
    "exception_cancelled": Meaning(State.CANCELLED),
}

PLAIN = frozenset(["intransit_departure", "intransit_arrival"])

# Events name milestones by other words than statuses do.
MILESTONES = {
    "pickedup": Meaning(State.ACCEPTED),
    "departure": Meaning(State.IN_TRANSIT),
    "arrival": Meaning(State.IN_TRANSIT),
    "returning": Meaning(State.RETURNING, "", _WATCH),
    "returned": Meaning(State.RETURNED, "", _WATCH),
}


def meaning(code: str) -> Meaning:
    code = code.lower()
    return SUBSTATUSES.get(code) or MILESTONES.get(code) or STAGES.get(code.partition("_")[0], UNKNOWN)


def is_known(code: str) -> bool:
    code = code.lower()
    stage, _, rest = code.partition("_")
    return code in SUBSTATUSES or code in PLAIN or code in MILESTONES or (stage in STAGES and rest in ("", "other"))
