"""Why these messages are one ticket, a sentence for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aftercart.desk.queries.messages import SOMEBODY, Letter
from aftercart.desk.rules import channel_in_words
from aftercart.tickets.models import Ticket
from aftercart.tickets.rules import Why

WORDS = {
    Why.FIRST: "begins it: nothing that was there is the same problem",
    Why.ANSWERS: "answers a message in it, and its sender takes part",
    Why.SAME_ORDER: "is about the same order and the same cause",
    Why.SAME_CAUSE: "has the same cause, and names no other order",
    Why.LATEST: "says neither order nor cause: what they last wrote about",
    Why.THANKS: "thanks for it, and asks nothing",
    Why.WITH_IT: "is ours, about a message in it",
    Why.MERGED: "was merged into it by hand",
    Why.SPLIT: "was split off by hand",
}


@dataclass(frozen=True, slots=True)
class Reason:
    at: datetime
    what: str
    why: str


def reasons(ticket: Ticket, letters: Iterable[Letter]) -> list[Reason]:
    placed = {one["message"]: one["why"] for one in ticket.why}
    return [
        Reason(one.at, _what(one), WORDS[Why(placed[str(one.id)])])
        for one in letters
        if placed.get(str(one.id)) in list(Why)
    ]


def _what(letter: Letter) -> str:
    """ "E-mail of Bea Lund"."""
    who = SOMEBODY.lower() if letter.who == SOMEBODY else letter.who
    return f"{channel_in_words(letter.channel)} of {who}"
