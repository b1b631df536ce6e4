"""Who may write to which inbox, known for a few seconds at a time."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aftercart.intake.connection import Connection

FRESH_SECONDS = 3.0

# All of them at once: there are few, an address that nobody owns then costs no query, and no flood of invented
# addresses can fill a cache.
SOURCES = """
SELECT b.slug, s.kind, s.brand_id, s.token, s.secrets, s.bound_to,
    coalesce((SELECT string_agg(DISTINCT a, ',') FROM intake_mailbox m, jsonb_array_elements_text(m.addresses) a
        WHERE m.brand_id = s.brand_id AND m.enabled), ''),
    coalesce((SELECT max(m.authserv_id) FROM intake_mailbox m
        WHERE m.brand_id = s.brand_id AND m.way = s.kind AND m.enabled), '')
FROM brands_source s JOIN brands_brand b ON b.id = s.brand_id WHERE s.enabled ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class Inlet:
    """A source as the endpoint needs it."""

    brand_id: UUID
    kind: str
    token: bytes
    secrets: tuple[str, ...]
    bound_to: str
    ours: str = ""  # the addresses at which the brand receives, with commas
    authserv_id: str = ""


class Inlets:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: Mapping[tuple[str, str], list[Inlet]] = {}
        self._fresh_until = 0.0
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, brand_slug: str, kind: str, token: str) -> Inlet | None:
        if time.monotonic() > self._fresh_until:
            await self._refresh()
        shown = token.encode("utf-8", "surrogatepass")
        found = None
        for inlet in self._known.get((brand_slug, kind), ()):
            if hmac.compare_digest(inlet.token, shown):
                found = inlet
        return found

    async def _refresh(self) -> None:
        """Whoever comes while the sources are being read waits for that same reading."""
        if self._refreshing is None:
            self._refreshing = asyncio.ensure_future(self._read())
        await asyncio.shield(self._refreshing)

    async def _read(self) -> None:
        try:
            known: dict[tuple[str, str], list[Inlet]] = {}
            for slug, kind, brand_id, token, secrets, *more in await self._connection.run(SOURCES):
                inlet = Inlet(brand_id, kind, token.encode(), tuple(secrets), *more)
                known.setdefault((slug, kind), []).append(inlet)
            self._known = known
            self._fresh_until = time.monotonic() + FRESH_SECONDS
        finally:
            self._refreshing = None
