"""What arrives, and the one statement that stores it: shared by the endpoint (many at once) and by imports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from aftercart.intake import sealed
from aftercart.plumbing import ids

LONGEST_KEY = 200
LONGEST_TOPIC = 80

# One command, so one transaction and one commit for the whole batch. Either unique key of intake_seen may say
# that a row is here already, also when its twin is in the same batch. RETURNING names the rows that are new.
STORE = """
WITH arriving AS MATERIALIZED (
    SELECT * FROM unnest(
        %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[],
        %b::timestamptz[], %b::boolean[]
    ) AS a (id, brand_id, source, topic, key, content, headers, body, received_at, sealed)
), fresh AS (
    INSERT INTO intake_seen (id, brand_id, source, key, content)
    SELECT id, brand_id, source, key, content FROM arriving
    ON CONFLICT DO NOTHING RETURNING id
), kept AS (
    INSERT INTO intake_payload (id, brand_id, headers, body, sealed)
    SELECT id, brand_id, headers::jsonb, body, sealed FROM arriving JOIN fresh USING (id)
)
INSERT INTO intake_delivery (id, brand_id, source, topic, received_at)
SELECT id, brand_id, source, topic, received_at FROM arriving JOIN fresh USING (id)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that has been let in. Build it with `arrival`, which keeps its columns storable."""

    brand_id: UUID
    source: str
    topic: str
    key: str
    content: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    sealed: bool = False


def arrival(
    brand_id: UUID,
    source: str,
    body: bytes,
    received_at: datetime,
    *,
    topic: str = "",
    key: str = "",
    headers: Mapping[str, str] | None = None,
) -> Arrival:
    """`key` is the sender's own id of the delivery; without one, its content tells whether it was here before.

    What may hold messages is sealed here. Its content is known by a hash that takes our secret: from any other a short
    message could be guessed.
    """
    closed = sealed.is_sealed(source)
    content = content_hash(topic, body)
    if closed:
        content, body = sealed.fingerprint(brand_id, content.encode()), sealed.sealed(brand_id, body)
    return Arrival(
        brand_id=brand_id,
        source=source,
        topic=storable(topic)[:LONGEST_TOPIC],
        key=_key(key) or content,
        content=content,
        headers={storable(name): storable(value) for name, value in (headers or {}).items()},
        body=body,
        received_at=received_at,
        sealed=closed,
    )


def content_hash(topic: str, body: bytes) -> str:
    digest = hashlib.blake2b(topic.encode("utf-8", "surrogatepass") + b"\0", digest_size=32)
    digest.update(body)
    return digest.hexdigest()


def _key(key: str) -> str:
    # Cut short, two long keys could become one and a delivery would be lost.
    return storable(key) if len(key) <= LONGEST_KEY else content_hash(key, b"")


def storable(text: str) -> str:
    """PostgreSQL's text holds neither NUL nor half a surrogate pair; a sender may well send both."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def fresh_ids(arrivals: Sequence[Arrival]) -> list[UUID]:
    return [ids.new(arrival.received_at) for arrival in arrivals]


def parameters(arrivals: Sequence[Arrival], delivery_ids: Sequence[UUID]) -> list[list[Any]]:
    """The arguments of STORE. Sorted, so that two writers of the same rows never wait for each other in a ring."""
    rows = sorted(zip(arrivals, delivery_ids, strict=True), key=lambda row: row[0].content)
    return [
        [delivery_id for _, delivery_id in rows],
        [a.brand_id for a, _ in rows],
        [a.source for a, _ in rows],
        [a.topic for a, _ in rows],
        [a.key for a, _ in rows],
        [a.content for a, _ in rows],
        [msgspec.json.encode(a.headers).decode() for a, _ in rows],
        [a.body for a, _ in rows],
        [a.received_at for a, _ in rows],
        [a.sealed for a, _ in rows],
    ]
