"""AfterShip's words in ours: `subtag`, and each tag where the subtag is missing or plain."""

from __future__ import annotations

from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.facts import Attention, State

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

TAGS = {
    "pending": Meaning(State.NOT_FOUND),
    "inforeceived": Meaning(State.LABEL_CREATED),
    "intransit": Meaning(State.IN_TRANSIT),
    "outfordelivery": Meaning(State.OUT_FOR_DELIVERY),
    "attemptfail": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "availableforpickup": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "delivered": Meaning(State.DELIVERED),
    "exception": Meaning(State.FAILED, "", _WATCH),
    "expired": Meaning(None, "expired"),
}

SUBTAGS = {
    "intransit_002": Meaning(State.ACCEPTED),
    "intransit_005": Meaning(State.IN_CUSTOMS, "released"),
    "intransit_006": Meaning(State.IN_CUSTOMS, "customs"),
    "attemptfail_002": Meaning(State.ATTEMPT_FAILED, "not_home", _WATCH),
    "attemptfail_003": Meaning(State.ATTEMPT_FAILED, "closed", _WATCH),
    "delivered_002": Meaning(State.DELIVERED, "picked_up"),
    "delivered_003": Meaning(State.DELIVERED, "signed"),
    "delivered_004": Meaning(State.DELIVERED, "cash_on_delivery"),
    "delivered_005": Meaning(State.DELIVERED, "neighbour"),
    "exception_001": Meaning(State.FAILED, "", _WATCH),
    "exception_002": Meaning(State.FAILED, "moved", _WATCH),
    "exception_003": Meaning(State.RETURNING, "refused", _WATCH),
    "exception_004": Meaning(State.IN_CUSTOMS, "customs", _WATCH),
    "exception_005": Meaning(State.DELAYED, "external", _WATCH),
    "exception_006": Meaning(State.HELD, "payment", _ACTION),
    "exception_007": Meaning(State.HELD, "address", _ACTION),
    "exception_008": Meaning(State.HELD, "unclaimed", _ACTION),
    "exception_009": Meaning(State.FAILED, "rejected", _WATCH),
    "exception_010": Meaning(State.RETURNING, "", _WATCH),
    "exception_011": Meaning(State.RETURNED, "", _WATCH),
    "exception_012": Meaning(State.DAMAGED, "", _WATCH),
    "exception_013": Meaning(State.LOST, "", _WATCH),
    "exception_016": Meaning(State.DELAYED, "carrier", _WATCH),
    "exception_017": Meaning(State.DELAYED, "weather", _WATCH),
    "exception_018": Meaning(State.HELD, "documents", _ACTION),
}

# Subtags that say no more than their tag.
PLAIN = frozenset([
    "pending_001", "pending_002", "pending_003", "pending_004", "pending_005", "pending_006", "inforeceived_001",
    "intransit_001", "intransit_003", "intransit_004", "intransit_007", "intransit_008", "intransit_009",
    "outfordelivery_001", "outfordelivery_003", "outfordelivery_004", "attemptfail_001", "availableforpickup_001",
    "delivered_001", "expired_001",
])  # fmt: skip


def meaning(tag: str, subtag: str) -> Meaning:
    tag = (tag or subtag.partition("_")[0]).replace("_", "").replace(" ", "")
    if subtag in SUBTAGS and subtag.startswith(f"{tag}_"):
        return SUBTAGS[subtag]
    return TAGS.get(tag, UNKNOWN)


def is_known_subtag(subtag: str) -> bool:
    return not subtag or subtag in SUBTAGS or subtag in PLAIN
