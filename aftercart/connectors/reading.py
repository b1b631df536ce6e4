"""Reading what strangers send: any value may be missing, null, of another type, or nonsense."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from aftercart.connectors.contract import RECEIVED_AT, UNDATED, PayloadError, Read
from aftercart.facts import Money, Place, Unread
from aftercart.plumbing import moments
from aftercart.plumbing.countries import country_code
from aftercart.plumbing.money import minor_units

Document = dict[str, Any]
T = TypeVar("T")

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_LONGEST_KEY = 120
_LARGEST_WHOLE = 2**31 - 1


def document(body: bytes) -> Any:
    """The JSON of a body. Half an emoji, which some senders cut off, is read as U+FFFD."""
    try:
        try:
            return msgspec.json.decode(body)
        except msgspec.DecodeError:
            return msgspec.json.decode(_LONE_SURROGATE.sub(rb"\\ufffd", body.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, RecursionError) as error:
        raise PayloadError("body", f"is not JSON: {error}") from error


def head(decoder: msgspec.json.Decoder[T], body: bytes) -> T | None:
    """The few fields that the intake asks for, without building the rest; None where the body is not readable."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def mapping(value: object) -> Document:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def several(value: object) -> list[Any]:
    """The list; what senders that write one alone wrote alone; or an empty one."""
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def text(value: object, at_most: int = 300) -> str:
    """A text or number as stripped text; '' for anything else. PostgreSQL keeps no NUL, so neither do we."""
    if isinstance(value, str):
        return (value.replace("\0", "") if "\0" in value else value).strip()[:at_most]
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:at_most]


def word(value: object) -> str:
    """A word of the sender's vocabulary, whatever its case."""
    return text(value, 80).lower()


def key(value: object) -> str:
    """An external id, '' if there is none. Ids are never shortened: two could become one."""
    found = text(value, _LONGEST_KEY + 1)
    return found if len(found) <= _LONGEST_KEY else ""


def needed_key(value: object, field: str) -> str:
    found = key(value)
    if not found:
        raise PayloadError(field, "is missing" if value in (None, "") else "is not an id")
    return found


def whole(value: object) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.strip().lstrip("+-").isdecimal() and len(value) < 15 else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return int(value) if abs(value) <= _LARGEST_WHOLE else None


def pieces(value: object) -> int:
    """How many of something: one where nothing says, never fewer than none."""
    found = whole(value)
    return 1 if found is None else max(found, 0)


def money(amount: object, currency: object) -> Money | None:
    """An amount with its currency; None unless both are there and make sense."""
    code = text(currency, 4).upper()
    units = minor_units(amount, code) if len(code) == 3 and code.isascii() and code.isalpha() else None
    return None if units is None else Money(amount=units, currency=code)


def place(city: object, region: object, country: object, postal_code: object) -> Place:
    return Place(
        city=text(city, 120),
        region=text(region, 120),
        country=country_code(text(country, 80)),
        postal_code=text(postal_code, 20),
    )


def first_instant(*values: object) -> datetime | None:
    """The first of the values that is a time, as an instant."""
    return next((found for value in values if (found := moments.instant(value)) is not None), None)


def heard_at(headers: Mapping[str, str]) -> datetime | None:
    """When the delivery was received, where whoever calls `parse` says it."""
    return moments.instant(headers.get(RECEIVED_AT))


def received_at(headers: Mapping[str, str]) -> datetime:
    return heard_at(headers) or UNDATED


def read_each(values: Iterable[T], where: str, read: Callable[[T], Iterable[Read]]) -> Iterator[Read]:
    """The facts of each value; one that cannot be read is said and does not cost the others."""
    for position, value in enumerate(values):
        try:
            yield from read(value)
        except PayloadError as error:
            yield Unread(f"{where}[{position}].{error.field}", error.reason)


def gathered(reads: Iterable[Read]) -> list[Read]:
    """All that was read before something could not be, which is then said; an error only where that was nothing."""
    found: list[Read] = []
    try:
        for read in reads:
            found.append(read)
    except PayloadError as error:
        if not found:
            raise
        found.append(Unread(error.field, error.reason))
    return found
