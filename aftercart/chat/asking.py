"""A request to the chat, read: from which page, of which conversation, and what it asks. Refused where it may not."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from aftercart.chat.doors import Door, Doors, origin_of
from aftercart.chat.identity import LONGEST_TOKEN
from aftercart.connectors.chat.bodies import LONGEST_TEXT, MOST_FILES, Attached
from aftercart.intake import refusals
from aftercart.intake.refusals import Refused
from aftercart.plumbing.asgi import Scope
from aftercart.plumbing.buckets import Buckets
from aftercart.plumbing.visitors import address

LARGEST_BODY = 40_000
PER_CONVERSATION = 30  # messages a minute
NEW_PER_ADDRESS = 20  # conversations a minute; a whole office may share an address
METHODS = {
    "settings": "GET",
    "events": "GET",
    "file": "GET",
    "conversations": "POST",
    "messages": "POST",
    "email": "POST",
    "writing": "POST",
}
ALLOWED = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, last-event-id",
    "access-control-max-age": "7200",
}
_TOKEN = Annotated[str, Meta(max_length=LONGEST_TOKEN)]
_Language = Annotated[str, Meta(max_length=35)]
_Email = Annotated[str, Meta(max_length=254, pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?\Z")]
T = TypeVar("T")
_FIELD = re.compile(r"field `([^`]*)`")


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a conversation. `identity`: the shop's token for whoever is signed in there."""

    identity: _TOKEN = ""
    language: _Language = ""


class Writing(Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{8,64}\\Z")]
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)]
    files: Annotated[tuple[Attached, ...], Meta(max_length=MOST_FILES)] = ()
    identity: _TOKEN = ""
    email: _Email = ""
    language: _Language = ""


class Typing(Struct, frozen=True, forbid_unknown_fields=True):
    """That something is being written."""

    identity: _TOKEN = ""


class Leaving(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the answer goes if nobody looks at the chat any more; '': nowhere."""

    email: _Email
    language: _Language = ""


@dataclass(frozen=True, slots=True)
class Asked:
    door: Door
    key: str
    what: str
    origin: str
    headers: Mapping[str, str]
    query: str
    address: str

    @property
    def token(self) -> str:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    @property
    def shared(self) -> dict[str, str]:
        """What lets the shop's page read the answer."""
        return shared(self.origin)


def shared(origin: str) -> dict[str, str]:
    return {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "retry-after",
        "vary": "origin",
        "cache-control": "no-store",
    }


class Limits:
    """How often each may ask, counted in this process."""

    def __init__(self) -> None:
        self._buckets = Buckets[tuple[UUID, str]]()

    def check(self, kind: str, whose: UUID, who: str, per_minute: int) -> None:
        """Raises Refused with how long to wait."""
        wait = self._buckets.take((whose, f"{kind} {who}"), per_minute, time.monotonic())
        if wait:
            message = "That is too much at once; come again a little later."
            raise Refused(429, "rate_limit", kind, message, **{"retry-after": str(int(wait) + 1)})


async def ask(scope: Scope, doors: Doors) -> Asked:
    """Raises Refused, with CORS headers where the page is one that may read why."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        root, _, slug, key, what = scope["path"].split("/")
    except ValueError:
        raise refusals.unknown() from None
    door = await doors.find(slug, key)
    if root or what not in METHODS or door is None:
        raise Refused(404, "not_found", "address", "No chat has this address.")
    origin = origin_of(headers)
    if not door.lets_in(origin):
        raise Refused(403, "permission", "origin", "This storefront key is for other origins.")
    if scope["method"] not in (METHODS[what], "OPTIONS"):
        raise Refused(405, "method_not_allowed", "method", "This is not done so.", allow=METHODS[what])
    peer = (scope.get("client") or ("",))[0]
    who = address(headers.get("x-forwarded-for", ""), peer)
    return Asked(door, key, what, origin, headers, scope.get("query_string", b"").decode("latin-1"), who)


def read(body: bytes, type_: type[T]) -> T:
    """Raises Refused with the field and the reason."""
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        named = _FIELD.search(reason)
        raise refusals.ill_formed(path.strip("`.") or (named[1] if named else "body"), reason) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refusals.ill_formed("body", f"is not JSON: {error}") from None
