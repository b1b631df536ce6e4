"""What a parcel's last milestone says about its coming days, beyond how long it has travelled. Pure.

A parcel out for delivery comes today, whatever its age; one held by customs does not. So the chance of each of the
next days, as lane and age have it, is bent: its log-odds `x` become `level + slope × (x − USUAL)`, by the milestone,
the days since, and how far ahead the day is. With a slope of 1 the milestone makes all parcels so much faster or
slower, with 0 it alone decides. A brand that has seen nothing starts from `BEFORE_ANY`; `arrivals/standing.py` learns
from its scans.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from math import exp, log
from typing import Any, NamedTuple

from aftercart.facts import State
from aftercart.orders.journey import BEFORE, HUB
from aftercart.plumbing.regions import region_code
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.rules import Speed

# On the road there are three milestones in one state: at a depot in the customer's own town, where the lane ends (in
# its region; from abroad, its country), or anywhere else.
DEPOT, NEAR, AWAY = "depot", "near", "away"
NAMES = {
    DEPOT: "at the depot",
    NEAR: "near",
    AWAY: "on the way",
    State.OUT_FOR_DELIVERY.value: "out for delivery",
    State.ATTEMPT_FAILED.value: "attempt failed",
    State.AVAILABLE_FOR_PICKUP.value: "awaiting pickup",
    State.IN_CUSTOMS.value: "in customs",
    State.HELD.value: "held",
    State.DELAYED.value: "delayed",
}

SINCE = (0, 1, 2, 3, 6)  # days since the milestone from which it may say something else
AHEAD = (0, 1, 2, 3, 6, 11)  # days ahead, likewise
FAR = 21  # days ahead from which a milestone says nothing
LEAST, MOST = 0.003, 0.98  # chances of a day that are told apart


def odds(chance: float) -> float:
    """The log-odds of a day's chance."""
    chance = min(max(chance, LEAST), MOST)
    return log(chance / (1 - chance))


USUAL = odds(0.2)


class Bend(NamedTuple):
    """`level`: the log-odds of a day that usually has a chance of one in five."""

    level: float = USUAL
    slope: float = 1.0


SAME = Bend()
Key = tuple[str, int, int]  # a milestone, and which of SINCE and of AHEAD


def _before_any() -> Iterator[tuple[Key, Bend]]:
    """From how carriers work: the van comes the same day, and in one of six cases a day later; a depot needs a night; a
    clearance takes days, and what is stopped takes days to move on; what waits at a counter waits for its customer."""
    chances: Mapping[str, tuple[float, Sequence[Sequence[float]]]] = {
        State.OUT_FOR_DELIVERY: (0.3, [(0.85, 0.5, 0.35, 0.3), (0.5, 0.35, 0.3)]),
        State.ATTEMPT_FAILED: (0.3, [(0.15, 0.45, 0.35), (0.4, 0.35, 0.3), (0.3, 0.25)]),
        State.AVAILABLE_FOR_PICKUP: (0.3, [(0.3, 0.25, 0.2), (0.25, 0.2, 0.2)]),
        DEPOT: (0.5, [(0.3, 0.5, 0.35, 0.3), (0.45, 0.35, 0.3), (0.3, 0.3)]),
        State.IN_CUSTOMS: (0.7, [(0.01, 0.03, 0.08, 0.15), (0.02, 0.06, 0.1, 0.15), (0.03, 0.08, 0.12, 0.15)]),
        State.HELD: (0.7, [(0.03, 0.06, 0.1, 0.15), (0.03, 0.06, 0.1, 0.15), (0.03, 0.06, 0.1, 0.15)]),
        State.DELAYED: (0.7, [(0.04, 0.08, 0.12, 0.15), (0.05, 0.1, 0.12, 0.15), (0.06, 0.1, 0.12, 0.15)]),
    }
    for milestone, (slope, rows) in chances.items():
        for since, row in enumerate(rows):
            for ahead, chance in enumerate(row):
                yield (str(milestone), since, ahead), Bend(odds(chance), slope)


BEFORE_ANY: Mapping[Key, Bend] = dict(_before_any())


