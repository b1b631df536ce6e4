"""The head of a mail: encoded words, addresses, ids, dates. Header values come in as the bytes that they were."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from aftercart.connectors.mail.inbound.charsets import text_of
from aftercart.connectors.mail.inbound.shapes import Address

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([BbQq])\?([^?\n]*)\?=")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_PLAUSIBLE = re.compile(r"[^\s<>,;:\"()]{1,256}@[^\s<>,;:\"()@]{1,255}")
_LONGEST = 20_000


class Head:
    """The header lines of a mail in their order, by lower-case name; a value is decoded when it is asked for."""

    def __init__(self, message: Message) -> None:
        # raw_items and not items: the latter wraps what is not ASCII and raises on some of it.
        self.lines = [(str(name).lower(), str(value)[:_LONGEST]) for name, value in message.raw_items()]
        self._by_name: dict[str, list[str]] = {}
        for name, value in self.lines:
            self._by_name.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def first(self, name: str) -> str:
        """The first value of that name, decoded and on one line; ''."""
        values = self._by_name.get(name)
        return decoded(values[0]) if values else ""

    def every(self, name: str) -> list[str]:
        return [decoded(value) for value in self._by_name.get(name, ())]

    def addresses(self, *names: str) -> tuple[Address, ...]:
        """Each address once, in order."""
        values = (value for name in names for value in self._by_name.get(name, ()))
        return tuple(dict.fromkeys(address for value in values for address in _addresses(value)))

    def ids(self, *names: str) -> tuple[str, ...]:
        """Message-IDs, each once, in order; a bare one, as some programs write it, counts too."""
        found: list[str] = []
        for value in (value for name in names for value in self.every(name)):
            ids = _ID.findall(value)
            found += ids or [word for word in value.split()[:50] if "@" in word]
        return tuple(dict.fromkeys(found))

    def moment(self, name: str) -> datetime | None:
        return moment(self.first(name))


def decoded(value: str) -> str:
    """A header value as text: encoded words (RFC 2047) and stray bytes read, folds undone, controls dropped."""
    value = _FOLD.sub(" ", value)
    if "=?" in value:
        value = "".join(_words(value))
    return _CONTROL.sub("", _readable(value)).strip()


def _words(value: str) -> Iterator[str]:
    """Neighbouring words of one charset are decoded as one: programs cut characters in half between them."""
    position, charset, gathered = 0, "", b""
    for found in _WORD.finditer(value):
        between = value[position : found.start()]
        content = _unwrapped(found[2], found[3])
        name = found[1].partition("*")[0].lower()
        if (between.strip() or name != charset) and charset:
            yield text_of(gathered, charset)[0]
            gathered = b""
        if between.strip() or not charset:
            yield between
        position, charset, gathered = found.end(), name, gathered + content
    if charset:
        yield text_of(gathered, charset)[0]
    yield value[position:]


def _unwrapped(how: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogateescape")
    if how in "qQ":
        return quopri.decodestring(raw, header=True)
    return unbased(raw)


def unbased(content: bytes) -> bytes:
    """Base64, as much of it as there is: padding may miss, strangers' letters are skipped."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except (binascii.Error, ValueError):
        return b""


def _readable(value: str) -> str:
    """Bytes that no encoded word announced, read; never a lone surrogate."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return text_of(value.encode("utf-8", "surrogateescape" if _escaped(value) else "replace"))[0]
    return value


def _escaped(value: str) -> bool:
    return not any(0xD800 <= ord(letter) < 0xDC80 or 0xDCFF < ord(letter) < 0xE000 for letter in value)


def _addresses(value: str) -> Iterator[Address]:
    value = _FOLD.sub(" ", value)
    # Encoded words are opened only after the list was taken apart: what is inside may hold commas.
    for name, address in _pairs(value):
        address, name = decoded(address).strip(" '\"<>"), decoded(name).strip(" '\"")
        if "@" not in address:
            found = _PLAUSIBLE.search(f"{address} {name}")
            address, name = (found[0], name) if found else ("", name or address)
        if address or name:
            yield Address(address.lower(), "" if name.lower() == address.lower() else name)


def _pairs(value: str) -> Iterable[tuple[str, str]]:
    if "@" not in value:
        return [] if value.rstrip().endswith(";") else [(value, "")]
    try:
        found = [pair for pair in getaddresses([value]) if any(pair)]
    except (ValueError, IndexError, AttributeError, TypeError, RecursionError):
        found = []
    if found and all("@" in address and address in value and " " not in address for _, address in found):
        return found
    # Not as RFC 5322 has it. Whatever looks like an address is one, with what stands before it as its name.
    return _likely(value) or found or [(value, "")]


def _likely(value: str) -> list[tuple[str, str]]:
    pairs: dict[str, tuple[str, str]] = {}
    position = 0
    for match in _PLAUSIBLE.finditer(value):
        name = value[position : match.start()].strip(' ,;:<>"()\t')
        pairs.setdefault(match[0].lower(), (name, match[0]))
        position = match.end()
    return list(pairs.values())


def moment(value: str) -> datetime | None:
    """A date as mails write it (RFC 5322), as an instant; without a zone it is UTC."""
    try:
        found = parsedate_to_datetime(value)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
