"""UPS's words in ours: an activity's code, its type, and the package status code that UPS gives with it."""

from __future__ import annotations

from aftercart.connectors.faults import Trouble
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

# Types that say all there is to say.
TYPES = {
    "D": Meaning(State.DELIVERED),
    "M": Meaning(State.LABEL_CREATED),
    "MV": Meaning(State.CANCELLED),
    "P": Meaning(State.ACCEPTED),
    "O": Meaning(State.OUT_FOR_DELIVERY),
    "RS": Meaning(State.RETURNING, "", _WATCH),
    "DO": Meaning(State.DELIVERED, "origin_cfs"),
    "DD": Meaning(State.DELIVERED, "destination_cfs"),
    "NA": Meaning(State.NOT_FOUND),
}
# The type that the codes below refine: a movement, whatever the code.
MOVING = Meaning(State.IN_TRANSIT)

# Codes of movements (type I), of exceptions (X) and of what is stored (W).
CODES = {
    "I/OR": Meaning(State.ACCEPTED),
    "I/XD": Meaning(State.ACCEPTED, "dropped_off"),
    "I/AR": Meaning(State.IN_TRANSIT),
    "I/DP": Meaning(State.IN_TRANSIT),
    "I/DS": Meaning(State.IN_TRANSIT),
    "I/PC": Meaning(State.IN_TRANSIT),
    "I/YP": Meaning(State.IN_TRANSIT),
    "I/EP": Meaning(State.IN_TRANSIT, "export"),
    "I/IP": Meaning(State.IN_TRANSIT, "import"),
    "I/OT": Meaning(State.OUT_FOR_DELIVERY),
    "I/OF": Meaning(State.OUT_FOR_DELIVERY),
    "I/LC": Meaning(State.OUT_FOR_DELIVERY, "loaded"),
    "I/CC": Meaning(State.IN_CUSTOMS, "released"),
    "I/SR": Meaning(State.IN_CUSTOMS, "released"),
    "I/2Q": Meaning(State.AVAILABLE_FOR_PICKUP, "access_point", _ACTION),
    "I/2W": Meaning(State.AVAILABLE_FOR_PICKUP, "access_point", _ACTION),
    "X/SR": Meaning(State.IN_CUSTOMS, "released"),
    "X/DJ": Meaning(State.DELAYED, "weather", _WATCH),
    "X/DY": Meaning(State.DELAYED, "carrier", _WATCH),
    "X/48": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "X/49": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "X/50": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "X/RS": Meaning(State.RETURNING, "", _WATCH),
}

# Package status codes, which UPS gives beside a type that says less (I, X, W).
STATUSES = {
    "003": Meaning(State.LABEL_CREATED),
    "005": Meaning(State.IN_TRANSIT),
    "006": Meaning(State.OUT_FOR_DELIVERY),
    "007": Meaning(State.CANCELLED),
    "010": Meaning(State.IN_TRANSIT),
    "011": Meaning(State.DELIVERED),
    "012": Meaning(State.IN_CUSTOMS, "customs"),
    "014": Meaning(State.IN_CUSTOMS, "released"),
    "016": Meaning(State.HELD, "warehouse", _WATCH),
    "017": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "018": Meaning(State.HELD, "requested", _WATCH),
    "019": Meaning(State.HELD, "future_delivery", _WATCH),
    "020": Meaning(State.HELD, "future_delivery", _WATCH),
    "021": Meaning(State.OUT_FOR_DELIVERY),
    "022": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "023": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "024": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "025": Meaning(State.IN_TRANSIT, "local_post"),
    "026": Meaning(State.DELIVERED, "local_post"),
    "027": Meaning(State.DELAYED, "rescheduled", _WATCH),
    "028": Meaning(State.DELAYED, "rescheduled", _WATCH),
    "029": Meaning(State.HELD, "contact_carrier", _ACTION),
    "032": Meaning(State.DELAYED, "weather", _WATCH),
    "033": Meaning(State.RETURNING, "requested", _WATCH),
    "034": Meaning(State.RETURNED, "", _WATCH),
    "035": Meaning(State.RETURNING, "", _WATCH),
    "036": Meaning(State.RETURNING, "", _WATCH),
    "037": Meaning(State.RETURNING, "", _WATCH),
    "038": Meaning(State.ACCEPTED),
    "039": Meaning(State.IN_TRANSIT, "local_post"),
    "040": Meaning(State.AVAILABLE_FOR_PICKUP, "access_point", _ACTION),
    "043": Meaning(State.CANCELLED),
    "044": Meaning(State.IN_TRANSIT),
    "045": Meaning(State.IN_TRANSIT),
    "046": Meaning(State.DELAYED, "carrier", _WATCH),
    "047": Meaning(State.DELAYED, "carrier", _WATCH),
    "048": Meaning(State.DELAYED, "weather", _WATCH),
    "049": Meaning(State.DELAYED, "weather", _WATCH),
    "050": Meaning(State.DELAYED, "weather", _WATCH),
}

TROUBLES = {
    "TW0001": Trouble.NOT_FOUND,
    "151022": Trouble.NOT_FOUND,
    "151044": Trouble.NOT_FOUND,
    "TV1002": Trouble.INVALID,
    "151018": Trouble.INVALID,
    "10400": Trouble.REFUSED,
    "10401": Trouble.REFUSED,
    "10403": Trouble.REFUSED,
    "250002": Trouble.REFUSED,
    "250003": Trouble.REFUSED,
    "250005": Trouble.REFUSED,
    "250006": Trouble.REFUSED,
    "250007": Trouble.REFUSED,
    "250009": Trouble.REFUSED,
    "10429": Trouble.SLOW_DOWN,
    "TV1001": Trouble.REQUEST,
}


def meaning(type_: str, code: str, status: str) -> Meaning:
    """The finest word that we know. An exception whose code and status are both new says nothing that we could show."""
    known = CODES.get(f"{type_}/{code}") or TYPES.get(type_)
    if known is not None:
        return known
    if type_ not in ("I", "X", "W"):
        return UNKNOWN
    return STATUSES.get(status) or (MOVING if type_ == "I" else UNKNOWN)


def is_known(type_: str, code: str, status: str) -> bool:
    return f"{type_}/{code}" in CODES or type_ in TYPES or status in STATUSES or (type_ == "I" and not code)
