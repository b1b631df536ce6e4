"""The head of a mail: encoded words, addresses, ids, dates. Header values come in as the bytes that they were."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses, parsedate_to_datetime

from aftercart.connectors.mail.inbound.charsets import text_of
from aftercart.connectors.mail.inbound.shapes import Address

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([BbQq])\?([^?\n]*)\?=")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_PLAUSIBLE = re.compile(r"[^\s<>,;:\"()]{1,256}@[^\s<>,;:\"()@]{1,255}")
# One address as nearly all are written, with a name or without: nothing in it that needs taking apart.
_ATOMS = r"[\w!#$%&'*+/=?^`{|}~-]+"
_SIMPLE = re.compile(
    r"""(?:(?:"([^"\\\r\n]*)"|([^\s()<>@,:;"\[\]\\]+(?: [^\s()<>@,:;"\[\]\\]+)*)) ?)?<(X)>|(X)""".replace(
        "X", rf"{_ATOMS}(?:\.{_ATOMS})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
    ),
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Within a day of UTC; what else there is, the standard library reads.
_DATE = re.compile(
    rf"\s*(?:[A-Z][a-z]{{2}}, )?(\d{{1,2}}) ({'|'.join(_MONTHS)}) ([12]\d{{3}}) (\d\d):(\d\d):(\d\d)"
    r" ([+-])([01]\d)([0-5]\d)(?: \([A-Z]{2,5}\))?\s*",
    re.ASCII,
)
_LONGEST, _MOST = 20_000, 200_000  # characters of one line, and of all: twice what mail servers let in
_ESCAPED = re.compile(r"\\(.)")
_STRANGE = re.sub(rb"[A-Za-z0-9+/]", b"", bytes(range(256)))  # to base64
_PARAMETER = re.compile(r";\s*([\w-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s]+))")
_CONTINUED = re.compile(r";\s*([\w-]+)\*(?:(\d{1,4})(\*?))?\s*=\s*(?:\"([^\"]*)\"|([^;\s]*))")


class Head:
    """The header lines of a mail in their order, by lower-case name; a value is decoded when it is asked for."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self.lines: list[tuple[str, str]] = []
        self._by_name: dict[str, list[str]] = {}
        left = _MOST
        for name, value in lines:
            value = value[: min(_LONGEST, left)]
            left -= len(value)
            self.lines.append((name, value))
            self._by_name.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def raw(self, name: str) -> str:
        """The first value of that name as it was written; ''."""
        return self._by_name.get(name, ("",))[0]

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
    if value.isascii() and value.isprintable() and "=?" not in value:
        return value.strip()
    value = _FOLD.sub(" ", value)
    if "=?" in value:
        value = "".join(_words(value))
    return _CONTROL.sub("", _readable(value)).strip()


def parameters(value: str) -> dict[str, str]:
    """A header's parameters, lower-case names, those of RFC 2231 put together again."""
    plain: dict[str, str] = {}
    if ";" not in value:
        return plain
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, quoted, bare in _PARAMETER.findall(value):
        plain.setdefault(name.lower(), decoded(_ESCAPED.sub(r"\1", quoted) or bare))
    for name, number, star, quoted, bare in _CONTINUED.findall(value) if "*" in value else ():
        pieces.setdefault(name.lower(), []).append((int(number or 0), bool(star), quoted or bare))
    for name, found in pieces.items():
        plain[name] = _put_together(sorted(found))
    return plain


def _put_together(pieces: list[tuple[int, bool, str]]) -> str:
    first = pieces[0][2]
    charset, content = "", b""
    if first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    for value in [first, *(piece[2] for piece in pieces[1:])]:
        raw = value.encode("utf-8", "surrogateescape" if value.isprintable() else "replace")
        content += re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), raw)
    return decoded(text_of(content, charset)[0])


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
    if b"=" not in content.rstrip(b"=\r\n"):
        try:
            return binascii.a2b_base64(content)
        except binascii.Error:
            pass
    kept = content.translate(None, _STRANGE)
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
    value = _FOLD.sub(" ", value) if "\n" in value or "\r" in value else value
    # Encoded words are opened only after the list was taken apart: what is inside may hold commas.
    for name, address in _pairs(value):
        address, name = decoded(address).strip(" '\"<>"), decoded(name).strip(" '\"")
        if "@" not in address:
            found = _PLAUSIBLE.search(f"{address} {name}")
            address, name = (found[0], name) if found else ("", name or address)
        if address or name:
            yield Address(address.lower(), "" if name.lower() == address.lower() else name)


def _pairs(value: str) -> Iterable[tuple[str, str]]:
    if simple := _SIMPLE.fullmatch(value):
        return [(simple[1] or simple[2] or "", simple[3] or simple[4])]
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
        if usual := _DATE.fullmatch(value):
            day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
            away = timedelta(hours=int(hours), minutes=int(minutes))
            at = datetime(
                int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
            return at - away if sign == "+" else at + away
        found = parsedate_to_datetime(value)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
