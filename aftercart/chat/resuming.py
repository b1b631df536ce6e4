"""Where a reader of a conversation stands, so that one who was away gets what they missed. Pure.

Lines do not appear in the order of their times: what was written first may be stored last. So the position is no
number but a digest of all that was sent. Who comes back with the digest of a beginning gets the rest; with any other,
everything again, and tells by the ids what they have. Nothing is ever missed, and no table remembers readers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    """`id`: what the answer to its sending named, where the customer wrote it. `name`: of ours, who."""

    id: UUID
    ours: bool
    at: datetime
    text: str
    name: str = ""
    files: tuple[tuple[str, str], ...] = ()  # (id, name)

    @property
    def print(self) -> int:
        told = f"{self.id.hex}\x1f{self.text}\x1f{self.name}\x1f{self.files}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(told, digest_size=12).digest())


@dataclass(slots=True)
class Reader:
    """What one reader has: one line once, and again if it has changed."""

    prints: dict[UUID, int] = field(default_factory=dict)
    total: int = 0

    @property
    def position(self) -> str:
        return f"{len(self.prints):x}.{self.total:x}"

    def resume(self, lines: Sequence[Line], position: str) -> None:
        """Take up where `position` was, if it is that of the first so many of these lines."""
        past = Reader()
        for _ in past.fresh(lines):
            if past.position == position:
                self.prints, self.total = past.prints, past.total
                return

    def fresh(self, lines: Sequence[Line]) -> Iterator[Line]:
        """The lines that they have not, as they get them."""
        for line in lines:
            known, print = self.prints.get(line.id, 0), line.print
            if known != print:
                self.prints[line.id] = print
                self.total ^= known ^ print
                yield line
