"""A delivery as today's connectors read it, for somebody who asks what went wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from aftercart.connectors.contract import Read
from aftercart.facts import Unread
from aftercart.intake.models import Delivery, Payload
from aftercart.intake.sealed import opened
from aftercart.intake.services import Claimed, read
from aftercart.plumbing.redaction import redacted

SHOWN_CHARACTERS = 60_000
SHOWN_FACTS = 100


@dataclass(frozen=True, slots=True)
class Named:
    """A fact: what it is called, and what it says."""

    name: str
    says: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """`cut`: the body goes on beyond what is shown. `problem`: why it could not be read."""

    body: str
    size: int
    cut: bool
    facts: list[Named]
    more_facts: int
    unread: list[Unread]
    problem: str

    @classmethod
    def of(cls, delivery: Delivery, payload: Payload) -> Reading:
        claimed = _claimed(delivery, payload)
        found: list[Read] = []
        raw, problem = b"", ""
        try:
            raw = claimed.content
            found = read(claimed)
        except Exception as error:  # whatever it is, it is what the operator came to see
            problem = redacted(f"{type(error).__name__}: {error}")
        body = redacted(pretty(raw))
        facts = [one for one in found if not isinstance(one, Unread)]
        return cls(
            body=body[:SHOWN_CHARACTERS],
            size=len(raw),
            cut=len(body) > SHOWN_CHARACTERS,
            facts=[Named(_name(one), list(_says(one))) for one in facts[:SHOWN_FACTS]],
            more_facts=max(0, len(facts) - SHOWN_FACTS),
            unread=[one for one in found if isinstance(one, Unread)],
            problem=problem,
        )


def _claimed(delivery: Delivery, payload: Payload) -> Claimed:
    return Claimed(
        delivery.id,
        delivery.brand_id,
        delivery.source,
        delivery.topic,
        payload.headers,
        bytes(payload.body),
        delivery.received_at,
        payload.sealed,
    )


def download(payload: Payload) -> bytes:
    """The bytes as they came; what was sealed leaves without the numbers of cards and accounts. Raises SealError."""
    raw = bytes(payload.body)
    if not payload.sealed:
        return raw
    return redacted(opened(payload.brand_id, raw).decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def pretty(raw: bytes) -> str:
    """JSON with a line for each member; anything else as the text that it is."""
    text = raw.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _name(fact: object) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(fact).__name__).capitalize()


def _says(thing: Any, within: str = "") -> Iterator[tuple[str, str]]:
    for field in fields(thing):
        value = getattr(thing, field.name)
        name = f"{within} {field.name}".strip().replace("_", " ")
        if is_dataclass(value):
            yield from _says(value, name)
        elif value not in (None, "", (), False) and field.name != "source":
            yield name, redacted(_plain(value))


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_plain(one) for one in value)
    if is_dataclass(value):
        return ", ".join(text for _, text in _says(value))
    return f"{len(value):,} bytes" if isinstance(value, bytes) else str(value)
