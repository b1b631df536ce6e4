"""Whether somebody still looks: written down once in a while for all open conversations of the process together."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime
from uuid import UUID

import psycopg

from aftercart.chat.doors import Door
from aftercart.chat.lines import LEFT, SEEN
from aftercart.intake.connection import Connection, Unavailable
from aftercart.plumbing import clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 20.0


class Presence:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: dict[UUID, tuple[UUID, datetime]] = {}
        self._next = 0.0
        self._writing: asyncio.Task[None] | None = None

    def seen(self, conversation: UUID, door: Door) -> None:
        self._seen[conversation] = (door.brand_id, clock.business(door))
        if self._writing is None and time.monotonic() > self._next:
            self._next = time.monotonic() + EVERY_SECONDS
            self._writing = asyncio.create_task(self._write())

    async def leave(self, conversation: UUID, door: Door, email: str, language: str) -> None:
        """Where the answer goes once nobody looks any more."""
        await self._connection.run(LEFT, [conversation, door.brand_id, clock.business(door), email, language])

    async def close(self) -> None:
        if self._writing is not None:
            await asyncio.wait({self._writing})
        if self._seen:
            await self._write()

    async def _write(self) -> None:
        rows = sorted((id, *told) for id, told in self._seen.items())
        self._seen = {}
        columns: list[list[object]] = [list(column) for column in zip(*rows, strict=True)]
        try:
            await self._connection.run(SEEN, columns)
        except (Unavailable, psycopg.Error) as error:
            # What is lost is that somebody was there: an answer may go by mail as well as by chat.
            log.warning("Who looks at their chat could not be written down: %s", error)
        finally:
            self._writing = None
