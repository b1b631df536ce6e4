"""The button beside what a customer can do, and what they have told us already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from aftercart.look.formats import Reader
from aftercart.outreach.corrections.queries import Correct
from aftercart.outreach.corrections.rules import ANSWERED, Doing
from aftercart.selfservice.asking import asks
from aftercart.selfservice.queries import Parcel, Picture
from aftercart.selfservice.rules import Kind
from aftercart.watch.worries.reports import PAPERS

_LABELS = {Kind.ATTEMPTED: mark("Choose another day or place"), Kind.COLLECT: mark("See the pick-up point")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`ours`: it is done on a page of ours, else on the carrier's. `says`: in place of what the customer can do;
    `sent`: what they have told us, line by line. No `label`: nothing is left to do."""

    label: str
    ours: bool = True
    says: str = ""
    sent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """`carrier`: by name, or "The carrier": it only ever begins a sentence."""

    reader: Reader
    carrier: str


def given(parcel: Parcel, picture: Picture, concerns: frozenset[str]) -> Correct | None:
    """What the customer has told us since the carrier waits for it."""
    if asks(Kind.ASKED, concerns, parcel.reason, parcel.attention) is not Doing.ADDRESS:
        return None
    since = asked_since(parcel, picture)
    told = [one for one in picture.given if one.parcel_id == parcel.id and one.at >= since]
    return told[-1] if told else None


def asked_since(parcel: Parcel, picture: Picture) -> datetime:
    """Since when the carrier waits for the customer."""
    open_ones = [c for c in picture.concerns if c.subject_id == parcel.id and c.closed_at is None]
    began = [c.since for c in open_ones if c.kind in ANSWERED]
    return max(began, default=parcel.state_at or parcel.shipped_at)


def act(
    kind: Kind, parcel: Parcel, concerns: frozenset[str], told: Correct | None, page: str, about: Words
) -> Act | None:
    """`page`: the carrier's own of the parcel, where there is one. None where there is nothing to press."""
    match asks(kind, concerns, parcel.reason, parcel.attention):
        case Doing.ADDRESS if told:
            return _answered(told, about)
        case Doing.ADDRESS:
            says = _("Complete the address here, with the flat and a phone number: we pass it on.")
            return Act(label=_("Complete the address"), says=says)
        case Doing.CARRIER if page:
            paper = parcel.reason in PAPERS or parcel.reason == "customs" or "customs_document" in concerns
            at_last = _("Give customs what is missing") if paper else _("Settle it on the carrier’s page")
            return Act(label=_(_LABELS[kind]) if kind in _LABELS else at_last, ours=False)
    return None


def _answered(told: Correct, about: Words) -> Act:
    reader = about.reader
    words = {"carrier": about.carrier, "sent": reader.day(reader.local(told.at).date())}
    says = _("You sent us this on {sent}. {carrier} gets it from us.")
    if told.handled_at:
        says = _("You sent us this on {sent}. {carrier} has had it from us since {passed}.")
        words["passed"] = reader.day(reader.local(told.handled_at).date())
    lines = (told.name, *told.street.splitlines(), f"{told.postal_code} {told.city}", told.phone, told.note)
    return Act(
        label="" if told.handled_at else _("Change it"),
        says=says.format_map(words),
        sent=tuple(line.strip() for line in lines if line.strip()),
    )
