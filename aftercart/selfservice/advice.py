"""What happens next, and what the customer can do, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from aftercart.selfservice.rules import Answer, Kind, Tone, Why
from aftercart.selfservice.sentences import Particulars

_CHOICE = mark("You get a new parcel or your money back: the choice is yours.")
_CHOOSE = mark("Write to us with “send again” or “refund”.")
_NEXT = {
    Kind.OVERDUE: mark("We check it every day. The new date will stand here."),
    Kind.UNDATED: mark("{carrier} has not named a day yet. When it does, the day will stand here."),
    Kind.ASKED: mark("It stays where it is until this is settled."),
    Kind.ANSWERED: mark("It moves on once the carrier has it. The new date will stand here."),
    Kind.ATTEMPTED: mark("Couriers usually try again on the next working day, or leave it at a pick-up point."),
    Kind.COLLECT: mark("If nobody collects it, the pick-up point sends it back to us."),
    Kind.RETURNING: mark("When it is back with us, you will see it here."),
    Kind.RETURNED: _CHOICE,
    Kind.LOST: _CHOICE,
    Kind.DAMAGED: _CHOICE,
    Kind.FAILED: _CHOICE,
    Kind.REFUSED: mark("When it is back with us, you will see it here."),
    Kind.NOT_RECEIVED: _CHOICE,
    Kind.MISSING: mark(
        "Parcels are sometimes scanned too early. If it is not there by {until}, you get a new one or your money back."
    ),
    Kind.ELSEWHERE: mark("If it is not with you, you get a new parcel or your money back: the choice is yours."),
    Kind.DELIVERED: "",
    Kind.CANCELLED: "",
}
_PACKING = mark("It goes to the carrier. From then on you see each step here.")
_CHECKED = mark("We check it every day. When it moves, you will see it here.")
_COLLECTED = mark("{carrier} collects it next.")
_ON_THE_ROAD = {
    Why.PACKING: _PACKING,
    Why.PACKING_SLOW: _PACKING,
    Why.PREORDER: _PACKING,
    Why.LAUNCH: _PACKING,
    Why.BACKORDER: _PACKING,
    Why.CLOSED: _PACKING,
    Why.BUSY: _PACKING,
    Why.READY: _COLLECTED,
    Why.UNSCANNED: _COLLECTED,
    Why.REST_SLOW: _PACKING,
    Why.STALLED: _CHECKED,
    Why.DWELLING: _CHECKED,
    Why.CUSTOMS_SLOW: _CHECKED,
    Why.CIRCLING: _CHECKED,
    Why.OUT_IN_VAIN: mark("Couriers usually try again on the next working day, or leave it at a pick-up point."),
}
_CAN_DO = {
    Kind.ASKED: mark("Write to us with your full address, the flat and a phone number: we pass it on."),
    Kind.ATTEMPTED: mark("Choose another day or place on the carrier’s page, or write to us."),
    Kind.COLLECT: mark("Take an identity card with you."),
    Kind.DELIVERED: mark("Not with you? Ask your neighbours and look around the door, then tell us."),
    Kind.MISSING: mark(
        "Ask your neighbours, and look around the door, in the letterbox and where parcels are left for you."
    ),
    Kind.NOT_RECEIVED: _CHOOSE,
    Kind.ELSEWHERE: mark("Not with you, or not yours? Write to us with “send again” or “refund”."),
    Kind.REFUSED: mark("You did not refuse it? Write to us with “send again”. Otherwise with “refund”."),
    Kind.RETURNING: mark("Write to us with the right address and “send again”, or with “refund”."),
    Kind.RETURNED: _CHOOSE,
    Kind.LOST: _CHOOSE,
    Kind.DAMAGED: _CHOOSE,
    Kind.FAILED: _CHOOSE,
    Kind.CANCELLED: mark("If you did not expect this, write to us."),
}

_ON_THEIR_PAGE = frozenset({"payment", "customs", "docs", "documents", "customs_documents"})


def next_step(answer: Answer, about: Particulars) -> str:
    if answer.kind is Kind.COLLECT and about.collect_by:
        return _("It is kept there until {collect_by}. Then it is sent back to us.").format_map(about.words)
    if answer.kind in _NEXT:
        text = _NEXT[answer.kind]
        return _(text).format_map(about.words) if text else ""
    return _next_on_the_road(answer, about).format_map(about.words)


def _next_on_the_road(answer: Answer, about: Particulars) -> str:
    if answer.why in _ON_THE_ROAD:
        return _(_ON_THE_ROAD[answer.why])
    if answer.kind is Kind.TODAY and answer.why is Why.COURIER_OUT:
        return _("The courier brings it today.")
    if about.destination:
        return _("It goes out for delivery in {destination}.")
    return _("It goes out for delivery.")


def can_do(answer: Answer, about: Particulars) -> str:
    if answer.kind is Kind.ASKED and about.reason in _ON_THEIR_PAGE:
        return _("The carrier’s page says what is missing and how to settle it.")
    if answer.kind in _CAN_DO:
        return _(_CAN_DO[answer.kind])
    if answer.kind is not Kind.ANSWERED and answer.tone in (Tone.LATE, Tone.WATCH):
        return _("If you would rather not wait, write to us: a person answers.")
    return ""
