"""A conversation as server-sent events (WHATWG HTML, 9.2): what was said, then what is said while one looks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

import msgspec

from aftercart.chat.listening import Ear
from aftercart.chat.resuming import Line, Reader
from aftercart.intake.refusals import Refused
from aftercart.plumbing.asgi import Receive, Send

HEARTBEAT_SECONDS = 15.0
SLOW_SECONDS = 10.0  # who has not taken what we sent by then is dropped, and resumes
LONGEST_SECONDS = 1_800.0  # then the reader comes again, and is asked anew whether they may
MOST_STREAMS = 4_000
PER_READER = 8
EVENTS = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]

Lines = Callable[[], Awaitable[list[Line]]]


class Gone(Exception):
    """Nobody reads any more, or too slowly."""


class Room:
    """How many streams there are: of all, and of one reader."""

    def __init__(self) -> None:
        self._open: Counter[tuple[UUID, str]] = Counter()
        self.closing = asyncio.Event()

    @contextmanager
    def take(self, whose: UUID, who: str) -> Iterator[None]:
        key = (whose, who)
        if self._open.total() >= MOST_STREAMS or self._open[key] >= PER_READER:
            raise Refused(429, "rate_limit", "streams", "Too many streams are open.", **{"retry-after": "30"})
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


class Stream:
    """One answer that goes on. Nothing is buffered here: a reader who is slow is behind, and costs nobody memory."""

    def __init__(self, receive: Receive, send: Send, closing: asyncio.Event) -> None:
        self._send, self._until = send, time.monotonic() + LONGEST_SECONDS
        self._left = asyncio.ensure_future(_disconnected(receive))
        self._closing = asyncio.ensure_future(closing.wait())

    async def open(self, headers: Mapping[str, str]) -> None:
        told = [*EVENTS, *((name.encode(), value.encode()) for name, value in headers.items())]
        await self._out({"type": "http.response.start", "status": 200, "headers": told})

    async def tell(self, data: object, *, event: str = "", id: str = "") -> None:
        head = "".join(f"{name}: {value}\n" for name, value in (("id", id), ("event", event)) if value)
        await self._body(head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n")

    async def beat(self) -> None:
        await self._body(b": still here\n\n")

    async def wait(self, ear: Ear) -> bool:
        """True when there is something, False when it is time for a heartbeat. Raises Gone at the end of it all."""
        heard = asyncio.ensure_future(ear.heard())
        try:
            await asyncio.wait(
                {heard, self._left, self._closing}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if self._left.done() or self._closing.done() or time.monotonic() > self._until:
                raise Gone
            return heard.done()
        finally:
            heard.cancel()

    async def close(self) -> None:
        self._closing.cancel()
        if not self._left.done():
            self._left.cancel()
            with suppress(Exception):
                await asyncio.wait_for(self._send({"type": "http.response.body", "body": b""}), 1)

    async def _body(self, body: bytes) -> None:
        await self._out({"type": "http.response.body", "body": body, "more_body": True})

    async def _out(self, message: dict[str, object]) -> None:
        try:
            await asyncio.wait_for(self._send(message), SLOW_SECONDS)
        except TimeoutError:
            raise Gone from None


async def follow(stream: Stream, ear: Ear, lines: Lines, position: str, still: Callable[[], Awaitable[bool]]) -> None:
    """Tell the lines of a conversation, from `position` on, until the reader leaves. `ready`: the past was told.

    `writing`: an answer is being written just now.
    """
    reader = Reader()
    found = await lines()
    reader.resume(found, position)
    await _tell(stream, reader, found)
    await stream.tell({}, event="ready")
    while True:
        if await stream.wait(ear):
            tickets, missed = ear.empty()
            if tickets or missed:
                await _tell(stream, reader, await lines())
            if ear.signs():
                await stream.tell({}, event="writing")
        else:
            await stream.beat()
        if not await still():
            raise Gone


async def _tell(stream: Stream, reader: Reader, lines: Iterable[Line]) -> None:
    for line in reader.fresh(list(lines)):
        data = {"id": line.id, "ours": line.ours, "at": line.at, "text": line.text, "name": line.name}
        data |= {"files": [{"id": id, "name": name} for id, name in line.files]} if line.files else {}
        await stream.tell(data, event="line", id=reader.position)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
