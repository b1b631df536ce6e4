"""When somebody is there to answer: hours of each day of the week, by the brand's clock, without its days off. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
AHEAD = 60  # days: beyond that nobody says when
_RULE = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? (?P<begins>\d\d:\d\d)-(?P<ends>\d\d:\d\d)")

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """`days`: of each weekday (0: Monday) the spans in minutes after midnight, in order; none: closed that day."""

    days: Mapping[int, Spans]

    @classmethod
    def read(cls, body: Mapping[str, Iterable[Iterable[int]]]) -> Week:
        """From what `plain` made of it."""
        spans = {int(day): tuple(sorted((b, e) for b, e in told)) for day, told in body.items()}
        return cls(spans)

    @property
    def plain(self) -> dict[str, list[list[int]]]:
        return {str(day): [list(span) for span in spans] for day, spans in sorted(self.days.items())}

    def __str__(self) -> str:
        told = [f"{DAYS[d]} {_clock(b)}-{_clock(e)}" for d, spans in sorted(self.days.items()) for b, e in spans]
        return ", ".join(told)


def written(text: str) -> Week:
    """From what a person writes: `mon-fri 09:00-18:00, sat 10:00-14:00`. Raises ValueError with the reason."""
    days: dict[int, set[tuple[int, int]]] = {}
    for part in filter(None, (part.strip().lower() for part in text.split(","))):
        found = _RULE.fullmatch(part)
        if found is None or not {found["first"], found["last"] or "mon"} <= set(DAYS):
            raise ValueError(f"hours: {part!r} is not like `mon-fri 09:00-18:00`")
        first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
        begins, ends = _minute(found["begins"]), _minute(found["ends"])
        if not begins < ends <= DAY or last < first:
            raise ValueError(f"hours: {part!r} ends before it begins")
        for day in range(first, last + 1):
            days.setdefault(day, set()).add((begins, ends))
    return Week({day: tuple(sorted(spans)) for day, spans in days.items()})


def is_open(week: Week, zone: ZoneInfo, off: frozenset[date], at: datetime) -> bool:
    """`off`: days of the brand on which nobody is there."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return local.date() not in off and any(b <= minute < e for b, e in week.days.get(local.weekday(), ()))


def opens(week: Week, zone: ZoneInfo, off: frozenset[date], at: datetime) -> datetime | None:
    """The first instant after `at` at which a span begins; None where that is not in the coming two months."""
    today = at.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(AHEAD)):
        if day in off:
            continue
        for begins, _ in week.days.get(day.weekday(), ()):
            instant = datetime.combine(day, time(begins // 60, begins % 60), zone).astimezone(UTC)
            # Where clocks are put forward, the day may not have that time, nor any of the span.
            if instant > at and is_open(week, zone, off, instant):
                return instant
    return None


def _minute(text: str) -> int:
    hours, minutes = int(text[:2]), int(text[3:])
    if minutes > 59:
        raise ValueError(f"hours: {text} is no time")
    return hours * 60 + minutes


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
