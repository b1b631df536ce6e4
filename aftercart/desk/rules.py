"""What the desk says, and when it asks once more before something leaves: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from aftercart.story.rules import age_in_words

# A channel's name, and one of look's icons.
CHANNELS = {
    "email": ("E-mail", "mail"),
    "chat": ("Chat", "chat"),
    "sms": ("Text message", "phone"),
    "whatsapp": ("WhatsApp", "phone"),
    "form": ("Form", "inbox"),
    "voice": ("Call", "phone"),
    "note": ("Note", "note"),
}
STATES = {
    "open": ("Open", "act"),
    "waiting": ("Waiting on customer", "none"),
    "snoozed": ("Snoozed", "none"),
    "resolved": ("Resolved", "done"),
    "gone": ("Merged away", "none"),
}
SIGNALS = {
    "person": ("Wants a person", "act"),
    "anger": ("Angry", "late"),
    "legal": ("Lawyer or chargeback", "late"),
    "vulnerable": ("Vulnerable", "act"),
    "fraud": ("May be fraud", "watch"),
}
# What a browser draws without reading it as a document. All other files are saved.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# What of the slim entries between two messages stays in sight.
KEPT = 2
SLOW, TOO_SLOW = timedelta(hours=4), timedelta(hours=24)
T = TypeVar("T")


def channel_in_words(channel: str) -> str:
    return CHANNELS.get(channel, (channel.replace("_", " ").capitalize(), ""))[0]


def channel_icon(channel: str) -> str:
    return CHANNELS.get(channel, ("", "globe"))[1]


def clock(state: str, waiting_since: datetime | None, last_at: datetime, now: datetime) -> tuple[str, str]:
    """What the clock of a ticket says, and its tone: how long its customer has been waiting for us, else its age."""
    if state == "open" and waiting_since is not None:
        waited = now - waiting_since
        tone = "late" if waited >= TOO_SLOW else "watch" if waited >= SLOW else "none"
        return f"waits {age_in_words(waited)}", tone
    return f"{age_in_words(now - last_at)} ago", "none"


class Slim(Protocol):
    @property
    def slim(self) -> bool:
        """Whether it is an event between messages, and no message itself."""
        ...


Entry = TypeVar("Entry", bound=Slim)


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """Entries in their order. `folded`: those before `shown` that are a click away."""

    folded: tuple[T, ...]
    shown: tuple[T, ...]


def runs(entries: Iterable[Entry]) -> list[Run[Entry]]:
    """Messages each by themselves; of the events between two of them the last few, the others folded away."""
    found: list[Run[Entry]] = []
    between: list[Entry] = []
    for entry in entries:
        if entry.slim:
            between.append(entry)
            continue
        found += _folded(between)
        found.append(Run((), (entry,)))
        between = []
    return found + _folded(between)


def _folded(between: Sequence[Entry]) -> list[Run[Entry]]:
    if not between:
        return []
    # One line is not worth a click.
    kept = KEPT if len(between) > KEPT + 1 else len(between)
    return [Run(tuple(between[:-kept]), tuple(between[-kept:]))]


@dataclass(frozen=True, slots=True)
class News:
    """What came after somebody began to write: `who` did it, and when."""

    who: str
    what: str
    at: datetime


def guard(news: Iterable[News], since: datetime, now: datetime, *, by: str) -> list[str]:
    """Why an answer that was begun at `since` should be read once more: a sentence for each thing that came meanwhile.

    What its own author did is no news.
    """
    return [f"{one.who} {one.what} {_ago(now - one.at)}." for one in news if one.at > since and one.who != by]


def _ago(age: timedelta) -> str:
    return "just now" if age < timedelta(seconds=5) else f"{age_in_words(age)} ago"
