"""FedEx's words in ours: the type of a scan, the code of its exception, the kind of a delay."""

from __future__ import annotations

from aftercart.connectors.faults import Trouble
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

EVENTS = {
    "OC": Meaning(State.LABEL_CREATED),
    "IN": Meaning(State.LABEL_CREATED),
    "MD": Meaning(State.LABEL_CREATED),
    "OX": Meaning(State.LABEL_CREATED, "local_post"),
    "EP": Meaning(State.LABEL_CREATED),
    "PD": Meaning(State.LABEL_CREATED, "pickup_delayed", _WATCH),
    "PU": Meaning(State.ACCEPTED),
    "PX": Meaning(State.ACCEPTED),
    "AP": Meaning(State.ACCEPTED),
    "DO": Meaning(State.ACCEPTED, "dropped_off"),
    "AA": Meaning(State.IN_TRANSIT),
    "AC": Meaning(State.IN_TRANSIT, "local_post"),
    "AD": Meaning(State.IN_TRANSIT),
    "AF": Meaning(State.IN_TRANSIT),
    "AR": Meaning(State.IN_TRANSIT),
    "AX": Meaning(State.IN_TRANSIT, "local_post"),
    "DP": Meaning(State.IN_TRANSIT),
    "DS": Meaning(State.IN_TRANSIT),
    "EO": Meaning(State.IN_TRANSIT),
    "FD": Meaning(State.IN_TRANSIT),
    "IT": Meaning(State.IN_TRANSIT),
    "IX": Meaning(State.IN_TRANSIT),
    "LO": Meaning(State.IN_TRANSIT),
    "OF": Meaning(State.IN_TRANSIT),
    "PF": Meaning(State.IN_TRANSIT),
    "PL": Meaning(State.IN_TRANSIT),
    "PM": Meaning(State.IN_TRANSIT),
    "SF": Meaning(State.IN_TRANSIT),
    "TR": Meaning(State.IN_TRANSIT),
    "EA": Meaning(State.IN_CUSTOMS, "export"),
    "CP": Meaning(State.IN_CUSTOMS, "customs"),
    "CC": Meaning(State.IN_CUSTOMS, "released"),
    "CD": Meaning(State.IN_CUSTOMS, "customs", _WATCH),
    "OD": Meaning(State.OUT_FOR_DELIVERY),
    "ED": Meaning(State.OUT_FOR_DELIVERY),
    "HL": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "HP": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "DE": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "DD": Meaning(State.DELAYED, "carrier", _WATCH),
    "DY": Meaning(State.DELAYED, "carrier", _WATCH),
    "RL": Meaning(State.DELAYED, "carrier", _WATCH),
    "SE": Meaning(State.DELAYED, "carrier", _WATCH),
    "DL": Meaning(State.DELIVERED),
    "RS": Meaning(State.RETURNING, "", _WATCH),
    "CA": Meaning(State.CANCELLED),
    # They tell of a date, of a wish, of a label: the parcel is where it was.
    "AE": Meaning(None, "estimate"),
    "AO": Meaning(None, "estimate"),
    "AS": Meaning(None, "address_corrected"),
    "CH": Meaning(None, "address_corrected"),
    "RR": Meaning(None, "option_requested"),
    "HA": Meaning(None, "option_requested"),
    "RP": Meaning(None, "return_label"),
    "RM": Meaning(None, "return_label"),
    "LC": Meaning(None, "return_label"),
}

# The exceptions that say more than their scan does (DE, SE, DY).
EXCEPTIONS = {
    "03": Meaning(State.HELD, "address", _ACTION),
    "07": Meaning(State.ATTEMPT_FAILED, "refused", _WATCH),
    "08": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "10": Meaning(State.DAMAGED, "", _WATCH),
    "15": Meaning(State.ATTEMPT_FAILED, "closed", _WATCH),
    "17": Meaning(State.DELAYED, "requested", _WATCH),
    "A47": Meaning(State.IN_TRANSIT, "redirected"),
    "A52": Meaning(State.DELAYED, "carrier", _WATCH),
}
REFINED = frozenset(["DE", "SE", "DY", "DD"])

DELAYS = {
    "WEATHER": "weather",
    "CUSTOMS": "customs",
    "OPERATIONAL": "carrier",
    "INTERNAL": "carrier",
    "LOCAL": "local",
    "GENERAL": "carrier",
    "SHIPPER": "sender",
}

TROUBLES = {
    "TRACKING.TRACKINGNUMBER.NOTFOUND": Trouble.NOT_FOUND,
    "TRACKING.REFERENCENUMBER.NOTFOUND": Trouble.NOT_FOUND,
    "TRACKING.DATA.NOTFOUND": Trouble.NOT_FOUND,
    "TRACKING.TRACKINGNUMBER.INVALID": Trouble.INVALID,
    "TRACKING.TRACKINGNUMBER.EMPTY": Trouble.REQUEST,
    "TRACKING.INVALID.TRACKINGNUMBERS": Trouble.INVALID,
    "INVALID.INPUT.EXCEPTION": Trouble.REQUEST,
    "NOT.AUTHORIZED.ERROR": Trouble.REFUSED,
    "FORBIDDEN.ERROR": Trouble.REFUSED,
    "LOGIN.REAUTHENTICATE.ERROR": Trouble.REFUSED,
    "BAD.REQUEST.ERROR": Trouble.REQUEST,
    "TOO.MANY.REQUESTS.ERROR": Trouble.SLOW_DOWN,
}


def meaning(event: str, exception: str, delay: str) -> Meaning:
    said = EVENTS.get(event, UNKNOWN)
    if event in REFINED:
        said = EXCEPTIONS.get(exception, said)
    if said.state is State.DELAYED and delay in DELAYS:
        return said._replace(reason=DELAYS[delay])
    return said


def is_known_exception(event: str, exception: str) -> bool:
    return event not in REFINED or not exception or exception in EXCEPTIONS
