"""What tickets are folded from, and what a fold makes of them. Pure.

The same messages in any order, and any of them twice, make the same tickets; an act that is undone was never done. So
nothing here asks what was decided before: it is decided again from all there is, which for one circle is little.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

IN, OUT, NOTE = "in", "out", "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a brand means by its numbers. A contact is a run of messages with less than `one_contact` between them."""

    repeat: timedelta = timedelta(days=7)  # another contact about the same problem within this is a repeat
    reopens: timedelta = timedelta(days=7)  # what is written this long after it was resolved opens it again
    one_contact: timedelta = timedelta(hours=1)
    unsaid: timedelta = timedelta(days=7)  # who names nothing means what they wrote of within this


class Why(StrEnum):
    """What placed a message."""

    FIRST = "first"  # nothing that was there is the same problem
    ANSWERS = "answers"  # it answers a message of the ticket, and its sender takes part in it
    SAME_ORDER = "same_order"  # the same order or return, and the same cause or none that was understood
    SAME_CAUSE = "same_cause"  # the same cause, and no order of another
    LATEST = "latest"  # it says neither: what they wrote of last
    THANKS = "thanks"  # it closes what was said
    WITH_IT = "with_it"  # ours, about a message of the ticket
    MERGED = "merged"  # by hand
    SPLIT = "split"  # by hand


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message is about. `order` and `returned` are the sender's own; '' and None: not said."""

    order: UUID | None = None
    returned: UUID | None = None
    cause: str = ""

    @property
    def said(self) -> bool:
        return bool(self.order or self.returned or self.cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A message as the fold sees it. `keys` are what others name when they answer it, `answers` what it names."""

    id: UUID
    at: datetime
    known_at: datetime
    direction: str = IN
    matter: Matter = field(default_factory=Matter)
    keys: tuple[UUID, ...] = ()
    answers: tuple[UUID, ...] = ()
    speaks: bool = True  # a person wrote it
    pleasant: bool = False
    asks: bool = False


class Deed(StrEnum):
    RESOLVE = "resolve"
    REOPEN = "reopen"
    MERGE = "merge"
    SPLIT = "split"
    RELABEL = "relabel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a person did to the ticket of the message `about`; what was undone is not among them.

    `other` is a message of the ticket that is merged into it; `pieces` are split off; `matter` is what it is about.
    """

    id: UUID
    at: datetime
    kind: Deed
    about: UUID
    other: UUID | None = None
    pieces: tuple[UUID, ...] = ()
    matter: Matter = field(default_factory=Matter)


@dataclass(slots=True)
class Case:
    """A ticket as it is folded: its messages in order, each with what placed it."""

    why: dict[UUID, Why] = field(default_factory=dict)
    matters: list[Matter] = field(default_factory=list)
    labelled: Matter | None = None  # by hand
    opened_at: datetime | None = None
    last_at: datetime | None = None
    last_in_at: datetime | None = None
    spoke_at: datetime | None = None  # when a person last wrote to us
    waiting_since: datetime | None = None
    asked: bool = False  # our last word waits for theirs
    resolved_at: datetime | None = None
    contacts: int = 0
    repeats: int = 0
    repeated: set[UUID] = field(default_factory=set)
    counted: set[UUID] = field(default_factory=set)
    follows: Case | None = None
    lost: set[UUID] = field(default_factory=set)  # messages that were split off

    @property
    def matter(self) -> Matter:
        """What it is about, said by hand or by its messages: the first word of each counts."""
        order = next((one.order for one in self.matters if one.order), None)
        returned = next((one.returned for one in self.matters if one.returned), None)
        cause = next((one.cause for one in self.matters if one.cause), "")
        by_hand = self.labelled or Matter()
        return Matter(by_hand.order or order, by_hand.returned or returned, by_hand.cause or cause)

    @property
    def first_contact_resolution(self) -> bool:
        """Resolved with one contact, and none followed."""
        return self.resolved_at is not None and self.contacts == 1 and not self.repeats
