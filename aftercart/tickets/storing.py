"""Keeping messages, each once: its state, its words, its files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from aftercart.facts import Call, File
from aftercart.facts.tellings import calls_together
from aftercart.intake.sealed import fingerprint, sealed
from aftercart.plumbing import bulk, ids
from aftercart.tickets.models import Message

MESSAGE = (
    "id", "brand_id", "ticket_id", "customer_id", "direction", "channel", "at", "known_at", "nature", "category",
    "confidence", "language", "order_id", "order_how", "return_id", "keys", "answers", "pleasant", "asks", "public",
    "trust", "signals", "author_id", "outgoing_id", "delivery_id", "files",
)  # fmt: skip
BODY = (
    "id", "brand_id", "subject", "text", "quoted", "html", "sender", "sender_name", "handle", "sent_to", "thread",
    "reading", "notes", "call",
)  # fmt: skip
FILE = ("id", "brand_id", "message_id", "blob_id", "position", "name", "type", "size", "inline", "content_id")
EARLY = (
    "id", "brand_id", "customer_id", "names", "claimed", "order_number", "category", "answers", "heard_at", "look_at",
)  # fmt: skip
KNOWN = ("id", "brand_id", "message_id")
BLOB = ("id", "brand_id", "content", "size", "sealed")
LONGEST = 5_000_000  # characters of a text: what is longer is no letter, and its file is kept
HELD = "SELECT id, message_id FROM tickets_known WHERE id = ANY(%s::uuid[])"
HEARD = """
SELECT id, call::text FROM tickets_body WHERE id = (SELECT message_id FROM tickets_known WHERE id = %s) FOR UPDATE
"""
# A shorter transcript never takes the place of a longer one.
HEAR_MORE = """
UPDATE tickets_body SET call = %s::jsonb, text = CASE WHEN length(%s) > length(text) THEN %s ELSE text END
WHERE id = %s
"""


# What could not be fetched, besides what was noted before.
NOTE_MORE = """
UPDATE tickets_body SET notes = %s::jsonb WHERE id = (SELECT message_id FROM tickets_known WHERE id = %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """By what a message is found that may have come too early: see `models.Early`."""

    names: tuple[str, ...]
    look_at: datetime
    claimed: UUID | None = None
    order_number: str = ""
    category: str = ""
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message to be kept. `known_by` is its source's own id; `keys` and `answers` are ids made of such: see `key`.

    `text` and all other words are as they may be stored: what must not be is redacted before.
    """

    brand_id: UUID
    source: str
    known_by: str
    customer_id: UUID
    channel: str
    at: datetime
    known_at: datetime
    direction: str = Message.IN
    text: str = ""
    subject: str = ""
    quoted: str = ""
    html: str = ""
    sender: str = ""
    sender_name: str = ""
    handle: str = ""
    sent_to: tuple[str, ...] = ()
    thread: str = ""
    nature: str = "person"
    category: str = ""
    confidence: float = 0.0
    language: str = ""
    order_id: UUID | None = None
    order_how: str = ""
    return_id: UUID | None = None
    keys: tuple[UUID, ...] = ()
    answers: tuple[UUID, ...] = ()
    pleasant: bool = False
    asks: bool = False
    public: bool = False
    trust: str = ""
    signals: tuple[str, ...] = ()
    reading: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    call: Call | None = None
    author_id: int | None = None
    outgoing_id: UUID | None = None
    delivery_id: UUID | None = None
    early: Waits | None = None

    id: UUID = field(init=False)
    known_id: UUID = field(init=False)  # the same, whenever it says that it happened

    def __post_init__(self) -> None:
        named = (self.brand_id, self.source, "message", self.known_by)
        object.__setattr__(self, "id", ids.mirrored_event(self.at, *named))
        object.__setattr__(self, "known_id", ids.mirrored(*named))


def key(brand_id: UUID, kind: str, value: str) -> UUID:
    """What a message is known by to whoever answers it: a Message-ID, a conversation."""
    return ids.mirrored(brand_id, "key", kind, value)


def anchor(brand_id: UUID, message_id: UUID) -> UUID:
    """By what our own answers, and reply tokens, name a message."""
    return key(brand_id, "message", str(message_id))


def ticket_of(message_id: UUID) -> UUID:
    """The id of a ticket that begins with this message."""
    return ids.mirrored("ticket", message_id)


@lru_cache(maxsize=4096)
def names_of(message_id: UUID) -> tuple[UUID, UUID]:
    """The ids that a ticket can have because of this message: when it is split off, the first may stay behind."""
    return ticket_of(message_id), ids.mirrored("ticket", message_id, "split off")


def keep(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Store those that are not yet, in the caller's transaction; they are returned. Of a call, later news are added."""
    once = {one.known_id: one for one in reversed(arrivals)}
    with bulk.cursor() as cursor:
        seen = dict(cursor.execute(HELD, [bulk.array(once)], binary=True).fetchall())
        fresh = [one for known, one in once.items() if known not in seen]
        fresh.sort(key=lambda one: ids.as_number(one.id))
        bulk.merge("tickets_known", KNOWN, [(one.known_id, one.brand_id, one.id) for one in fresh])
        # Whoever stored one of them meanwhile, with another time perhaps, was first.
        held = dict(cursor.execute(HELD, [bulk.array(one.known_id for one in fresh)], binary=True).fetchall())
        fresh = [one for one in fresh if held[one.known_id] == one.id]
        # A report about a mail of ours comes from a server: only by this we know whose it is.
        sent = [(name, one.brand_id, one.id) for one in fresh if one.direction == Message.OUT for name in one.keys]
        bulk.merge("tickets_known", KNOWN, sorted(sent, key=lambda row: ids.as_number(row[0])))
        bulk.merge("tickets_message", MESSAGE, [_message(one) for one in fresh])
        bulk.merge("tickets_body", BODY, [_body(one) for one in fresh])
        bulk.merge("tickets_early", EARLY, [_early(one, one.early) for one in fresh if one.early])
        fetched = [one for one in arrivals if one.known_id in seen and _was_fetched(one)]
        _keep_files([*((one.id, one) for one in fresh), *((seen[one.known_id], one) for one in fetched)])
        for one in arrivals:
            if one.known_id in seen and one.notes and any(file.url for file in one.files):
                cursor.execute(NOTE_MORE, [_json(list(one.notes)), one.known_id])
        for one in arrivals:
            if one.call is not None and (once[one.known_id] is not one or one.known_id in seen):
                for body, heard in cursor.execute(HEARD, [one.known_id]).fetchall():
                    call = _call(calls_together(_heard(heard), one.call))
                    cursor.execute(HEAR_MORE, [call, one.text, bulk.fit(one.text, LONGEST), body])
    return fresh


def _message(one: Arrival) -> tuple[object, ...]:
    return (
        one.id, one.brand_id, ticket_of(one.id), one.customer_id, one.direction, bulk.fit(one.channel, 40), one.at,
        one.known_at, one.nature, bulk.fit(one.category, 60), one.confidence, bulk.fit(one.language, 8), one.order_id,
        one.order_how, one.return_id, bulk.array((anchor(one.brand_id, one.id), *one.keys)), bulk.array(one.answers),
        one.pleasant,
        one.asks, one.public, one.trust,
        _listed(one.signals, 40), one.author_id, one.outgoing_id, one.delivery_id,
        min(len(one.files), 32_767),
    )  # fmt: skip


def _body(one: Arrival) -> tuple[object, ...]:
    return (
        one.id, one.brand_id, bulk.fit(one.subject, 1000), bulk.fit(one.text, LONGEST), bulk.fit(one.quoted, LONGEST),
        bulk.fit(one.html, LONGEST), bulk.fit(one.sender, 320), bulk.fit(one.sender_name, 200),
        bulk.fit(one.handle, 200),
        _listed(one.sent_to, 320), bulk.fit(one.thread, 200), _json(one.reading),
        _json(list(one.notes)), _call(one.call),
    )  # fmt: skip


def _early(one: Arrival, early: Waits) -> tuple[object, ...]:
    return (
        one.id, one.brand_id, one.customer_id, [bulk.fit(name, 60) for name in early.names], early.claimed,
        bulk.fit(early.order_number, 60), bulk.fit(early.category, 60), early.answers, one.known_at, early.look_at,
    )  # fmt: skip


def _listed(values: Sequence[str], longest: int) -> str:
    return bulk.texts([bulk.fit(value, longest) for value in values])


def _was_fetched(one: Arrival) -> bool:
    return any(file.url and file.content for file in one.files)


def _keep_files(arrivals: Iterable[tuple[UUID, Arrival]]) -> None:
    """Each with the message that it is kept as: told again, it may say that it was at another time."""
    blobs: dict[UUID, tuple[object, ...]] = {}
    files = []
    for message, one in arrivals:
        for position, file in enumerate(one.files):
            # A plain hash of a small file could be guessed.
            blob = ids.mirrored(one.brand_id, "blob", fingerprint(one.brand_id, file.content))
            if blob not in blobs:
                closed = sealed(one.brand_id, file.content)
                blobs[blob] = (blob, one.brand_id, closed, len(file.content), True)
            name, type_, content_id = bulk.fit(file.name, 255), bulk.fit(file.type, 100), bulk.fit(file.content_id, 255)
            row = ids.mirrored(message, "file", position)
            files.append(
                (row, one.brand_id, message, blob, position, name, type_, len(file.content), file.inline, content_id)
            )
    bulk.merge("tickets_blob", BLOB, [blobs[row] for row in sorted(blobs)])
    # What had to be fetched takes the place of the nothing that was there before, and not the other way round.
    bulk.merge("tickets_file", FILE, files, newer_by=("size",))


def _json(value: object) -> str:
    return bulk.fit(msgspec.json.encode(value).decode(), LONGEST)


def _call(call: Call | None) -> str:
    """Its transcript is the text of the message."""
    told = {} if call is None else asdict(replace(call, transcript=""))
    return _json({name: value for name, value in told.items() if value})


def _heard(written: str) -> Call | None:
    told = msgspec.json.decode(written, type=dict[str, Any])
    usual: dict[str, Any] = {"seconds": 0, "outcome": "", "inbound": False}
    return Call(**usual | told) if told else None
