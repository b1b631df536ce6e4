"""The endpoint's one connection to the database: made when needed, and made again after it broke.

Not a pool: one writer with one connection stores faster than several that wait for each other's keys, and a pool
backs off for minutes after an outage, while senders try again in seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg

Row = tuple[Any, ...]
PATIENCE_SECONDS = 8.0
CONNECTING = {"connect_timeout": 3, "tcp_user_timeout": 5000, "application_name": "aftercart intake"}
# A row that somebody else is just storing must not hold up its neighbours for longer than a sender waits.
SESSION = "SELECT set_config('statement_timeout', '5s', false), set_config('lock_timeout', '1s', false)"
# Connection, resources, operator, system, read-only after a failover: the server's trouble, not our statement's.
SERVER_TROUBLE = ("08", "53", "57P", "58", "25006")


class Unavailable(Exception):
    """The database cannot be asked now. Whether the last statement was committed is unknown."""


class Connection:
    def __init__(self, parameters: Callable[[], Mapping[str, Any]]) -> None:
        self._parameters = parameters
        self._connection: psycopg.AsyncConnection[Row] | None = None
        self._connecting = asyncio.Lock()
        self._abandoned: set[asyncio.Task[list[Row]]] = set()

    async def run(self, statement: str, arguments: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement, once it is committed. Raises Unavailable, or psycopg.Error for its own fault."""
        task = asyncio.ensure_future(self._run(statement, arguments))
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if done:
            return task.result()
        # Stuck beyond what the server's own limits allow: leave the connection to it and take another.
        self._connection = None
        self._abandoned.add(task)
        task.add_done_callback(self._forget)
        task.cancel()
        raise Unavailable(f"no answer within {PATIENCE_SECONDS:.0f} s")

    async def close(self) -> None:
        if self._connection is not None:
            await self._drop(self._connection)

    async def _run(self, statement: str, arguments: Sequence[Any]) -> list[Row]:
        used_before = self._connection is not None
        try:
            return await self._once(statement, arguments)
        except Unavailable:
            # The server may only have restarted since. Every statement here can safely be run twice.
            if not used_before:
                raise
            return await self._once(statement, arguments)

    async def _once(self, statement: str, arguments: Sequence[Any]) -> list[Row]:
        try:
            connection = await self._open()
        except (psycopg.Error, OSError) as error:
            raise Unavailable(" ".join(str(error).split())) from error
        try:
            cursor = await connection.execute(statement, arguments, binary=True)
            return await cursor.fetchall()
        except psycopg.Error as error:
            if connection.closed or (error.sqlstate or "").startswith(SERVER_TROUBLE):
                await self._drop(connection)
                raise Unavailable(" ".join(str(error).split())) from error
            raise
        except asyncio.CancelledError:
            await self._drop(connection)
            raise

    async def _drop(self, connection: psycopg.AsyncConnection[Row]) -> None:
        if self._connection is connection:
            self._connection = None
        await connection.close()

    async def _open(self) -> psycopg.AsyncConnection[Row]:
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                self._connection = None
                connection = await psycopg.AsyncConnection.connect(
                    **{**self._parameters(), **CONNECTING}, autocommit=True
                )
                await connection.execute(SESSION)
                self._connection = connection
            return self._connection

    def _forget(self, task: asyncio.Task[list[Row]]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()
