"""What happens next, and what the customer can do, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aftercart.selfservice.rules import Answer, Kind, Tone, Why
from aftercart.selfservice.sentences import Particulars

_SETTLED_BY_US = (Kind.LOST, Kind.DAMAGED, Kind.FAILED, Kind.RETURNED)


def next_step(answer: Answer, about: Particulars) -> str:
    text = _next_of_kind(answer.kind) or _next_on_the_road(answer, about)
    return text.format_map(about.words)


def _next_of_kind(kind: Kind) -> str:
    return {
        Kind.OVERDUE: _("We check it every day. The new date will stand here."),
        Kind.UNDATED: _("{carrier} has not named a day yet. When it does, the day will stand here."),
        Kind.ASKED: _("It stays where it is until this is settled."),
        Kind.ATTEMPTED: _("Couriers usually try again on the next working day, or leave it at a pick-up point."),
        Kind.COLLECT: _("If nobody collects it, the pick-up point sends it back to us."),
        Kind.RETURNING: _("When it is back with us, you will see it here."),
        Kind.RETURNED: _("You get a new parcel or your money back: the choice is yours."),
        Kind.LOST: _("You get a new parcel or your money back: the choice is yours."),
        Kind.DAMAGED: _("You get a new parcel or your money back: the choice is yours."),
        Kind.FAILED: _("You get a new parcel or your money back: the choice is yours."),
    }.get(kind, "")


def _next_on_the_road(answer: Answer, about: Particulars) -> str:
    if answer.kind in (Kind.DELIVERED, Kind.CANCELLED):
        return ""
    if answer.why in (Why.PACKING, Why.PACKING_SLOW):
        return _("It goes to the carrier. From then on you see each step here.")
    if answer.why in (Why.READY, Why.UNSCANNED):
        return _("{carrier} collects it next.")
    if answer.why is Why.STALLED:
        return _("We check it every day. When it moves, you will see it here.")
    if answer.kind is Kind.TODAY and answer.why is Why.COURIER_OUT:
        return _("The courier brings it today.")
    if about.destination:
        return _("It goes out for delivery in {destination}.")
    return _("It goes out for delivery.")


def can_do(answer: Answer, about: Particulars) -> str:
    return _for_kind(answer, about.reason).format_map(about.words)


def _for_kind(answer: Answer, reason: str) -> str:
    if answer.kind in _SETTLED_BY_US:
        return _("Write to us with “send again” or “refund”.")
    if answer.kind is Kind.ASKED and reason in ("payment", "customs", "docs"):
        return _("The carrier’s page says what is missing and how to settle it.")
    said = {
        Kind.ASKED: _("Write to us with your full address, the flat and a phone number: we pass it on."),
        Kind.ATTEMPTED: _("Choose another day or place on the carrier’s page, or write to us."),
        Kind.COLLECT: _("Take an identity card with you."),
        Kind.DELIVERED: _("Not with you? Ask your neighbours and look around the door, then write to us."),
        Kind.RETURNING: _("Write to us with the right address and “send again”, or with “refund”."),
        Kind.CANCELLED: _("If you did not expect this, write to us."),
    }
    if answer.kind in said:
        return said[answer.kind]
    if answer.tone in (Tone.LATE, Tone.WATCH):
        return _("If you would rather not wait, write to us: a person answers.")
    return ""
