"""When something will arrive, as we believe today. Pure: tables and days are arguments.

`Pace` is what was learned of a stage; `start` is the day on which that stage began (placed, or handed over), `today`
the day whose morning it is. Days are calendar days at the destination.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from aftercart.promises.calendars import ALWAYS, DAY, Calendar
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.pace import FURTHEST, Exposure, Pace
from aftercart.promises.silence import Quiet, Silence

__all__ = [
    "FURTHEST",
    "Calendar",
    "Exposure",
    "Held",
    "Lane",
    "Pace",
    "Quiet",
    "Silence",
    "Speed",
    "Window",
    "miss_probability",
    "window",
]


class Speed(Protocol):
    """What a window is read off: a `Pace`, or once enough has arrived the regression (`arrivals/believing.py`)."""

    @property
    def version(self) -> int: ...

    def __hash__(self) -> int: ...

    def known(self, lane: Lane) -> tuple[str, float]:
        """What it rests on, and on how many arrivals."""

    def arrived_by(
        self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar, slow: float,
        before: int | None = None,
    ) -> Iterable[float]:  # fmt: skip
        """For each day from `today`, the chance that it has arrived by its end, if it had not by that morning.

        `promised`: days promised from the start; `before`: days that it took to leave. None: not known, as is usual.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Arrival between `earliest` and `latest`, as likely as not by `likely`, by `p80` and `p95` with that certainty;
    `basis` says what it rests on, `version` of which table.

    `confidence`: the chance that it arrives by `latest`; None where somebody else says so and we cannot tell.
    """

    earliest: date
    latest: date
    likely: date
    basis: str
    version: int
    confidence: float | None = None
    p80: date | None = None
    p95: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a disruption takes from the progress of a parcel, in days: `lost` already, `ahead` still to come.

    Lost days say nothing about the parcel: it is as old as its progress. Those ahead make everything later.
    """

    lost: int = 0
    ahead: float = 0.0


FREE = Held()


def miss_probability(
    pace: Pace,
    *,
    lane: Lane,
    start: date,
    promised: date,
    today: date,
    calendar: Calendar = ALWAYS,
    slow: float = 1.0,
) -> float:
    """The chance that what is open on the morning of `today` is still open after `promised`.

    `slow` scales the chance of each day: 0.5 while a disruption halves what arrives.
    """
    return _missed(pace, pace.version, lane, start, promised, today, calendar, slow)


# Days alone count: what began alike and was promised alike misses alike, until the table learns another day.
@lru_cache(maxsize=16_384)
def _missed(
    pace: Pace, version: int, lane: Lane, start: date, promised: date, today: date, calendar: Calendar, slow: float
) -> float:
    course = pace.course(lane, (promised - start).days)
    age = (today - start).days
    still_open = 1.0
    for ahead in range((promised - today).days + 1):
        still_open *= 1 - slow * pace.chance(course, age + ahead, calendar.weekday(today + DAY * ahead))
    return still_open


def window(
    pace: Speed,
    *,
    lane: Lane = NETWORK,
    start: date,
    today: date,
    promised: date | None = None,
    calendar: Calendar = ALWAYS,
    shares: tuple[float, float] = (0.1, 0.9),
    slow: float = 1.0,
    before: int | None = None,
) -> Window:
    """The days between which it arrives, if it has not by the morning of `today`, outer `shares` left outside.

    For an order that was placed, pass the pace of whole orders; for a parcel that left, that of the transit. `slow`
    scales the chance of each day, as in `miss_probability`; `before` are the days that the order took to leave.
    """
    length = None if promised is None else (promised - start).days
    expected = pace.arrived_by(
        lane, start=start, promised=length, today=today, calendar=calendar, slow=slow, before=before
    )
    asked = (*shares, 0.5, 0.8, 0.95)
    (earliest, _), (latest, confidence), (likely, _), (p80, _), (p95, _) = _reached(asked, expected, today)
    level, n = pace.known(lane)
    return Window(
        earliest=earliest,
        latest=latest,
        likely=likely,
        basis=f"{level}, {n:,.0f} arrivals",
        version=pace.version,
        confidence=confidence,
        p80=p80,
        p95=p95,
    )


def _reached(asked: Sequence[float], expected: Iterable[float], today: date) -> list[tuple[date, float]]:
    """The first day by whose end each share is expected, and how much is by then; the last day, where it never is."""
    wanted = sorted(set(asked), reverse=True)
    found: dict[float, tuple[date, float]] = {}
    day, arrived = today - DAY, 0.0
    for arrived in expected:
        day += DAY
        while wanted and arrived >= wanted[-1]:
            found[wanted.pop()] = (day, arrived)
        if not wanted:
            break
    return [found.get(share, (day, arrived)) for share in asked]
