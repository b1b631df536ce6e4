"""Whose an address is, as the LMTP listener asks: known for a few seconds at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from aftercart.intake.connection import Connection
from aftercart.intake.mailboxes.rules import joined, owner

FRESH_SECONDS = 3.0
MAILBOXES = "SELECT brand_id, way, addresses::text, authserv_id FROM intake_mailbox WHERE enabled ORDER BY made_at, id"
_ADDRESSES = msgspec.json.Decoder(list[str])


@dataclass(frozen=True, slots=True)
class Route:
    """Where mail to an address goes. `ours`: all addresses of that brand, with commas."""

    brand_id: UUID
    authserv_id: str
    ours: str


class Routes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: Mapping[str, Route] = {}
        self._fresh_until = 0.0

    async def find(self, recipient: str) -> Route | None:
        """None for an address that is nobody's. Raises Unavailable."""
        if time.monotonic() > self._fresh_until:
            self._known = routes(await self._connection.run(MAILBOXES))
            self._fresh_until = time.monotonic() + FRESH_SECONDS
        return owner(recipient, self._known)


def routes(rows: list[tuple[UUID, str, str, str]]) -> dict[str, Route]:
    """By address: those of mailboxes that mail is handed over to. The older of two has it."""
    addresses: dict[UUID, list[str]] = {}
    for brand_id, _, told, _ in rows:
        addresses.setdefault(brand_id, []).extend(_ADDRESSES.decode(told))
    found: dict[str, Route] = {}
    for brand_id, way, told, authserv_id in rows:
        if way == "lmtp":
            route = Route(brand_id, authserv_id, joined(addresses[brand_id]))
            for address in _ADDRESSES.decode(told):
                found.setdefault(address, route)
    return found
