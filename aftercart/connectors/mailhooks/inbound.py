"""What all providers have in common whose webhooks bring mail, and nothing else that we read.

A module of this folder says two things of its provider: how a call is proven, and which mails a body holds, whole or
put together from parts. `Hook` makes a FactSource of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aftercart.connectors.contract import BELIEVED, DELIVERED_TO, PayloadError, Read
from aftercart.connectors.mail.inbound.received import (
    MAIL_HEADERS,
    announced,
    decoded_file,
    facts,
    name_of,
    parameters,
)
from aftercart.connectors.reading import mapping
from aftercart.facts import File, MessageReceived, Unread

__all__ = [
    "Headers", "Hook", "Letter", "Notice", "Told", "decoded_file", "each", "lines", "parameters", "raw",
    "user_and_password",
]  # fmt: skip

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that came. `to`: the recipients on its envelope, with commas. `files`: those that its provider keeps."""

    content: bytes = field(repr=False)
    to: str = ""
    files: tuple[File, ...] = ()
    # False: its header lines came without their order, so nobody can say which of them our server wrote.
    ordered: bool = True

    @property
    def name(self) -> str:
        return name_of(self.content)

    def read(self, headers: Headers) -> Iterator[Read]:
        told = {name: value for name, value in headers.items() if self.ordered or name != BELIEVED}
        for one in facts(self.content, {**told, DELIVERED_TO: self.to}):
            yield replace(one, files=(*one.files, *self.files)) if isinstance(one, MessageReceived) else one


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail that its provider keeps at `url`, with those of its header lines that are told."""

    url: str
    head: tuple[tuple[str, str], ...]
    to: str = ""

    @property
    def name(self) -> str:
        return self.url

    def read(self, headers: Headers) -> Iterator[Read]:
        yield announced(self.url, self.head, {**headers, DELIVERED_TO: self.to})


Told = Letter | Notice | Unread


def _any(secret: str) -> str:
    return "" if secret.isascii() and secret.isprintable() else "holds what no key has"


def _untimed(headers: Headers) -> datetime | None:
    return None


@dataclass(slots=True, kw_only=True)
class Hook:
    """A FactSource. `proves`: whether a call shows the secret, or is signed with it; `mails`: those in a body.

    `wrong`: what is wrong with a secret, '' if nothing; `signed_at`: when it was signed, where the signature says so.
    """

    proves: Callable[[bytes, Headers, str], bool]
    mails: Callable[[bytes, Headers], Iterable[Told]]
    wrong: Callable[[str], str] = _any
    signed_at: Callable[[Headers], datetime | None] = _untimed
    # True: the secret is user:password, shown in the address, so that we can make it ourselves.
    basic: bool = False
    SIGNED: bool = True
    TYPED: bool = False
    KEPT_HEADERS: frozenset[str] = MAIL_HEADERS | {"content-type"}

    def is_authentic(self, body: bytes, headers: Headers, secret: str) -> bool:
        return bool(secret) and self.proves(body, headers, secret)

    def bound_to(self, headers: Headers) -> str:
        return ""

    def sent_at(self, headers: Headers) -> datetime | None:
        return self.signed_at(headers)

    def delivery_id(self, body: bytes, headers: Headers) -> str:
        """The mail's own name, whoever brings it how often; of several together there is none."""
        try:
            told = list(self.mails(body, headers))
        except PayloadError:
            return ""
        return told[0].name if len(told) == 1 and not isinstance(told[0], Unread) else ""

    def topic(self, body: bytes, headers: Headers) -> str:
        return "inbound"

    def parse(self, body: bytes, headers: Headers) -> list[Read]:
        found: list[Read] = []
        for one in self.mails(body, headers):
            found += [one] if isinstance(one, Unread) else one.read(headers)
        # Where nothing could be read, somebody has to look: a mail is not counted among unknown words.
        if found and isinstance(found[0], Unread) and all(isinstance(one, Unread) for one in found):
            raise PayloadError(found[0].where, found[0].what)
        return found


def each(values: Iterable[object], where: str, read: Callable[[dict[str, Any]], Iterable[Told]]) -> Iterator[Told]:
    """The mails of each value; one that cannot be read is said and does not cost the others."""
    for position, value in enumerate(values):
        try:
            yield from read(mapping(value))
        except PayloadError as error:
            yield Unread(f"{where}[{position}].{error.field}", error.reason)


def raw(value: object, where: str, *, packed: object = False) -> bytes:
    """A whole mail that came as text, `packed` (if that is True) as base64. Raises PayloadError."""
    if not isinstance(value, str) or not value.strip():
        raise PayloadError(where, "is missing: the mail itself")
    if packed is not True:
        return value.encode("utf-8", "replace")
    if not (content := decoded_file(value)).strip():
        raise PayloadError(where, "is not base64, as it says")
    return content


def lines(told: object) -> list[tuple[str, str]]:
    """Header lines that came as an object: of each name its value, or all of its values."""
    pairs = [
        (name, one) for name, said in mapping(told).items() for one in (said if isinstance(said, list) else [said])
    ]
    return [(name, value[:20_000]) for name, value in pairs if isinstance(value, str)]


def user_and_password(secret: str) -> str:
    user, colon, password = secret.partition(":")
    return _any(secret) if user and colon and password else "is none such as user:password"
