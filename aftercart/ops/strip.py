"""The calendar as a strip of weeks: for each entry the days on which it holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

WEEKS = 6
DAY = timedelta(days=1)


class Holds(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def begins(self) -> date: ...
    @property
    def ends(self) -> date | None: ...
    @property
    def ships_from(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Some days alike: what holds on them ("" nothing, "on" the entry, "leaves" the first day on which it leaves)."""

    days: int
    what: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """`weeks`: their Mondays; `days`: each with whether it is today."""

    weeks: tuple[date, ...]
    days: tuple[tuple[date, bool], ...]
    rows: tuple[Row, ...]


def strip(entries: Sequence[Holds], *, today: date) -> Strip:
    """What is in force from this week on, the first to begin above."""
    monday = today - DAY * today.weekday()
    days = [monday + DAY * n for n in range(7 * WEEKS)]
    shown = [entry for entry in entries if any(_what(entry, day) for day in days)]
    shown.sort(key=lambda entry: (entry.begins, entry.name))
    return Strip(
        weeks=tuple(days[::7]),
        days=tuple((day, day == today) for day in days),
        rows=tuple(Row(entry.kind, entry.name, _spans(entry, days)) for entry in shown),
    )


def _what(entry: Holds, day: date) -> str:
    if day == entry.ships_from:
        return "leaves"
    # Without a last day, and once what was awaited leaves, there is nothing more to see.
    end = entry.ends if entry.ends is not None else entry.ships_from
    return "on" if entry.begins <= day and (end is None or day <= end) else ""


def _spans(entry: Holds, days: Sequence[date]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for day in days:
        what = _what(entry, day)
        if spans and spans[-1].what == what:
            spans[-1] = Span(spans[-1].days + 1, what, spans[-1].words)
        else:
            spans.append(Span(1, what, {"on": entry.name, "leaves": "leaves"}.get(what, "")))
    return tuple(spans)
