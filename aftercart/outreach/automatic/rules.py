"""Whether a machine may answer a message that opens a ticket, or why a person does. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aftercart.facts import Nature
from aftercart.watch.rules import KINDS as WORRIES
from aftercart.words.kinds import LANGUAGES

WHERE, REFUND, RETURN = "where_is_it", "where_is_my_refund", "when_will_my_return_be_done"
# What is asked, by what a message is about.
ASKED = {"wismo_shipping_status": WHERE, "returns_exchanges": RETURN, "billing_payment": REFUND}
CHAT = "chat"
# What an answer can go by. Never a call, and never where everybody reads it.
CHANNELS = ("email", "form", CHAT, "sms", "whatsapp")
WISHES = {
    "person": "they want a person",
    "anger": "they are angry",
    "legal": "they speak of the law",
    "vulnerable": "somebody may be in need",
    "fraud": "it may be about fraud",
}
# They said which order; or it is the one that worries most, or the only one that has not arrived.
SURE = frozenset({"named", "parcel", "concern", "undelivered"})
PROVEN, DOUBTED = "proven", "doubted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a brand leaves to a machine: nothing, until it says so.

    `categories`: from which confidence (0 to 1) on each is answered. `except_worries`: kinds of worry about an order
    that people answer for. `hours`: what is older is never answered. `resolve_hours`: a ticket that waits so long for
    the customer after the answer is resolved.
    """

    categories: Mapping[str, float] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    except_worries: tuple[str, ...] = ()
    hours: int = 24
    resolve_hours: int = 72

    def __post_init__(self) -> None:
        for name, least in self.categories.items():
            if name not in ASKED:
                raise ValueError(f"categories: {name!r} is none of {', '.join(ASKED)}: nothing else is in the data")
            if isinstance(least, bool) or not isinstance(least, int | float) or not 0.5 <= least <= 1:
                raise ValueError(f"categories: {name} has {least!r}, which is no confidence from 0.5 to 1")
        for field_, values, known in (
            ("channels", self.channels, CHANNELS),
            ("except_worries", self.except_worries, WORRIES),
        ):
            if wrong := [one for one in values if one not in known]:
                raise ValueError(f"{field_}: {wrong[0]!r} is none of {', '.join(known)}")
        for field_, hours, most in (("hours", self.hours, 168), ("resolve_hours", self.resolve_hours, 720)):
            if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= most:
                raise ValueError(f"{field_}: {hours!r} is no whole number of hours from 1 to {most}")

    @property
    def on(self) -> bool:
        return bool(self.categories and self.channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A message, and what stands around it.

    `opens`: it begins a ticket, and nothing else is in it. `comes_back`: the same problem was resolved before. `other`:
    the number of an open ticket about the same order. `own_address`: it came from the address or number of the order.
    `order_how`: why the order is taken for the one that is meant, '' where none is. `names_other`: they name a number
    of an order or parcel by which we know nothing of theirs. `worries`: kinds, open ones.
    """

    category: str
    confidence: float
    channel: str
    at: datetime
    language: str
    nature: Nature = Nature.PERSON
    public: bool = False
    signals: tuple[str, ...] = ()
    trust: str = ""
    own_address: bool = False
    order_how: str = "named"
    names_other: bool = False
    opens: bool = True
    comes_back: bool = False
    taken: bool = False
    other: int | None = None
    worries: frozenset[str] = frozenset()


def person_because(asking: Asking, terms: Terms, now: datetime) -> str:
    """Why a person answers, as it follows "because"; '' where a machine may."""
    return next(_doubts(asking, terms, now), "")


def _doubts(asking: Asking, terms: Terms, now: datetime) -> Iterator[str]:
    least = terms.categories.get(asking.category)
    if least is None:
        yield "no machine answers such questions"
    if asking.nature is not Nature.PERSON:
        yield f"no person wrote it ({asking.nature.value})"
    if asking.public:
        yield "everybody could read the answer"
    if asking.channel not in terms.channels:
        yield f"no machine answers by {asking.channel}"
    if now - asking.at > timedelta(hours=terms.hours):
        yield f"it is older than {terms.hours} hours"
    yield from _history(asking)
    yield from (said for name, said in WISHES.items() if name in asking.signals)
    if least is not None and asking.confidence < least:
        yield f"what they ask is not sure enough ({asking.confidence:.0%})"
    yield from _who(asking)
    if asking.language not in LANGUAGES:
        yield "its language is not sure, or we have no words in it"
    if kept := sorted(asking.worries & set(terms.except_worries)):
        yield f"people answer for what worries about the order ({kept[0]})"


def _history(asking: Asking) -> Iterator[str]:
    if not asking.opens:
        yield "there is more in the ticket than one message"
    if asking.comes_back:
        yield "the same problem was resolved before"
    if asking.taken:
        yield "a colleague has it already"
    if asking.other is not None:
        yield f"ticket #{asking.other} about the same order is open"


def _who(asking: Asking) -> Iterator[str]:
    if asking.names_other:
        yield "they name a number that is none of theirs, or not known yet"
    if not asking.order_how:
        yield "it is not known which order of theirs they mean"
    elif asking.order_how not in SURE:
        yield "they may mean another of their orders"
    if asking.trust == DOUBTED:
        yield "the sender is doubted"
    elif asking.trust != PROVEN and (asking.channel == CHAT or not asking.own_address):
        yield "nothing proves that the order is the sender's"
