"""Group commit: while one commit is on its way, what arrives meanwhile waits and shares the next one."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

import psycopg

from aftercart.intake.arrivals import STORE, Arrival, fresh_ids, parameters
from aftercart.intake.connection import Connection, Unavailable
from aftercart.intake.room import Room

log = logging.getLogger(__name__)

BATCH_ROWS = 256
BATCH_BYTES = 8_000_000
WAITING_ROWS = 4_000
WAITING_BYTES = 64_000_000

Waiting = tuple[Arrival, asyncio.Future[bool]]


class Writer:
    """Stores arrivals in the order in which they came, many in a commit, one commit at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: deque[Waiting] = deque()
        self._room = Room(WAITING_ROWS, WAITING_BYTES)
        self._draining: asyncio.Task[None] | None = None

    async def store(self, arrival: Arrival) -> bool:
        """True once the commit that holds the row is durable, False if it was here before. Raises Unavailable or Full.

        Whoever stops waiting does not take the row back: it is stored all the same.
        """
        size = len(arrival.body)
        self._room.take(1, size)
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        stored.add_done_callback(lambda _: self._room.give(1, size))
        self._queue.append((arrival, stored))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await asyncio.shield(stored)

    async def finish(self) -> None:
        """Returns when nothing waits any more."""
        if self._draining is not None:
            await asyncio.wait({self._draining})

    async def _drain(self) -> None:
        while self._queue:
            batch = self._next()
            try:
                await self._write(batch)
            except Exception as error:
                log.exception("A batch of %d deliveries could not be stored", len(batch))
                _refuse([row for row in batch if not row[1].done()], str(error))
        self._draining = None

    def _next(self) -> list[Waiting]:
        batch, size = [self._queue.popleft()], 0
        while self._queue and len(batch) < BATCH_ROWS:
            size += len(batch[-1][0].body)
            if size + len(self._queue[0][0].body) > BATCH_BYTES:
                break
            batch.append(self._queue.popleft())
        return batch

    async def _write(self, batch: list[Waiting]) -> bool:
        """False if the database is away. Every row of the batch gets its answer in any case."""
        try:
            kept = await self._insert([arrival for arrival, _ in batch])
        except Unavailable as error:
            _refuse(batch, str(error))
            return False
        except psycopg.Error as error:
            return await self._write_apart(batch, error)
        for (_, stored), new in zip(batch, kept, strict=True):
            stored.set_result(new)
        return True

    async def _write_apart(self, batch: list[Waiting], error: psycopg.Error) -> bool:
        """One row spoils its batch: each again by itself, so that only the culprit is refused."""
        if len(batch) == 1:
            ((arrival, _),) = batch
            log.error("A delivery of %s (%s) could not be stored: %s", arrival.source, arrival.key, error)
            _refuse(batch, "this delivery could not be stored")
            return True
        for at, row in enumerate(batch):
            if not await self._write([row]):
                _refuse(batch[at + 1 :], "the database is away")
                return False
        return True

    async def _insert(self, arrivals: Sequence[Arrival]) -> list[bool]:
        delivery_ids = fresh_ids(arrivals)
        kept = {row[0] for row in await self._connection.run(STORE, parameters(arrivals, delivery_ids))}
        return [delivery_id in kept for delivery_id in delivery_ids]


def _refuse(batch: list[Waiting], reason: str) -> None:
    for _, stored in batch:
        stored.set_exception(Unavailable(reason))
        # A client that hung up reads no answer; asyncio should not complain about it.
        stored.exception()
