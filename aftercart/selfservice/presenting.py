"""The whole tracking page as a value: what the template prints, and nothing that it would have to work out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftercart.look.formats import Reader
from aftercart.promises.returning import return_by
from aftercart.selfservice.cards import Card, parcel_card, unsent_card
from aftercart.selfservice.queries import Picture, Told
from aftercart.selfservice.rules import Kind, Tone, foremost


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A date that we told, or a message that we sent (`promise` False)."""

    at: datetime
    when: str
    where: str
    words: str
    why: str = ""
    current: bool = False
    promise: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    number: str
    first: Card
    cards: tuple[Card, ...]
    summary: str
    told: tuple[Entry, ...]  # newest first
    ordered: str
    town: str
    address: tuple[str, ...]
    total: str
    zone: str
    send_back: str = ""  # the last day for that

    @property
    def split(self) -> bool:
        return len(self.cards) > 1

    @property
    def place(self) -> int:
        """Which of its parcels the order answers for first, counted from 1."""
        return next(n for n, card in enumerate(self.cards, 1) if card.id == self.first.id)

    @property
    def version(self) -> str:
        """Changes when anything on the page does."""
        return hashlib.blake2b(repr(self).encode(), digest_size=8).hexdigest()


def page(picture: Picture, reader: Reader, *, full: bool) -> Page:
    """`full`: with address, amounts, numbers and messages; otherwise state and town only."""
    cards = tuple(_cards(picture, reader))
    shown = cards if full else tuple(map(_without_particulars, cards))
    return Page(
        number=picture.number,
        first=shown[foremost([card.answer for card in cards])],
        cards=shown,
        summary=_summary(cards, reader) if len(cards) > 1 else "",
        told=_told(picture, reader, full=full),
        ordered=reader.day(reader.local(picture.placed_at).date()),
        town=reader.place(picture.city, picture.country),
        address=tuple(part for part in (picture.name, *picture.street.splitlines()) if part) if full else (),
        total=reader.money(picture.total, picture.currency) if full and picture.total and picture.currency else "",
        zone=reader.zone_name(),
        send_back=_send_back(picture, cards, reader),
    )


def _send_back(picture: Picture, cards: Sequence[Card], reader: Reader) -> str:
    """By when what reaches its customer can be sent back."""
    if all(card.answer.kind in _NOT_REACHING for card in cards):
        return ""
    told = [one.latest for one in picture.told] + [c.answer.window.latest for c in cards if c.answer.window]
    came = [reader.local(p.delivered_at).date() if p.delivered_at else None for p in picture.parcels]
    last = return_by(picture.return_days, told=told, delivered=came)
    return reader.day(last) if last else ""


def _without_particulars(card: Card) -> Card:
    """State and towns. A carrier's own words may name a person, such as who signed."""
    own_words = tuple(line for line in card.lines if not line.theirs)
    return replace(card, number="", carrier_page="", items=(), reports=(), lines=own_words, act=None)


def _cards(picture: Picture, reader: Reader) -> Iterable[Card]:
    items = {item.external_id: item for item in picture.items}
    left = Counter({item.external_id: item.quantity for item in picture.items})
    named: set[object] = set()
    for parcel in picture.parcels:
        inside: list[tuple[str, int]] = []
        if parcel.fulfilment_id not in named:  # the parcels of one fulfilment share its lines: the first shows them
            named.add(parcel.fulfilment_id)
            inside = parcel.lines or list(left.items())
            left.subtract(dict(inside))
        shown = tuple(
            replace(items[key], quantity=quantity) for key, quantity in inside if key in items and quantity > 0
        )
        yield parcel_card(parcel, shown, picture, reader)
    unsent = tuple(replace(items[key], quantity=quantity) for key, quantity in left.items() if quantity > 0)
    if unsent or not picture.parcels:
        yield unsent_card(unsent, picture, reader)


def _summary(cards: tuple[Card, ...], reader: Reader) -> str:
    counted = Counter(_group(card) for card in cards)
    words = {
        "act": ngettext("{n} needs you", "{n} need you", counted["act"]),
        "late": ngettext("{n} is late", "{n} are late", counted["late"]),
        "lost": ngettext("{n} does not reach you", "{n} do not reach you", counted["lost"]),
        "delivered": ngettext("{n} is delivered", "{n} are delivered", counted["delivered"]),
        "coming": ngettext("{n} is on its way", "{n} are on their way", counted["coming"]),
        "packing": ngettext("{n} is being packed", "{n} are being packed", counted["packing"]),
    }
    parts = [text.format(n=reader.number(counted[group])) for group, text in words.items() if counted[group]]
    return _("Your order comes in {count} parcels: {list}.").format(
        count=reader.number(len(cards)), list=reader.listed(parts)
    )


_NOT_REACHING = frozenset(
    {Kind.LOST, Kind.DAMAGED, Kind.FAILED, Kind.RETURNED, Kind.RETURNING, Kind.REFUSED, Kind.NOT_RECEIVED,
     Kind.CANCELLED}
)  # fmt: skip


def _group(card: Card) -> str:
    kind, tone = card.answer.kind, card.answer.tone
    if kind is Kind.DELIVERED:
        return "delivered"
    if kind in _NOT_REACHING:
        return "lost"
    if tone in (Tone.ACT, Tone.LATE):
        return tone.value
    return "coming" if len(card.road) > 1 and card.lines else "packing"


def _told(picture: Picture, reader: Reader, *, full: bool) -> tuple[Entry, ...]:
    entries = [*_promises(picture, reader), *(_notices(picture, reader) if full else ())]
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.promise), reverse=True))


def _promises(picture: Picture, reader: Reader) -> Iterable[Entry]:
    """The ledger without the repetitions of a date that stood."""
    kept: list[Told] = []
    for told in picture.told:
        if not kept or (told.earliest, told.latest) != (kept[-1].earliest, kept[-1].latest):
            kept.append(told)
    for told in kept:
        yield Entry(
            at=told.told_at,
            when=reader.short_day(reader.local(told.told_at).date()),
            where=_surface(told.surface),
            words=reader.window(told.earliest, told.latest),
            why=_change(told.why),
            current=told is kept[-1],
        )


def _notices(picture: Picture, reader: Reader) -> Iterable[Entry]:
    for notice in picture.notices:
        day = reader.short_day(reader.local(notice.sent_at).date())
        yield Entry(at=notice.sent_at, when=day, where=_("by e-mail"), words=notice.subject, promise=False)


def _surface(surface: str) -> str:
    known = {
        "checkout": _("at checkout"),
        "confirmation": _("in your confirmation"),
        "page": _("on this page"),
    }
    return known.get(surface) or (_("in a message") if surface.startswith("notice") else _("by the shop"))


def _change(why: str) -> str:
    return {
        "not_shipped": _("It left our warehouse late."),
        "no_first_scan": _("The carrier took it over late."),
        "stalled": _("It stood still on the way."),
        "disruption": _("Many parcels are moving slowly."),
        "late": _("It moves more slowly than planned."),
        "missed": _("It did not arrive by the day we gave."),
        "exception": _("The carrier reported a problem."),
        "attempt_failed": _("A delivery was tried without success."),
        "circling": _("It went in circles."),
        "dwelling": _("It was held up on the way."),
        "left_behind": _("It stayed behind the rest of your order."),
        "moving_again": _("It moves again."),
    }.get(why, "")
