"""GET /health: 200 while this process can reach its database, 503 otherwise."""

from __future__ import annotations

import asyncio
import time

import psycopg

from aftercart.intake.connection import Connection, Unavailable
from aftercart.plumbing.asgi import Receive, Scope, Send

FRESH_SECONDS = 1.0


class Health:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._well = False
        self._fresh_until = 0.0
        self._looking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # However many ask, the database is asked once a second.
        async with self._looking:
            if time.monotonic() > self._fresh_until:
                self._well = await self._look()
                self._fresh_until = time.monotonic() + FRESH_SECONDS
        status, body = (200, b'{"status":"ok"}') if self._well else (503, b'{"status":"database unavailable"}')
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _look(self) -> bool:
        try:
            return await self._connection.run("SELECT 1") == [(1,)]
        except (Unavailable, psycopg.Error):
            return False
