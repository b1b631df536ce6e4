"""USPS's words in ours: the event code, and the category of the whole where no event tells it."""

from __future__ import annotations

import re

from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

EVENTS = {
    "GX": Meaning(State.LABEL_CREATED),
    "MA": Meaning(State.LABEL_CREATED),
    "89": Meaning(State.LABEL_CREATED),
    "03": Meaning(State.ACCEPTED),
    "OA": Meaning(State.ACCEPTED),
    "PA": Meaning(State.ACCEPTED),
    "TM": Meaning(State.ACCEPTED),
    "UA": Meaning(State.ACCEPTED),
    "AD": Meaning(State.ACCEPTED),
    "80": Meaning(State.ACCEPTED, "partner"),
    "81": Meaning(State.IN_TRANSIT, "partner"),
    "82": Meaning(State.IN_TRANSIT, "partner"),
    "83": Meaning(State.IN_TRANSIT, "partner"),
    "42": Meaning(State.IN_TRANSIT, "partner"),
    "06": Meaning(State.IN_TRANSIT, "forwarded"),
    "07": Meaning(State.IN_TRANSIT),
    "10": Meaning(State.IN_TRANSIT),
    "41": Meaning(State.IN_TRANSIT),
    "A1": Meaning(State.IN_TRANSIT),
    "EF": Meaning(State.IN_TRANSIT),
    "L1": Meaning(State.IN_TRANSIT),
    "NT": Meaning(State.IN_TRANSIT),
    "PC": Meaning(State.IN_TRANSIT),
    "SF": Meaning(State.IN_TRANSIT),
    "T1": Meaning(State.IN_TRANSIT),
    "TL": Meaning(State.IN_TRANSIT),
    "U1": Meaning(State.IN_TRANSIT),
    "OF": Meaning(State.OUT_FOR_DELIVERY),
    "08": Meaning(State.DELAYED, "missort", _WATCH),
    "15": Meaning(State.DELAYED, "missort", _WATCH),
    "71": Meaning(State.DELAYED, "rescheduled", _WATCH),
    "02": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "30": Meaning(State.ATTEMPT_FAILED, "access", _ACTION),
    "51": Meaning(State.ATTEMPT_FAILED, "closed", _WATCH),
    "52": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "53": Meaning(State.ATTEMPT_FAILED, "access", _ACTION),
    "54": Meaning(State.ATTEMPT_FAILED, "too_large", _ACTION),
    "55": Meaning(State.ATTEMPT_FAILED, "no_safe_place", _ACTION),
    "56": Meaning(State.ATTEMPT_FAILED, "not_home", _ACTION),
    "14": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "16": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "01": Meaning(State.DELIVERED),
    "17": Meaning(State.DELIVERED, "agent"),
    "05": Meaning(State.FAILED, "undeliverable", _WATCH),
    "11": Meaning(State.FAILED, "undeliverable", _WATCH),
    "04": Meaning(State.RETURNING, "refused", _WATCH),
    "09": Meaning(State.RETURNING, "", _WATCH),
    "21": Meaning(State.RETURNING, "address", _WATCH),
    "22": Meaning(State.RETURNING, "address", _WATCH),
    "23": Meaning(State.RETURNING, "moved", _WATCH),
    "24": Meaning(State.RETURNING, "moved", _WATCH),
    "25": Meaning(State.RETURNING, "address", _WATCH),
    "26": Meaning(State.RETURNING, "address", _WATCH),
    "27": Meaning(State.RETURNING, "unclaimed", _WATCH),
    "28": Meaning(State.RETURNING, "undeliverable", _WATCH),
    "29": Meaning(State.RETURNING, "", _WATCH),
    "31": Meaning(State.RETURNING, "unclaimed", _WATCH),
    "44": Meaning(State.RETURNING, "requested", _WATCH),
    "DX": Meaning(None, "not_updated"),
}

CATEGORIES = {
    "pre-shipment": Meaning(State.LABEL_CREATED),
    "accepted": Meaning(State.ACCEPTED),
    "in transit": Meaning(State.IN_TRANSIT),
    "out for delivery": Meaning(State.OUT_FOR_DELIVERY),
    "delivery attempt": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "available for pickup": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "delivered": Meaning(State.DELIVERED),
    "delivered to agent": Meaning(State.DELIVERED, "agent"),
    "alert": Meaning(None, "alert", _WATCH),
}

# In the sentence of an event that only says that the parcel moves: USPS keeps no date any more.
LATE = re.compile(r"\barriving late\b|\bdelayed\b", re.IGNORECASE)


def meaning(code: str, sentence: str) -> Meaning:
    known = EVENTS.get(code, UNKNOWN)
    if known.state is State.DELIVERED and not known.reason:
        return known._replace(reason=left_at(sentence))
    if known.state is State.IN_TRANSIT and LATE.search(sentence):
        return Meaning(State.DELAYED, "carrier", _WATCH)
    return known
