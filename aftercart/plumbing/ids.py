"""Our ids: time-ordered UUIDv7 for rows born here, hashed UUIDv8 for what mirrors the outside.

Both begin with 48 bits of Unix milliseconds where they have a time, so event tables partition on the id itself.
Layout: RFC 9562, sections 5.7 and 5.8.
"""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime
from operator import attrgetter
from uuid import UUID

_VERSION_MASK = ~((0xF << 76) | (0x3 << 62))
_VARIANT = 0x2 << 62
_LAST = (1 << 48) - 1


# To sort by: as UUIDs compare, and several times quicker.
as_number = attrgetter("int")


def _stamp(value: int, version: int) -> UUID:
    return UUID(int=(value & _VERSION_MASK) | (version << 76) | _VARIANT)


def _milliseconds(at: datetime) -> int:
    milliseconds = int(at.timestamp() * 1000)
    return milliseconds if 0 <= milliseconds <= _LAST else max(0, min(milliseconds, _LAST))


def new(at: datetime | None = None) -> UUID:
    """A fresh id led by the moment `at` (the machine's now if not given) and 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000 if at is None else _milliseconds(at)
    return _stamp((milliseconds << 80) | int.from_bytes(os.urandom(10)), 7)


def _digest(parts: tuple[object, ...]) -> bytes:
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def mirrored(*parts: object) -> UUID:
    """The id of a thing of the outside, always the same for the same brand, source and external id."""
    return _stamp(int.from_bytes(_digest(parts)), 8)


def mirrored_event(at: datetime, *parts: object) -> UUID:
    """The id of an event of the outside: as `mirrored`, led by its instant so that it falls in its month."""
    tail = int.from_bytes(_digest(parts)[:10])
    return _stamp((_milliseconds(at) << 80) | tail, 8)


def floor(at: datetime) -> UUID:
    """The smallest id that an event at this moment can have: a bound for ranges and partitions."""
    return UUID(int=_milliseconds(at) << 80)


def moment(value: UUID) -> datetime:
    """The moment that leads a time-ordered id."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
