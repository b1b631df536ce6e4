"""What somebody wrote into the chat, as our own endpoint writes it down for the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.files import safe_name, sniffed
from aftercart.facts import File, MessageReceived
from aftercart.facts import Person as Customer

LONGEST_TEXT = 4_000
MOST_FILES = 5
# What agents can be shown safely, by its first bytes.
TAKEN = frozenset(["image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/heif", "application/pdf"])


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom the shop's token names, or who writes says they are: `Said.proven` tells which."""

    external_id: Annotated[str, Meta(max_length=120)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    name: Annotated[str, Meta(max_length=200)] = ""
    locale: Annotated[str, Meta(max_length=35)] = ""


class Attached(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture or a PDF. `content` is base64 in JSON."""

    name: Annotated[str, Meta(max_length=255)]
    content: Annotated[bytes, Meta(min_length=1)]


class Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`id` is the browser's own of the message, the same however often it sends it; `thread` the conversation's."""

    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
    thread: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    at: Annotated[datetime, Meta(tz=True)]
    text: Annotated[str, Meta(max_length=2 * LONGEST_TEXT)]  # what took the place of card numbers may be longer
    files: Annotated[tuple[Attached, ...], Meta(max_length=MOST_FILES)] = ()
    customer: Person = Person()
    proven: bool = False
    notes: tuple[Annotated[str, Meta(max_length=300)], ...] = ()


_DECODER = msgspec.json.Decoder(Said)


def encode(said: Said) -> bytes:
    return msgspec.json.encode(said)


def message_id(thread: str, id: str) -> str:
    """Of one conversation only: the browser of another cannot take its place."""
    return f"{thread}:{id}"


def decode(body: bytes) -> Said:
    """Raises PayloadError."""
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        raise PayloadError(path.strip("`.") or "body", reason) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError("body", f"is not JSON: {error}") from None


def _files(attached: Sequence[Attached]) -> tuple[File, ...]:
    kinds = [sniffed(one.content) for one in attached]
    return tuple(
        File(name=safe_name(one.name, kind, position), content=one.content, type=kind)
        for position, (one, kind) in enumerate(zip(attached, kinds, strict=True), start=1)
    )


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    said = decode(body)
    if not said.text and not said.files:
        raise PayloadError("text", "says nothing")
    person = said.customer
    return [
        MessageReceived(
            source="chat",
            happened_at=said.at,
            reported_at=said.at,
            message_id=message_id(said.thread, said.id),
            channel="chat",
            customer=Customer(
                external_id=person.external_id, email=person.email, name=person.name, locale=person.locale
            ),
            text=said.text.replace("\0", ""),
            proven=said.proven,
            thread=said.thread,
            notes=said.notes,
            files=_files(said.files),
        )
    ]
