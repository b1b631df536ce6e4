"""On whose pages the chat is open, known for a few seconds at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.chat import hours
from aftercart.chat.hours import Week
from aftercart.intake.connection import Connection
from aftercart.intake.sources import Inlet
from aftercart.plumbing import clock

FRESH_SECONDS = 3.0
KIND = "chat"  # of the source, and of the policy with its hours

# All of them, as for the inbox: there are few, and an invented key costs no query.
DOORS = """
SELECT b.id, b.slug, b.name, b.accent, b.language, b.time_zone, b.clock_business, b.clock_machine, b.clock_rate,
    f.key, f.origins, f.per_minute, s.token, s.secrets,
    (SELECT p.body FROM policies_policy p WHERE p.brand_id = b.id AND p.kind = 'chat' ORDER BY version DESC LIMIT 1),
    (SELECT json_agg(json_build_array(c.begins, c.ends)) FROM (
        SELECT begins, ends FROM brands_calendarentry WHERE brand_id = b.id AND kind IN ('holiday', 'closure')
        AND country IN ('', b.country) AND region = '' AND ends >= begins ORDER BY begins DESC LIMIT 200) c)
FROM brands_storefront f JOIN brands_brand b ON b.id = f.brand_id
JOIN brands_source s ON s.brand_id = b.id AND s.kind = 'chat' AND s.enabled AND s.name = 'main'
WHERE f.revoked_at IS NULL ORDER BY f.id
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A storefront key behind which a chat is open. It is the brand's clock too: `clock.business(door)`."""

    brand_id: UUID
    slug: str
    name: str
    accent: str
    language: str
    zone: ZoneInfo
    clock_business: datetime | None
    clock_machine: datetime | None
    clock_rate: float
    origins: frozenset[str]
    per_minute: int
    inlet: Inlet
    week: Week | None
    off: frozenset[date]

    def lets_in(self, origin: str) -> bool:
        return origin in self.origins

    @property
    def is_open(self) -> bool | None:
        """Whether somebody is there; None where the brand has not said when."""
        return hours.is_open(self.week, self.zone, self.off, clock.business(self)) if self.week else None

    @property
    def opens_at(self) -> datetime | None:
        return hours.opens(self.week, self.zone, self.off, clock.business(self)) if self.week else None


class Doors:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: Mapping[tuple[str, str], Door] = {}
        self._fresh_until = 0.0
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, slug: str, key: str) -> Door | None:
        if time.monotonic() > self._fresh_until:
            if self._refreshing is None:
                self._refreshing = asyncio.ensure_future(self._read())
            await asyncio.shield(self._refreshing)
        return self._known.get((slug, key))

    async def _read(self) -> None:
        try:
            rows = await self._connection.run(DOORS)
            self._known = {(row[1], row[9]): _door(row) for row in rows}
            self._fresh_until = time.monotonic() + FRESH_SECONDS
        finally:
            self._refreshing = None


def _door(row: Sequence[Any]) -> Door:
    brand_id, slug, name, accent, language, zone, business, machine, rate = row[:9]
    _, origins, per_minute, token, secrets, body, off = row[9:]
    told = (body or {}).get("hours")
    return Door(
        brand_id, slug, name, accent, language, ZoneInfo(zone), business, machine, rate,
        frozenset(origins), per_minute, Inlet(brand_id, KIND, token.encode(), tuple(secrets), ""),
        Week.read(told) if told else None, frozenset(_days(off or ())),
    )  # fmt: skip


def _days(spans: Sequence[tuple[str, str]]) -> list[date]:
    days = []
    for begins, ends in spans:
        first, last = date.fromisoformat(begins), date.fromisoformat(ends)
        days += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days


def origin_of(headers: Mapping[str, str]) -> str:
    """Whose page asks: browsers say so where it is another's than ours, and their Referer does where it is ours."""
    if origin := headers.get("origin", ""):
        return origin.lower()
    parts = urlsplit(headers.get("referer", "").lower())
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
