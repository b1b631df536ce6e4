"""Answers in words: the headline, why it is so, what happens next, what the customer can do.

The name of the carrier only ever begins a sentence ("PostNL has …", "The carrier has …"), so that the sentence is
right in every language whether we know the name or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftercart.look.formats import Reader
from aftercart.selfservice.rules import DATED, Answer, Kind, Why

strong = partial(format_html, "<strong>{}</strong>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What the sentences about one parcel name. `since`: when its present state began, on the clock of the place."""

    reader: Reader
    placed_at: datetime
    carrier: str = ""
    place: str = ""  # the town of its last scan
    destination: str = ""  # the town it goes to
    reason: str = ""
    since: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def words(self) -> dict[str, str]:
        since = self.since or self.placed_at
        return {
            "carrier": self.carrier or _("The carrier"),
            "place": self.place,
            "destination": self.destination,
            "date": self.reader.day((since if since.tzinfo is None else self.reader.local(since)).date()),
            "moment": self.reader.moment(since),
            "placed": self.reader.day(self.reader.local(self.placed_at).date()),
            "cancelled": self.reader.day(self.reader.local(self.cancelled_at or since).date()),
        }


def headline(answer: Answer, about: Particulars) -> str:
    """One sentence with its date marked up as <strong>; HTML."""
    if answer.kind in (*DATED, Kind.OVERDUE):
        return _dated(answer, about.reader)
    words = about.words
    date_ = strong(words["date"])
    place = strong(about.place)
    match answer.kind:
        case Kind.UNDATED if about.place:
            return format_html(_("On its way, now in {place}"), place=place)
        case Kind.UNDATED:
            return _("On its way to you")
        case Kind.PACKING:
            return _("We are packing your order")
        case Kind.ASKED:
            return format_html(_("Waiting for you: {request}"), request=strong(_request(about.reason)))
        case Kind.ATTEMPTED:
            return format_html(_("Delivery tried on {date}"), date=date_)
        case Kind.COLLECT if about.place:
            return format_html(_("Ready for you to collect in {place}"), place=place)
        case Kind.COLLECT:
            return _("Ready for you to collect")
        case Kind.DELIVERED:
            return format_html(_("Delivered on {date}"), date=date_)
        case Kind.RETURNED:
            return format_html(_("Back with us since {date}"), date=date_)
        case Kind.CANCELLED:
            return format_html(_("Cancelled on {date}"), date=strong(words["cancelled"]))
    return _ended(answer.kind)


def _ended(kind: Kind) -> str:
    return {
        Kind.RETURNING: _("On its way back to us"),
        Kind.LOST: _("Your parcel is lost"),
        Kind.DAMAGED: _("Damaged on the way"),
        Kind.FAILED: _("It could not be delivered"),
    }[kind]


def _dated(answer: Answer, reader: Reader) -> str:
    assert answer.window is not None or answer.kind is Kind.TODAY
    if answer.kind is Kind.TODAY or answer.window is None:
        return format_html(_("Arriving today, {date}"), date=strong(reader.day(reader.today)))
    window = answer.window
    if answer.kind is Kind.OVERDUE:
        return format_html(_("Expected by {date}, and not here yet"), date=strong(reader.day(window.latest)))
    when = strong(reader.window(window.earliest, window.latest))
    if answer.kind is Kind.LATE:
        days = answer.days_late
        return format_html(
            ngettext("Running {days} day late: now {when}", "Running {days} days late: now {when}", days),
            days=days,
            when=when,
        )
    if window.earliest is None or window.earliest == window.latest:
        return format_html(_("Arriving {date}"), date=when)
    return format_html(_("Arriving {window}"), window=when)


def _request(reason: str) -> str:
    asked = {
        "address": _("the courier needs your full address"),
        "payment": _("a payment is due"),
        "customs": _("customs asks for something"),
        "docs": _("customs needs a document"),
    }
    return asked.get(reason, _("the courier needs an answer"))


