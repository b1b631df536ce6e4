"""Messages as they may be kept: without the numbers of cards and bank accounts, and with those of parcels. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from aftercart.facts import MessageReceived
from aftercart.orders.numbers import candidates
from aftercart.plumbing.redaction import Keep, redacted, redacted_html
from aftercart.understanding.entities import PARCEL_WORDS
from aftercart.understanding.folding import folded


def private(fact: MessageReceived, own: Collection[str] = ()) -> MessageReceived:
    """`own`: numbers of the shop's orders and parcels, letters and digits only."""
    return _without(fact, keeping(f"{fact.subject}\n{fact.text}", own))


def doubtful(fact: MessageReceived) -> tuple[MessageReceived, set[str]]:
    """The message without all that could be a card's or an account's number; which of them the shop may know.

    Where there are none of these, it is what `private` makes of it.
    """
    asked: set[str] = set()

    def keep(number: str) -> bool:
        asked.add(number)
        return False

    return _without(fact, keep), asked


def _without(fact: MessageReceived, keep: Keep) -> MessageReceived:
    call = fact.call and replace(fact.call, transcript=redacted(fact.call.transcript, keep))
    subject, text, quoted = (redacted(part, keep) for part in (fact.subject, fact.text, fact.quoted))
    html = redacted_html(fact.html, keep)
    if (subject, text, quoted, html, call) == (fact.subject, fact.text, fact.quoted, fact.html, fact.call):
        return fact
    return replace(fact, subject=subject, text=text, quoted=quoted, html=html, call=call)


def keeping(text: str, own: Collection[str] = ()) -> Keep:
    """What is no card's number: the shop's own, and in a text about a parcel what a courier's check digit fits.

    One in ten numbers of Visa's has the check digit of some courier too, so without a word about a parcel a card it is.
    """
    about = PARCEL_WORDS.search(folded(text)) is not None
    return lambda number: number in own or (about and any(one.checked for one in candidates(number)))
