"""DHL's words in ours: the checkpoints of Express, and the few status codes of the unified API."""

from __future__ import annotations

import re

from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

CHECKPOINTS = {
    "DUMMY_PU": Meaning(State.LABEL_CREATED),
    "PU": Meaning(State.ACCEPTED),
    "SA": Meaning(State.ACCEPTED),
    "AF": Meaning(State.IN_TRANSIT),
    "AR": Meaning(State.IN_TRANSIT),
    "CI": Meaning(State.IN_TRANSIT),
    "CU": Meaning(State.IN_TRANSIT),
    "DF": Meaning(State.IN_TRANSIT),
    "FD": Meaning(State.IN_TRANSIT, "forwarded"),
    "HN": Meaning(State.IN_TRANSIT),
    "HO": Meaning(State.IN_TRANSIT),
    "LV": Meaning(State.IN_TRANSIT),
    "PL": Meaning(State.IN_TRANSIT),
    "PO": Meaning(State.IN_TRANSIT),
    "RW": Meaning(State.IN_TRANSIT),
    "TP": Meaning(State.IN_TRANSIT, "partner"),
    "TR": Meaning(State.IN_TRANSIT),
    "UV": Meaning(State.IN_TRANSIT),
    "BL": Meaning(State.IN_CUSTOMS, "customs"),
    "ES": Meaning(State.IN_CUSTOMS, "customs"),
    "IC": Meaning(State.IN_CUSTOMS, "customs"),
    "SI": Meaning(State.IN_CUSTOMS, "customs"),
    "BN": Meaning(State.IN_CUSTOMS, "broker", _WATCH),
    "CD": Meaning(State.IN_CUSTOMS, "customs", _WATCH),
    "UD": Meaning(State.IN_CUSTOMS, "customs", _WATCH),
    "BR": Meaning(State.IN_CUSTOMS, "released"),
    "CR": Meaning(State.IN_CUSTOMS, "released"),
    "WC": Meaning(State.OUT_FOR_DELIVERY),
    "CA": Meaning(State.ATTEMPT_FAILED, "closed", _WATCH),
    "ND": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "NH": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "RD": Meaning(State.ATTEMPT_FAILED, "refused", _WATCH),
    "CC": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "AD": Meaning(State.DELAYED, "requested", _WATCH),
    "IR": Meaning(State.DELAYED, "missort", _WATCH),
    "MC": Meaning(State.DELAYED, "missort", _WATCH),
    "MD": Meaning(State.DELAYED, "carrier", _WATCH),
    "MS": Meaning(State.DELAYED, "missort", _WATCH),
    "NA": Meaning(State.DELAYED, "carrier", _WATCH),
    "TD": Meaning(State.DELAYED, "carrier", _WATCH),
    "BA": Meaning(State.HELD, "address", _ACTION),
    "CM": Meaning(State.HELD, "address", _ACTION),
    "HP": Meaning(State.HELD, "payment", _ACTION),
    "DP": Meaning(State.HELD, "", _WATCH),
    "HI": Meaning(State.HELD, "", _WATCH),
    "OH": Meaning(State.HELD, "", _WATCH),
    "SS": Meaning(State.HELD, "", _WATCH),
    "ST": Meaning(State.HELD, "requested", _WATCH),
    "OK": Meaning(State.DELIVERED),
    "DD": Meaning(State.DELIVERED, "damaged", _WATCH),
    "DM": Meaning(State.DAMAGED, "", _WATCH),
    "DS": Meaning(State.DAMAGED, "destroyed", _WATCH),
    "RT": Meaning(State.RETURNING, "", _WATCH),
    # Of papers, money and searches: the parcel is where it was.
    "CS": Meaning(None, "closed_shipment"),
    "DI": Meaning(None, "duty_invoice"),
    "IA": Meaning(None, "image"),
    "PD": Meaning(None, "partial_delivery"),
    "PY": Meaning(None, "payment"),
    "RR": Meaning(None, "response"),
    "SC": Meaning(None, "service_changed"),
    "SM": Meaning(None, "planned"),
    "TI": Meaning(None, "trace"),
    "TT": Meaning(None, "trace"),
}

STATUSES = {
    "pre-transit": Meaning(State.LABEL_CREATED),
    "transit": Meaning(State.IN_TRANSIT),
    "delivered": Meaning(State.DELIVERED),
    "failure": Meaning(State.FAILED, "", _WATCH),
    "unknown": Meaning(None, "unknown"),
}

# The unified API has one word for everything between label and door; what DHL's own sentence says more is heard. Only
# words that it uses of the parcel itself, and never against a status that says it arrived.
SENTENCES = {
    r"out for delivery|out with (?:the )?courier|with delivery courier|loaded onto the delivery vehicle": Meaning(
        State.OUT_FOR_DELIVERY
    ),
    r"clearance processing complete|cleared customs|released by customs|customs clearance completed": Meaning(
        State.IN_CUSTOMS, "released"
    ),
    r"clearance|customs": Meaning(State.IN_CUSTOMS, "customs"),
    r"ready for (?:pick-?up|collection)|available for (?:pick-?up|collection)|awaiting collection": Meaning(
        State.AVAILABLE_FOR_PICKUP, "", _ACTION
    ),
    r"(?:could not|cannot) be delivered|delivery attempt|unsuccessful delivery|recipient was not": Meaning(
        State.ATTEMPT_FAILED, "", _WATCH
    ),
    r"return(?:ed|ing|s)? to (?:the )?(?:sender|shipper)|return shipment": Meaning(State.RETURNING, "", _WATCH),
    r"\b(?:on hold|held)\b": Meaning(State.HELD, "", _WATCH),
    r"\bdelay": Meaning(State.DELAYED, "carrier", _WATCH),
    r"picked up|been collected": Meaning(State.ACCEPTED),
}
_SENTENCES = [(re.compile(pattern, re.IGNORECASE), meant) for pattern, meant in SENTENCES.items()]
_REFINED = frozenset(["transit", "failure"])


def checkpoint(code: str, sentence: str) -> Meaning:
    known = CHECKPOINTS.get(code, UNKNOWN)
    if known.state is State.DELIVERED and not known.reason:
        return known._replace(reason=left_at(sentence))
    return known


def unified(status: str, sentence: str) -> Meaning:
    known = STATUSES.get(status, UNKNOWN)
    if known.state is State.DELIVERED:
        return known._replace(reason=left_at(sentence))
    if status not in _REFINED:
        return known
    return next((meant for pattern, meant in _SENTENCES if pattern.search(sentence)), known)