class Stand(NamedTuple):
    """A milestone, and how many days ago it was."""

    milestone: str
    days: int


def milestone(state: str, lane: Lane, *, town: str, seen_in: str, country: str, region: str) -> str:
    """What a scan says of where its parcel is. `town` is the customer's, `seen_in` the one of the scan; `country` and
    `region` are the scan's too. "": nothing."""
    if state not in HUB:
        return state if state in NAMES else ""
    if town and seen_in.casefold() == town.casefold():
        return DEPOT
    home, _, of_home = lane.destination.partition("-")
    there = country == home and (not of_home or region_code(country, region) == of_home)
    return NEAR if there and lane.origin != lane.destination else AWAY


class Seen(NamedTuple):
    """A scan: its day, and what it says of where the parcel is."""

    day: int
    state: str
    town: str = ""
    country: str = ""
    region: str = ""


def stands(scans: Iterable[Seen], lane: Lane, town: str) -> list[tuple[int, str]]:
    """The days on which a parcel came to a milestone, in order; on the road every scan is one. `town`: the
    customer's. Scans come in the order of the road."""
    found: list[tuple[int, str]] = []
    state, seen_in, country, region = "", "", "", ""
    for scan in scans:
        if scan.state in BEFORE:
            continue
        if scan.state != state:
            country, region = "", ""
        if scan.town or scan.country:
            seen_in = scan.town
        if scan.country:
            country, region = scan.country, scan.region
        at = milestone(scan.state, lane, town=town, seen_in=seen_in, country=country, region=region)
        came = (scan.day, at)
        if (scan.state != state or scan.state in HUB) and came not in found[-1:]:
            found.append(came)
        state = scan.state
    return found


class Milestones:
    """How each milestone bends what is believed of a day. Compared as itself: a table once learned never changes."""

    def __init__(self, learned: Mapping[Key, Bend] | None = None) -> None:
        self.bends = {**BEFORE_ANY, **(learned or {})}

    @classmethod
    def of(cls, table: Iterable[Sequence[Any]] | None) -> Milestones:
        """Rows of milestone, since, ahead, level, slope, as they are stored; None: nothing is learned yet."""
        return cls({(name, since, ahead): Bend(level, slope) for name, since, ahead, level, slope in table or ()})

    def course(self, at: Stand) -> tuple[Bend, ...]:
        """For each of the next FAR days."""
        since = bisect_right(SINCE, max(at.days, 0)) - 1
        by_part = [self.bends.get((at.milestone, since, part), SAME) for part in range(len(AHEAD))]
        return tuple(by_part[bisect_right(AHEAD, ahead) - 1] for ahead in range(FAR))


@dataclass(frozen=True, slots=True)
class Standing:
    """A speed as it is for a parcel that was last seen at a milestone."""

    usual: Speed
    milestones: Milestones
    at: Stand

    @property
    def version(self) -> int:
        return self.usual.version

    def known(self, lane: Lane) -> tuple[str, float]:
        level, n = self.usual.known(lane)
        return f"{level}, {NAMES[self.at.milestone]}", n

    def arrived_by(
        self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar, slow: float,
        before: int | None = None,
    ) -> Iterator[float]:  # fmt: skip
        usual = self.usual.arrived_by(
            lane, start=start, promised=promised, today=today, calendar=calendar, slow=slow, before=before
        )
        return bent(usual, self.milestones.course(self.at))


def bent(usual: Iterable[float], course: Sequence[Bend]) -> Iterator[float]:
    """The chances of having arrived by the end of each day, where the chance of each day is another than usual."""
    before, still_open = 0.0, 1.0
    for arrived, how in zip(usual, chain(course, _for_ever()), strict=False):
        chance = (arrived - before) / (1 - before) if before < 1 else 1.0
        before = arrived
        if how is not SAME:
            level = how.level + how.slope * (odds(chance) - USUAL)
            chance = 1 / (1 + exp(-level))
        still_open *= 1 - chance
        yield 1 - still_open


def _for_ever() -> Iterator[Bend]:
    while True:
        yield SAME
