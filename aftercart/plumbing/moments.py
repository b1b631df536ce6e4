"""Reading times as strangers write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

# Outside of these a "time" is a placeholder (year 1, the Unix epoch) or a mistake.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MILLISECONDS_FROM = 10**11

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_FARTHEST = timedelta(hours=14)


def offset(text: str) -> timezone | None:
    """An offset written by itself: "-05:00", "-7:00", "+0930", "GMT+01:00", "Z"; None if it is none on this earth."""
    if text.strip().upper() in ("Z", "UTC", "GMT"):
        return UTC
    found = _OFFSET.fullmatch(text.strip())
    if found is None or int(found[3] or 0) >= 60:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-ahead if found[1] == "-" else ahead) if ahead <= _FARTHEST else None


def read(value: object) -> datetime | None:
    """The time as written: aware where an offset, Z or Unix time was given, else naive. None if unreadable."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        found = _written(value.strip())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _unix(value)
    else:
        found = None
    return found if found is not None and _is_plausible(found) else None


def _is_plausible(found: datetime) -> bool:
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return False
    offset = None if found.tzinfo is UTC else found.utcoffset()
    return offset is None or offset.seconds % 60 == 0


def instant(value: object) -> datetime | None:
    """The same as an instant in UTC; a time without an offset is read as UTC."""
    found = read(value)
    if found is None:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def day(value: object) -> date | None:
    """The calendar day as written, whatever its offset: an estimated day is a local one, even where it ends in Z."""
    found = read(value)
    return None if found is None else found.date()


def _written(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if text.isascii() and text.isdigit():
        return _unix(int(text)) if len(text) >= 9 else None
    head, _, tail = text.rpartition(" ")
    try:  # "2026-03-01 10:00:00 +0100", "2026-03-01 10:00:00 UTC"
        return datetime.fromisoformat(head + ("+00:00" if tail.upper() in ("UTC", "GMT", "Z") else tail))
    except ValueError:
        return None


def _unix(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
