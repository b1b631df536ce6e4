"""Waking whoever waits for a change: one connection of each process listens, and all of its streams share it.

Nothing is queued for a listener. It is told that there is something, and reads what there is from the tables; so a slow
reader costs no memory, and a lost wake-up only time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from aftercart.tickets.signs import SHOP

log = logging.getLogger(__name__)

CHANNEL = "aftercart_live"
BEAT_SECONDS = 15.0
ANSWER_SECONDS = 5.0
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
MOST_TICKETS = 200
CONNECTING = {"connect_timeout": 3, "tcp_user_timeout": 5000, "application_name": "aftercart live"}

Topic = tuple[UUID, str]  # a brand, and one of its conversations; '': whatever happens to its tickets


class Told(msgspec.Struct, frozen=True):
    """What a change of a ticket says of itself, in the transaction that changes it."""

    brand: UUID
    ticket: UUID | None = None
    thread: str = ""
    writing: str = ""  # who writes in the conversation just now


class Ear:
    """`tickets`: those that have changed since it was last emptied; `missed`: there may be others.

    `writing`: the conversations in which the other side writes just now.
    """

    def __init__(self) -> None:
        self._heard = asyncio.Event()
        self.tickets: set[UUID] = set()
        self.writing: set[str] = set()
        self.missed = False

    def sign(self, thread: str) -> None:
        """What is forgotten of very many is that somebody writes."""
        if len(self.writing) < MOST_TICKETS:
            self.writing.add(thread)
            self._heard.set()

    def signs(self) -> list[str]:
        found, self.writing = self.writing, set()
        return sorted(found)

    def tell(self, ticket: UUID | None) -> None:
        if ticket is None or len(self.tickets) >= MOST_TICKETS:
            self.missed = True
        else:
            self.tickets.add(ticket)
        self._heard.set()

    async def heard(self) -> None:
        """Returns when there is something, also if that was before it was asked."""
        await self._heard.wait()
        self._heard.clear()

    def empty(self) -> tuple[set[UUID], bool]:
        found = self.tickets, self.missed
        self.tickets, self.missed = set(), False
        return found


class Listener:
    def __init__(self, parameters: Callable[[], Mapping[str, Any]]) -> None:
        self._parameters = parameters
        self._ears: dict[Topic, set[Ear]] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def listen(self, topic: Topic) -> Iterator[Ear]:
        """Before reading: what changes in between is heard."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        ear = Ear()
        self._ears.setdefault(topic, set()).add(ear)
        try:
            yield ear
        finally:
            self._ears[topic].discard(ear)
            if not self._ears[topic]:
                del self._ears[topic]

    @property
    def listeners(self) -> int:
        return sum(map(len, self._ears.values()))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    **{**self._parameters(), **CONNECTING}, autocommit=True
                )
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    # Nobody knows what was said while we were away.
                    self._tell_all()
                    wait = FIRST_WAIT
                    await self._follow(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("Live updates wait for the database: %s", " ".join(str(error).split()) or "no answer")
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _follow(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for note in connection.notifies(timeout=BEAT_SECONDS):
                self._tell(note.payload)
            # A connection whose other end is gone says nothing, which is what a quiet one says too.
            await asyncio.wait_for(connection.execute("SELECT 1"), ANSWER_SECONDS)

    def _tell(self, payload: str) -> None:
        try:
            told = msgspec.json.decode(payload, type=Told)
        except msgspec.DecodeError:
            log.warning("What came over %s is none of ours: %.200s", CHANNEL, payload)
            return
        if told.writing:
            for ear in self._ears.get((told.brand, told.thread if told.writing == SHOP else ""), ()):
                ear.sign(told.thread)
            return
        # A conversation's own news name no ticket, and nobody else has to do with them.
        for ear in self._ears.get((told.brand, told.thread), ()):
            ear.tell(told.ticket)

    def _tell_all(self) -> None:
        for ears in self._ears.values():
            for ear in ears:
                ear.tell(None)
