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
from aftercart.selfservice.phrases import ANY_REQUEST, CAUSES, ENDED, REQUESTS, SAID, SAME_REQUEST, WITH_CAUSE
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
    reported_at: datetime | None = None  # when the customer said that it is not there
    look_until: date | None = None  # until when it may yet turn up
    collect_by: date | None = None  # the last day at its pick-up point
    leaves: date | None = None  # the first day on which it can leave, by the brand's calendar

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
            "reported": self.reader.day(self.reader.local(self.reported_at or since).date()),
            "until": self.reader.day(self.look_until or self.reader.today),
            "collect_by": self.reader.day(self.collect_by) if self.collect_by else "",
            "leaves": self.reader.day(self.leaves or self.reader.today),
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
        case Kind.COLLECT if about.collect_by:
            return format_html(_("Collect it by {date}"), date=strong(words["collect_by"]))
        case Kind.COLLECT if about.place:
            return format_html(_("Ready for you to collect in {place}"), place=place)
        case Kind.COLLECT:
            return _("Ready for you to collect")
        case Kind.DELIVERED:
            return format_html(_("Delivered on {date}"), date=date_)
        case Kind.MISSING:
            return format_html(_("Not with you yet: look until {date}"), date=strong(words["until"]))
        case Kind.ELSEWHERE if about.place:
            return format_html(_("Is this right? Handed over in {place}"), place=place)
        case Kind.ELSEWHERE:
            return _("Handed over in another place: is that right?")
        case Kind.RETURNED:
            return format_html(_("Back with us since {date}"), date=date_)
        case Kind.CANCELLED:
            return format_html(_("Cancelled on {date}"), date=strong(words["cancelled"]))
    return _(ENDED[answer.kind])


def _dated(answer: Answer, reader: Reader) -> str:
    assert answer.window is not None or answer.kind is Kind.TODAY
    if answer.kind is Kind.TODAY or answer.window is None:
        return format_html(_("Arriving today, {date}"), date=strong(reader.day(reader.today)))
    window = answer.window
    if answer.kind is Kind.OVERDUE:
        return format_html(_("Expected by {date} and not here yet"), date=strong(reader.day(window.latest)))
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
    return _(REQUESTS.get(SAME_REQUEST.get(reason, reason), ANY_REQUEST))


def broken_promise(day: date | None, reader: Reader) -> str:
    return _("We first told you {date}.").format(date=reader.day(day)) if day else ""


def why(answer: Answer, about: Particulars) -> str:
    """What happened last, or what stands in the way. Every sentence exists with a town and without one."""
    text = said(answer.why, about)
    return text + _cause(about.reason) if answer.why in WITH_CAUSE else text


def said(why: Why, about: Particulars) -> str:
    there, anywhere = SAID[why]
    # Some clocks end in a full stop of their own: "2:48 p.m."
    return _(there if about.place else anywhere).format_map(about.words).replace("..", ".")


def _cause(reason: str) -> str:
    """The carrier's reason as a sentence of its own, led by a space; nothing where there is none."""
    return f" {_(CAUSES[reason])}" if reason in CAUSES else ""