def broken_promise(day: date | None, reader: Reader) -> str:
    return _("We first told you {date}.").format(date=reader.day(day)) if day else ""


def why(answer: Answer, about: Particulars) -> str:
    """What happened last, or what stands in the way. Every sentence exists with a town and without one."""
    there, anywhere = _whys(about)[answer.why]
    return (there if about.place else anywhere).format_map(about.words)


def _whys(about: Particulars) -> dict[Why, tuple[str, str]]:
    def both(text: str) -> tuple[str, str]:
        return text, text

    reason = _cause(about.reason)
    return {
        Why.PACKING: both(_("We received your order on {placed} and are packing it.")),
        Why.PACKING_SLOW: both(
            _("We received your order on {placed}. It is still in our warehouse, longer than usual.")
        ),
        Why.READY: both(_("Your parcel is packed. {carrier} has not scanned it yet.")),
        Why.UNSCANNED: both(_("Your parcel was ready on {date}. {carrier} has not scanned it since then.")),
        Why.MOVING: (_("Last scanned in {place} on {moment}."), _("Last scanned on {moment}.")),
        Why.CUSTOMS: (
            _("It has been at customs in {place} since {date}."),
            _("It has been at customs since {date}."),
        ),
        Why.COURIER_OUT: (
            _("The courier left {place} with it on {moment}."),
            _("It went out with the courier on {moment}."),
        ),
        Why.DELAYED: both(_("{carrier} reports a delay.") + reason),
        Why.HELD: (
            _("{carrier} has held it in {place} since {date}.") + reason,
            _("{carrier} has held it since {date}.") + reason,
        ),
        Why.STALLED: (_("It has not moved since {date} in {place}."), _("It has not moved since {date}.")),
        Why.ASKED: (_("{carrier} stopped it in {place} on {date}."), _("{carrier} stopped it on {date}.")),
        Why.ATTEMPTED: both(_("{carrier} could not hand it over on {moment}.") + reason),
        Why.COLLECT: both(_("It has been waiting for you since {date}.")),
        Why.DELIVERED: (
            _("{carrier} delivered it in {place} on {moment}.") + reason,
            _("{carrier} delivered it on {moment}.") + reason,
        ),
        Why.RETURNING: both(_("{carrier} turned it back on {date}.") + reason),
        Why.RETURNED: both(_("It reached our warehouse on {date}.")),
        Why.LOST_SAID: both(_("{carrier} told us on {date} that it cannot find your parcel.")),
        Why.LOST_SILENT: (
            _("It was last scanned in {place} on {date}. After so long we treat it as lost."),
            _("It was last scanned on {date}. After so long we treat it as lost."),
        ),
        Why.DAMAGED: both(_("{carrier} told us on {date} that it was damaged.")),
        Why.FAILED: both(_("{carrier} told us on {date} that it cannot deliver it.") + reason),
        Why.CANCELLED: both(_("Nothing more will be sent for it.")),
    }


def _cause(reason: str) -> str:
    """The carrier's reason as a sentence of its own, led by a space; nothing where there is none."""
    causes = {
        "address": _("The address is not complete or not right."),
        "weather": _("The weather holds it up."),
        "carrier": _("Its network is slower than planned."),
        "missort": _("It was sent to the wrong depot first."),
        "payment": _("A payment is due."),
        "customs": _("Customs is checking it."),
        "docs": _("A document is missing."),
        "not_home": _("Nobody was at home."),
        "closed": _("The address was closed."),
        "access": _("The courier could not get to the door."),
        "refused": _("It was refused at the door."),
        "unclaimed": _("Nobody collected it."),
        "undeliverable": _("It could not be delivered at this address."),
        "locker": _("It is in a parcel locker."),
        "neighbour": _("It is with a neighbour."),
        "signed": _("Somebody signed for it."),
    }
    return f" {causes[reason]}" if reason in causes else ""
