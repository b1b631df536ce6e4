"""The chat, as the widget on a shop's page speaks with it: /chat/<brand>/<storefront key>/<what>.

A message is stored by way of the inbox like all that comes in, and answered once it is. What is said to the customer is
read from the tickets. No cookie is set or read: a conversation is opened by the token that its page keeps.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import msgspec
import psycopg

from aftercart.chat import lines, streams
from aftercart.chat.asking import (
    ALLOWED,
    LARGEST_BODY,
    NEW_PER_ADDRESS,
    PER_CONVERSATION,
    Asked,
    Leaving,
    Limits,
    Opening,
    Typing,
    Writing,
    ask,
    read,
    shared,
)
from aftercart.chat.blanking import blanked
from aftercart.chat.doors import Doors, origin_of
from aftercart.chat.identity import NotProven, identify
from aftercart.chat.listening import Listener
from aftercart.chat.presence import Presence
from aftercart.chat.resuming import Line
from aftercart.chat.texts import language_of, texts
from aftercart.chat.tokens import STRANGER, Held, Tokens, continued
from aftercart.connectors import chat as connector
from aftercart.connectors.chat.bodies import LONGEST_TEXT, Person, Said
from aftercart.connectors.files import sniffed
from aftercart.intake import bodies, refusals, room
from aftercart.intake.admission import admit
from aftercart.intake.batch import Writer
from aftercart.intake.connection import Connection, Unavailable
from aftercart.intake.refusals import Refused
from aftercart.look.themes import theme
from aftercart.plumbing import clock
from aftercart.plumbing.asgi import HungUp, Receive, Scope, Send, answer
from aftercart.tickets import signs
from aftercart.tickets.writing import LIVE

log = logging.getLogger(__name__)

SETTINGS_SECONDS = 60  # for which a page may keep what it was told of the chat
COLOURS = ("page", "surface", "sunken", "line", "edge", "ink", "quiet", "accent", "on-accent", "accent-wash", "late")
READING_REQUESTS, READING_BYTES, READERS = 1_000, 64_000_000, 16
# Whatever it is, nobody's browser shows it as a page of ours.
DOWNLOAD = [
    (b"content-type", b"application/octet-stream"),
    (b"content-disposition", b"attachment"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
]

Answer = tuple[Mapping[str, Any], Mapping[str, str]]
Parameters = Callable[[], Mapping[str, Any]]


class Chat:
    """An ASGI application. `writer` is the inbox's, `largest` its bound; `key` signs the tokens of conversations."""

    def __init__(self, parameters: Parameters, writer: Writer, listener: Listener, key: bytes, largest: int) -> None:
        self._connection = Connection(parameters)
        self._writer, self._listener = writer, listener
        self._doors = Doors(self._connection)
        self._tokens, self._largest = Tokens(key), largest
        self._limits = Limits()
        self._presence = Presence(self._connection)
        self._seldom = signs.Seldom()
        self._reading = room.Room(READING_REQUESTS, READING_BYTES)
        self._streams = streams.Room()
        self._readers = asyncio.Semaphore(READERS)
        self._does: dict[str, Callable[[Asked, bytes], Awaitable[Answer]]] = {
            "settings": self._settings,
            "conversations": self._open,
            "messages": self._take,
            "email": self._remember,
            "writing": self._sign,
        }

    def end_streams(self) -> None:
        """Readers are sent away: they come again to whoever is there then."""
        self._streams.closing.set()

    async def close(self) -> None:
        await self._presence.close()
        await self._connection.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        may_read: Mapping[str, str] = {}
        try:
            asked = await ask(scope, self._doors)
            may_read = asked.shared
            if scope["method"] == "OPTIONS":
                await answer(send, 200, b"{}", {**may_read, **ALLOWED})
            elif asked.what == "events":
                await self._events(asked, receive, send)
            elif asked.what == "file":
                await self._file(asked, send)
            else:
                told, headers = await self._does[asked.what](asked, await self._body(asked, receive))
                await answer(send, 200, msgspec.json.encode(told), {**may_read, **headers})
        except Refused as refused:
            await answer(send, refused.status, refused.body, {**(may_read or _to_anybody(scope)), **refused.headers})
        except (Unavailable, room.Full) as error:
            log.warning("The chat is turned away: %s", error or "too much is waiting")
            away = refusals.away()
            await answer(send, away.status, away.body, {**(may_read or _to_anybody(scope)), **away.headers})
        except HungUp:
            return
        except Exception:
            log.exception("A request to the chat failed")
            failed = refusals.failed()
            await answer(send, failed.status, failed.body, may_read)

    async def _body(self, asked: Asked, receive: Receive) -> bytes:
        if asked.what == "settings":
            return b""
        # Only who has a conversation may send files into it.
        largest = self._largest if asked.what == "messages" and self._held(asked) else LARGEST_BODY
        bodies.check_length(asked.headers.get("content-length", ""), largest)
        with room.Held(self._reading) as held:
            return await bodies.read(receive, held, largest)

    async def _settings(self, asked: Asked, body: bytes) -> Answer:
        door = asked.door
        self._limits.check("questions", door.brand_id, asked.address, door.per_minute)
        language = language_of(parse_qs(asked.query).get("language", [""])[0], door.language)
        made = theme(door.accent)
        told = {
            "brand": door.name,
            "language": language,
            "texts": texts(language),
            "colours": {name: [made.light[name], made.dark[name]] for name in COLOURS},
            "open": door.is_open,
            "opens_at": None if door.is_open else door.opens_at,
            "longest": LONGEST_TEXT,
            "largest": self._largest * 7 // 10,  # of all files of a message, which are a third longer as text
        }
        return told, {"cache-control": f"private, max-age={SETTINGS_SECONDS}"}

    async def _open(self, asked: Asked, body: bytes) -> Answer:
        """A conversation: the one of the token if it is theirs, else a new one. Nothing is stored."""
        door, opening = asked.door, read(body, Opening)
        person, doubt = self._identify(asked, opening.identity)
        customer = self._tokens.customer(person.external_id, door.brand_id) if person else STRANGER
        going = continued(self._tokens.read(asked.token, door.brand_id, clock.machine()), customer)
        if going is None:
            self._limits.check("conversations", door.brand_id, asked.address, NEW_PER_ADDRESS)
            going = Held(uuid4(), customer)
        return {"conversation": self._issue(asked, going), "proven": person is not None, "doubt": doubt}, {}

    async def _take(self, asked: Asked, body: bytes) -> Answer:
        door, written = asked.door, read(body, Writing)
        text = written.text.replace("\0", "").strip()
        if not text and not written.files:
            raise refusals.ill_formed("text", "says nothing")
        if any(sniffed(one.content) not in connector.TAKEN for one in written.files):
            raise refusals.ill_formed("files", "Pictures and PDF files can be sent.")
        going, person, doubt = self._going(asked, written.identity)
        self._limits.check("messages", door.brand_id, going.thread, PER_CONVERSATION)
        self._limits.check("messages", door.brand_id, asked.address, door.per_minute)
        at = clock.business(door)
        locale = language_of(written.language, door.language)
        text = await blanked(self._connection, door.brand_id, text, at)
        said = Said(
            id=written.id, thread=going.thread, at=at, text=text, files=written.files, proven=person is not None,
            customer=person or Person(email=written.email, locale=locale),
            notes=(f"The shop's proof of who is signed in did not hold: {doubt}.",) if doubt else (),
        )  # fmt: skip
        stored = await self._store(asked, said)
        if email := said.customer.email or written.email:
            await self._presence.leave(going.conversation, door, email, locale)
        if not stored:
            at = await lines.stored_at(self._connection, door.brand_id, going.thread, written.id) or at
        told = {
            "line": lines.line_id(door.brand_id, going.thread, written.id, at), "at": at,
            "conversation": self._issue(asked, going), "proven": said.proven, "doubt": doubt,
        }  # fmt: skip
        return told, {}

    async def _store(self, asked: Asked, said: Said) -> bool:
        body, now = connector.encode(said), clock.machine()
        secret = next(iter(asked.door.inlet.secrets), "")
        return await self._writer.store(
            admit(connector, asked.door.inlet, body, connector.signed(body, secret, now), now)
        )

    async def _sign(self, asked: Asked, body: bytes) -> Answer:
        """Those at the desk hear that something is being written. It is stored nowhere."""
        going, _, _ = self._going(asked, read(body, Typing).identity)
        if self._seldom.passes((asked.door.brand_id, going.thread)):
            told = signs.payload(asked.door.brand_id, going.thread, signs.CUSTOMER)
            await self._connection.run(signs.SIGN, [LIVE, told])
        return {}, {}

    async def _remember(self, asked: Asked, body: bytes) -> Answer:
        door, leaving, held = asked.door, read(body, Leaving), self._held(asked)
        self._limits.check("email", door.brand_id, held.thread, PER_CONVERSATION)
        language = language_of(leaving.language, door.language)
        await self._presence.leave(held.conversation, door, leaving.email, language)
        return {"email": leaving.email}, {}

    async def _file(self, asked: Asked, send: Send) -> None:
        door, held = asked.door, self._held(asked)
        self._limits.check("files", door.brand_id, held.thread, PER_CONVERSATION)
        named = parse_qs(asked.query).get("id", [""])[0]
        content = await lines.file(self._connection, door.brand_id, held.thread, named)
        if content is None:
            raise Refused(404, "not_found", "id", "There is no such file in this conversation.")
        length = (b"content-length", str(len(content)).encode())
        may_read = [(name.encode(), value.encode()) for name, value in asked.shared.items()]
        await send({"type": "http.response.start", "status": 200, "headers": [*DOWNLOAD, length, *may_read]})
        await send({"type": "http.response.body", "body": content})

    async def _events(self, asked: Asked, receive: Receive, send: Send) -> None:
        door, held = asked.door, self._held(asked)
        thread, position = held.thread, asked.headers.get("last-event-id", "")
        self._limits.check("streams", door.brand_id, thread, PER_CONVERSATION)

        async def told() -> list[Line]:
            async with self._readers:
                return await lines.conversation(self._connection, door.brand_id, thread)

        async def still() -> bool:
            self._presence.seen(held.conversation, door)
            return await self._doors.find(asked.door.slug, asked.key) is not None

        with self._streams.take(door.brand_id, thread), self._listener.listen((door.brand_id, thread)) as ear:
            stream = streams.Stream(receive, send, self._streams.closing)
            try:
                await stream.open(asked.shared)
                await still()
                await streams.follow(stream, ear, told, position, still)
            except (streams.Gone, Unavailable, psycopg.Error):
                pass  # they come again, and miss nothing
            finally:
                await stream.close()

    def _going(self, asked: Asked, identity: str) -> tuple[Held, Person | None, str]:
        """Their conversation, whom the shop vouches for, and what was wrong with that; never another customer's."""
        held = self._held(asked)
        person, doubt = self._identify(asked, identity)
        going = continued(held, self._tokens.customer(person.external_id, asked.door.brand_id) if person else STRANGER)
        if going is None:
            raise Refused(409, "conflict", "conversation", "This conversation is another customer's.")
        return going, person, doubt

    def _held(self, asked: Asked) -> Held:
        held = self._tokens.read(asked.token, asked.door.brand_id, clock.machine())
        if held is None:
            raise Refused(401, "unauthorized", "conversation", "This opens no conversation; ask for a new one.")
        return held

    def _issue(self, asked: Asked, held: Held) -> str:
        return self._tokens.issue(held, asked.door.brand_id, clock.machine())

    def _identify(self, asked: Asked, identity: str) -> tuple[Person | None, str]:
        """Whom the shop vouches for, and what was wrong where it tried to and we do not believe it."""
        if not identity:
            return None, ""
        try:
            return identify(identity, asked.door.inlet.secrets, asked.door.slug, clock.machine()), ""
        except NotProven as error:
            log.info("%s: a customer's token was not believed: %s", asked.door.slug, error)
            return None, error.kind


def _to_anybody(scope: Scope) -> Mapping[str, str]:
    """Why nothing was opened may be read by any page: there is nothing in it."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return shared(origin) if (origin := origin_of(headers)) else {}
