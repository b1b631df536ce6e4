"""How fast things arrive, learned day by day from what arrived and from what is still open.

The chance that something arrives today, given that it has not yet, is a product: the curve of its age, times factors
for the weekday, the lane and its coarser ancestors, the destination at that phase of the journey, the length of the
promise, and how the network and the destination do lately. Each factor is arrivals over the arrivals expected without
it; both fade, and where little is known the factor is drawn to 1. Things still open count among the expected, so a
stop in deliveries is felt at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from aftercart.promises.calendars import ALWAYS, DAY, Calendar
from aftercart.promises.lanes import NETWORK, Lane

OLDEST = 79  # days; at greater ages the curve stays level
FORGOTTEN = 45  # days after the promised day (or, without one, after OLDEST): still open then is lost, not slow
STEP = 3  # days of promise length that count as alike
TOP = 0.9  # no day's chance exceeds this
FURTHEST = 120  # days ahead; a window never ends later
LEVELS = ("lane", "route", "destination")
ENOUGH = 20.0  # arrivals from which we name a lane as the basis of a date
PRIOR = 2.0  # open days at each age that the curve to begin with weighs


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """`open` things of one lane, alike in age and promise, were open in the morning; `arrived` of them came that day.

    `age` in days since the start; `promised` is the length of the promise in days from the same start, if there is one.
    """

    lane: Lane
    age: int
    promised: int | None = None
    open: int = 1
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Habit:
    """How one kind of factor learns: half forgotten after `half` days, drawn to 1 by `weight` arrivals."""

    half: float
    weight: float


HABITS = {
    "weekday": Habit(60, 20),
    "destination": Habit(60, 20),
    "phase": Habit(60, 60),  # the destination, at one stretch of ages
    "route": Habit(60, 60),
    "lane": Habit(60, 60),
    "promised": Habit(60, 20),
    "network": Habit(6, 60),  # the last days, everywhere
    "lately": Habit(6, 60),  # the last days, at this destination
}
CURVE = Habit(60, PRIOR)

PHASES = (1, 2, 3, 5, 8, 12, 18, 27, OLDEST)  # the last age of each stretch
PHASE_OF = tuple(bisect_left(PHASES, age) for age in range(OLDEST + 1))

Course = tuple[float, ...]  # by phase
Counts = dict[str, list[float]]  # key → [arrived, expected], fading


def to_begin_with(age: int) -> float:
    """The chance of each day before anything is known: few in the first days, then one in seven."""
    return (0.01, 0.04, 0.08, 0.12)[age] if age < 4 else 0.15


class Pace:
    """The learned speed of one stage (placed→delivered, handed over→delivered, placed→handed over) of one brand."""

    __slots__ = ("arrived", "curve", "day", "expected", "factors", "version", "weekly")

    def __init__(self) -> None:
        self.day: date | None = None  # the last day observed
        self.version = 0  # one more with every day learned
        self.arrived = [PRIOR * to_begin_with(age) for age in range(OLDEST + 1)]
        self.expected = [PRIOR] * (OLDEST + 1)
        self.factors: dict[str, Counts] = {name: {} for name in HABITS}
        self._settle()

    def _settle(self) -> None:
        self.curve = [came / open_ for came, open_ in zip(self.arrived, self.expected, strict=True)]
        self.weekly = [self.factor("weekday", str(day)) for day in range(7)]

    def factor(self, name: str, key: str) -> float:
        pair = self.factors[name].get(key)
        if pair is None:
            return 1.0
        weight = HABITS[name].weight
        return (pair[0] + weight) / (pair[1] + weight)

    def course(self, lane: Lane, promised: int | None) -> Course:
        """How much faster than the curve this lane and promise are now, in each phase."""
        scale = 1.0
        for name, key in self.keys(lane, promised):
            scale *= self.factor(name, key)
        if not lane.destination:
            return (scale,) * len(PHASES)
        return tuple(scale * self.factor("phase", f"{lane.destination}|{phase}") for phase in range(len(PHASES)))

    def keys(self, lane: Lane, promised: int | None) -> list[tuple[str, str]]:
        keys = [("network", "")]
        if lane.destination:
            keys += [("destination", lane.destination), ("lately", lane.destination)]
        if lane.origin:
            keys.append(("route", f"{lane.origin}|{lane.destination}"))
        if lane.carrier or lane.service:
            keys.append(("lane", lane.key))
        if promised is not None:
            keys.append(("promised", str(max(promised, 0) // STEP)))
        return keys

    def chance(self, course: Course, age: int, weekday: int) -> float:
        """That what is open on the morning of this age arrives that day."""
        age = min(max(age, 0), OLDEST)
        return min(TOP, course[PHASE_OF[age]] * self.curve[age] * self.weekly[weekday])

    def arrived_by(
        self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar, slow: float,
        before: int | None = None,
    ) -> Iterator[float]:  # fmt: skip
        """For each day from `today`, the chance that it has arrived by its end, if it had not by that morning."""
        course, age, still_open = self.course(lane, promised), (today - start).days, 1.0
        for ahead in range(FURTHEST):
            still_open *= 1 - slow * self.chance(course, age + ahead, calendar.weekday(today + DAY * ahead))
            yield 1 - still_open

    def observe(self, day: date, exposures: Iterable[Exposure], *, calendar: Calendar = ALWAYS) -> None:
        """Learn from one finished day. Days come in order; each once."""
        if self.day is not None and day <= self.day:
            raise ValueError(f"day: {day} is not after {self.day}, which is learned already")
        self._fade((day - self.day).days if self.day else 0)
        gains = _Gains(self, calendar.weekday(day))
        for seen in exposures:
            late = seen.age - (OLDEST if seen.promised is None else seen.promised)
            if late < FORGOTTEN:
                gains.count(seen)
        for (name, key), (came, expected) in gains.pairs.items():
            pair = self.factors[name].setdefault(key, [0.0, 0.0])
            pair[0] += came
            pair[1] += expected
        self.day = day
        self.version += 1
        self._settle()

    def _fade(self, days: int) -> None:
        keep = 0.5 ** (days / CURVE.half)
        self.arrived = [came * keep for came in self.arrived]
        self.expected = [expected * keep for expected in self.expected]
        for name, counts in self.factors.items():
            keep = 0.5 ** (days / HABITS[name].half)
            for pair in counts.values():
                pair[0] *= keep
                pair[1] *= keep

    def known(self, lane: Lane) -> tuple[str, float]:
        """The finest level that rests on enough arrivals, and on how many (fading)."""
        for name, key in reversed(self.keys(lane, None)):
            came = self.factors[name].get(key, (0.0, 0.0))[0]
            if name in LEVELS and came >= ENOUGH:
                return name, came
        return NETWORK.level, sum(pair[0] for pair in self.factors["weekday"].values())

    def to_dict(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat() if self.day else None,
            "version": self.version,
            "arrived": self.arrived,
            "expected": self.expected,
            "factors": self.factors,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        pace = cls()
        pace.day = date.fromisoformat(told["day"]) if told["day"] else None
        pace.version = told["version"]
        pace.arrived = list(told["arrived"])
        pace.expected = list(told["expected"])
        pace.factors = {
            name: {key: list(pair) for key, pair in told["factors"].get(name, {}).items()} for name in HABITS
        }
        pace._settle()
        return pace


class _Gains:
    """What one day adds to each factor, all judged by what was believed before it."""

    def __init__(self, pace: Pace, weekday: int) -> None:
        self.pace, self.weekday = pace, weekday
        self.pairs: dict[tuple[str, str], list[float]] = {}
        # Exposures repeat lanes and promises: which factors count for them is worked out once.
        self.alike: dict[tuple[Lane, int | None, int], list[tuple[list[float], float]]] = {}

    def count(self, seen: Exposure) -> None:
        pace, age = self.pace, min(max(seen.age, 0), OLDEST)
        alike = (seen.lane, seen.promised, PHASE_OF[age])
        factors = self.alike.get(alike)
        if factors is None:
            factors = self.alike[alike] = [(self._pair(key), pace.factor(*key)) for key in self._keys(*alike)]
        scale = 1.0
        for _, factor in factors:
            scale *= factor
        expected = seen.open * min(TOP, scale * pace.curve[age])
        pace.arrived[age] += seen.arrived
        pace.expected[age] += expected / pace.curve[age]
        for pair, factor in factors:
            pair[0] += seen.arrived
            pair[1] += expected / factor

    def _keys(self, lane: Lane, promised: int | None, phase: int) -> list[tuple[str, str]]:
        keys = [*self.pace.keys(lane, promised), ("weekday", str(self.weekday))]
        return [*keys, ("phase", f"{lane.destination}|{phase}")] if lane.destination else keys

    def _pair(self, key: tuple[str, str]) -> list[float]:
        return self.pairs.setdefault(key, [0.0, 0.0])
