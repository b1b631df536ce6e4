"""What a parcel asks of its customer, and where that is done. Pure."""

from __future__ import annotations

from collections.abc import Collection

from aftercart.outreach.corrections.rules import Doing, doing
from aftercart.selfservice.rules import ASKING, Kind

# What such an answer is about, where no concern says it.
_ABOUT = {
    Kind.ASKED: "exception",
    Kind.ANSWERED: "exception",
    Kind.ATTEMPTED: "attempt_failed",
    Kind.COLLECT: "pickup_waiting",
}


def asks(kind: Kind, concerns: Collection[str], reason: str, attention: str) -> Doing:
    """`concerns`: the kinds of its open ones; `reason` and `attention` as its last scan says them."""
    if kind not in _ABOUT:
        return Doing.NOTHING
    return doing(next((one for one in ASKING if one in concerns), _ABOUT[kind]), reason, attention)
