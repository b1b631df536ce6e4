"""Royal Mail's words in ours: event codes, and the category of the whole where no event tells it."""

from __future__ import annotations

from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.faults import Trouble
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

EVENTS = {
    "EVAIE": Meaning(State.LABEL_CREATED),
    "EVAIP": Meaning(State.LABEL_CREATED),
    "EVPPA": Meaning(State.ACCEPTED, "dropped_off"),
    "EVDAC": Meaning(State.IN_TRANSIT),
    "EVDAV": Meaning(State.IN_TRANSIT),
    "EVIMC": Meaning(State.IN_TRANSIT),
    "EVOAC": Meaning(State.IN_TRANSIT),
    "EVOCO": Meaning(State.IN_TRANSIT),
    "EVODO": Meaning(State.IN_TRANSIT),
    "EVORI": Meaning(State.IN_TRANSIT),
    "EVNSR": Meaning(State.IN_TRANSIT, "redelivery"),
    "EVGPD": Meaning(State.OUT_FOR_DELIVERY),
    "EVNMI": Meaning(State.DELAYED, "missort", _WATCH),
    "EVKNA": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "EVKNR": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "EVNDA": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "EVNRT": Meaning(State.HELD, "", _WATCH),
    "EVKOP": Meaning(State.DELIVERED),
    "EVKSF": Meaning(State.DELIVERED, "safe_place"),
    "EVKSP": Meaning(State.DELIVERED, "signed"),
    "RSRXS": Meaning(None, "option_requested"),
}

CATEGORIES = {
    "pre-advice": Meaning(State.LABEL_CREATED),
    "in transit": Meaning(State.IN_TRANSIT),
    "out for delivery": Meaning(State.OUT_FOR_DELIVERY),
    "attempted delivery": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "ready for collection": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "delivered": Meaning(State.DELIVERED),
    "returned to sender": Meaning(State.RETURNING, "", _WATCH),
}

TROUBLES = {
    "E1142": Trouble.NOT_FOUND,
    "E1143": Trouble.NOT_FOUND,
    "E1144": Trouble.NOT_FOUND,
    "E1145": Trouble.NOT_FOUND,
    "E0004": Trouble.REQUEST,
}


def meaning(code: str, name: str) -> Meaning:
    known = EVENTS.get(code, UNKNOWN)
    if known.state is State.DELIVERED and not known.reason:
        return known._replace(reason=left_at(name))
    return known
