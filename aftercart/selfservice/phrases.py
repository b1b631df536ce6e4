"""The sentences of the page that are chosen from a table. Marked here, translated where they are said."""

from __future__ import annotations

from django.utils.translation import gettext_noop as mark

from aftercart.selfservice.rules import Kind, Why


def both(text: str) -> tuple[str, str]:
    return text, text


# With the town of the last scan, and without one.
SAID: dict[Why, tuple[str, str]] = {
    Why.PACKING: both(mark("We received your order on {placed} and are packing it.")),
    Why.PACKING_SLOW: both(
        mark("We received your order on {placed}. It is still in our warehouse, longer than usual.")
    ),
    Why.REST_SLOW: both(
        mark("A part of your order has arrived. This part is still in our warehouse, longer than usual.")
    ),
    Why.PREORDER: both(mark("It is a preorder. It leaves us on {leaves}.")),
    Why.LAUNCH: both(mark("It is new and not out yet. It leaves us on {leaves}.")),
    Why.BACKORDER: both(mark("It is out of stock and on its way to us. It leaves us on {leaves}.")),
    Why.CLOSED: both(mark("We do not pack on some of these days. It leaves us on {leaves}.")),
    Why.BUSY: both(mark("Many orders come in these days, so it takes longer than usual.")),
    Why.READY: both(mark("Your parcel is packed. {carrier} has not scanned it yet.")),
    Why.UNSCANNED: both(mark("Your parcel was ready on {date}. {carrier} has not scanned it since then.")),
    Why.MOVING: (mark("Last scanned in {place} on {moment}."), mark("Last scanned on {moment}.")),
    Why.CUSTOMS: (
        mark("It has been at customs in {place} since {date}."),
        mark("It has been at customs since {date}."),
    ),
    Why.COURIER_OUT: (
        mark("The courier left {place} with it on {moment}."),
        mark("It went out with the courier on {moment}."),
    ),
    Why.DELAYED: both(mark("{carrier} reports a delay.")),
    Why.HELD: (
        mark("{carrier} has held it in {place} since {date}."),
        mark("{carrier} has held it since {date}."),
    ),
    Why.STALLED: (mark("It has not moved since {date} in {place}."), mark("It has not moved since {date}.")),
    Why.DWELLING: (
        mark("It has been in {place} since {date}, longer than usual."),
        mark("It has been in the same place since {date}, longer than usual."),
    ),
    Why.CUSTOMS_SLOW: (
        mark("It has been at customs in {place} since {date}, longer than usual."),
        mark("It has been at customs since {date}, longer than usual."),
    ),
    Why.OUT_IN_VAIN: both(mark("It went out with the courier on {moment} and did not reach you.")),
    Why.CIRCLING: (
        mark("It came back to {place} on {date}, where it had been before."),
        mark("It came back on {date} to a place where it had been before."),
    ),
    Why.BEHIND: both(mark("A part of your order has arrived. This parcel is further behind than usual.")),
    Why.MOVES_AGAIN: (
        mark("It is moving again: last scanned in {place} on {moment}."),
        mark("It is moving again: last scanned on {moment}."),
    ),
    Why.ASKED: (mark("{carrier} stopped it in {place} on {date}."), mark("{carrier} stopped it on {date}.")),
    Why.ATTEMPTED: both(mark("{carrier} could not hand it over on {moment}.")),
    Why.COLLECT: (
        mark("It has been waiting for you in {place} since {date}."),
        mark("It has been waiting for you since {date}."),
    ),
    Why.DELIVERED: (
        mark("{carrier} delivered it in {place} on {moment}."),
        mark("{carrier} delivered it on {moment}."),
    ),
    Why.MISSING: both(
        mark("{carrier} marked it as delivered on {moment}. You told us on {reported} that it is not there.")
    ),
    Why.ELSEWHERE: (
        mark("{carrier} scanned it in {place} on {moment}. It should go to {destination}."),
        mark("{carrier} scanned it on {moment}. It should go to {destination}."),
    ),
    Why.REFUSED: both(mark("{carrier} says that it was refused at the door on {date}.")),
    Why.RETURNING: both(mark("{carrier} turned it back on {date}.")),
    Why.RETURNED: both(mark("It reached our warehouse on {date}.")),
    Why.LOST_SAID: both(mark("{carrier} told us on {date} that it cannot find your parcel.")),
    Why.LOST_SILENT: (
        mark("It was last scanned in {place} on {date}. After so long we treat it as lost."),
        mark("It was last scanned on {date}. After so long we treat it as lost."),
    ),
    Why.DAMAGED: both(mark("{carrier} told us on {date} that it was damaged.")),
    Why.FAILED: both(mark("{carrier} told us on {date} that it cannot deliver it.")),
    Why.CANCELLED: both(mark("Nothing more will be sent for it.")),
}
WITH_CAUSE = frozenset({Why.DELAYED, Why.HELD, Why.ATTEMPTED, Why.DELIVERED, Why.RETURNING, Why.FAILED})
CAUSES = {
    "address": mark("The address is not complete or not right."),
    "weather": mark("The weather holds it up."),
    "carrier": mark("Its network is slower than planned."),
    "missort": mark("It was sent to the wrong depot first."),
    "payment": mark("A payment is due."),
    "customs": mark("Customs is checking it."),
    "docs": mark("A document is missing."),
    "not_home": mark("Nobody was at home."),
    "closed": mark("The address was closed."),
    "access": mark("The courier could not get to the door."),
    "refused": mark("It was refused at the door."),
    "unclaimed": mark("Nobody collected it."),
    "undeliverable": mark("It could not be delivered at this address."),
    "locker": mark("It is in a parcel locker."),
    "neighbour": mark("It is with a neighbour."),
    "signed": mark("Somebody signed for it."),
}
REQUESTS = {
    "address": mark("the courier needs your full address"),
    "payment": mark("a payment is due"),
    "customs": mark("customs asks for something"),
    "docs": mark("customs needs a document"),
}
SAME_REQUEST = {"documents": "docs", "customs_documents": "docs", "moved": "address", "invalid_address": "address"}
ANY_REQUEST = mark("the courier needs an answer")
ENDED = {
    Kind.ANSWERED: mark("What you told us goes to the carrier"),
    Kind.RETURNING: mark("On its way back to us"),
    Kind.REFUSED: mark("Refused at the door, and on its way back to us"),
    Kind.NOT_RECEIVED: mark("Delivered, says the carrier, and not with you"),
    Kind.LOST: mark("Your parcel is lost"),
    Kind.DAMAGED: mark("Damaged on the way"),
    Kind.FAILED: mark("It could not be delivered"),
}
