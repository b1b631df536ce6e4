"""Canada Post's words in ours: event identifiers without their leading zeros, and the event types of a summary."""

from __future__ import annotations

import re

from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.faults import Trouble
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION


def _each(codes: str, meaning: Meaning) -> dict[str, Meaning]:
    return dict.fromkeys(codes.split(), meaning)


EVENTS = {
    **_each("3000 3001", Meaning(State.LABEL_CREATED)),
    **_each("2300 1300 1301 1302 1303", Meaning(State.ACCEPTED)),
    **_each("100 101 102 103 104 105 106 107 170 171 175 1400 1401 1402 1403 1404 1405", Meaning(State.IN_TRANSIT)),
    **_each("4310 4450 4500 4600", Meaning(State.IN_TRANSIT, "abroad")),
    **_each("800 4700", Meaning(State.IN_CUSTOMS, "customs")),
    **_each("117 810 1443", Meaning(State.IN_CUSTOMS, "customs", _WATCH)),
    **_each("118", Meaning(State.IN_CUSTOMS, "released")),
    **_each("174 500", Meaning(State.OUT_FOR_DELIVERY)),
    **_each("159 160 161 162 163 2412", Meaning(State.DELAYED, "carrier", _WATCH)),
    **_each("172 173", Meaning(State.DELAYED, "address", _WATCH)),
    **_each("1407 1410 1435 1436 1437 1438 1479 1701 2410", Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION)),
    **_each("156 1488", Meaning(State.AVAILABLE_FOR_PICKUP, "last_notice", _ACTION)),
    **_each("120 121 125 127 1411 1414 1484 1487 1494 2411 2414", Meaning(State.HELD, "", _WATCH)),
    **_each(
        "1408 1409 1421 1422 1423 1424 1425 1426 1427 1428 1429 1430 1431 1432 1433 1434 1441 1442 1496 1497 1498 1499",
        Meaning(State.DELIVERED),
    ),
    **_each("154", Meaning(State.RETURNING, "unclaimed", _WATCH)),
    **_each("150", Meaning(State.RETURNING, "refused", _WATCH)),
    **_each(
        "167 168 169 179 181 182 183 184 190 1100 1415 1416 1417 1418 1419 1420 1450 1481 1482 1483 1491 1492 1493"
        " 2600 2802 4650",
        Meaning(State.FAILED, "undeliverable", _WATCH),
    ),
    # The picture of a signature was filed: nothing happened to the parcel.
    **_each("20", Meaning(None, "signature")),
}

TYPES = {
    "INDUCTION": Meaning(State.ACCEPTED),
    "INFO": Meaning(State.IN_TRANSIT),
    "VEHICLE_INFO": Meaning(State.IN_TRANSIT),
    "OUT": Meaning(State.OUT_FOR_DELIVERY),
    "ATTEMPTED": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "TO_RETAIL": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "DELIVERED": Meaning(State.DELIVERED),
    "SIGNATURE": Meaning(State.DELIVERED, "signed"),
}

# "Being returned to sender" is one of the ways in which an item cannot be delivered.
_BACK = re.compile(r"\breturn(?:ed|ing)?\b.{0,20}\bto (?:the )?sender\b", re.IGNORECASE)

TROUBLES = {
    "004": Trouble.NOT_FOUND,
    "005": Trouble.NOT_FOUND,
    "E002": Trouble.REFUSED,
    "Server": Trouble.SLOW_DOWN,
}


def meaning(code: str, sentence: str) -> Meaning:
    known = EVENTS.get(code.lstrip("0"), UNKNOWN)
    if known.state is State.FAILED and _BACK.search(sentence):
        return Meaning(State.RETURNING, known.reason, _WATCH)
    if known.state is State.DELIVERED:
        return known._replace(reason=left_at(sentence))
    return known


def trouble(code: str) -> Trouble:
    """The codes that begin with AA are all about who asks."""
    return TROUBLES.get(code, Trouble.REFUSED if code.startswith("AA") else Trouble.BROKEN)
