"""Do learned limits of silence alarm as seldom as they should? On simulated lanes, whose truth is known.

Carriers scan with habits of their own, destinations add to them, and lanes have from five to two thousand parcels of
history. Parcels left all the time up to two weeks ago; a few are lost and never scanned again. What was
learned is then held against fresh parcels of the same lanes: a limit should be passed by about 2 % of them.
`python -m benchmarks.evidence_limits` prints the figures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from aftercart.facts import State
from aftercart.promises.calendars import Calendar, calendar_days
from aftercart.promises.lanes import Lane
from aftercart.promises.silence import EVER, NORMS, USUAL, Silence
from aftercart.promises.spells import Seen, longest, spells
from aftercart.watch.limits import MOVING, Limits

SETTLING = timedelta(days=14)  # as promises.listening has it, which would need a database
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONE, CALENDAR = ZoneInfo("UTC"), Calendar()
HISTORIES = (5, 15, 60, 250, 2000)  # parcels of a lane, one destination for each
# Business days between two scans: median, and the spread of its logarithm.
CARRIERS = {"swift": (0.45, 0.7), "steady": (0.7, 0.65), "slow": (1.1, 0.6), "erratic": (0.8, 0.9)}
SLOWER = (0.85, 1.0, 1.1, 1.25, 1.0)  # by destination
DAYS, LOST, FRESH = 120, 0.006, 3000
SIZES = {"under 30 parcels": (0, 30), "30 to 299": (30, 300), "300 and more": (300, 10**6)}


@dataclass(frozen=True, slots=True)
class Route:
    lane: Lane
    history: int
    median: float
    spread: float

    def gaps(self, rng: Random) -> list[float]:
        """Business days between the scans of one parcel on the road."""
        return [self.median * rng.lognormvariate(0, self.spread) for _ in range(rng.randint(3, 6))]


def run(seed: str = "limits") -> dict[str, Any]:
    rng = Random(seed)
    routes = list(_routes())
    silence = Silence()
    for route in routes:
        for _ in range(route.history):
            _observe(silence, route, rng)
    limits = Limits(quiet=silence.limits(), calendar=CALENDAR)
    found: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for route in routes:
        size = next(name for name, (least, most) in SIZES.items() if least <= route.history < most)
        found[size].append(_held_against_fresh(route, limits, rng))
    return {
        "wanted": {"stalled": 0.02, "lost": 1 - (NORMS[EVER].share or 0)},
        "by_history": {size: _means(found[size]) for size in SIZES},
        "floor": USUAL.floor,
    }


def _routes() -> Iterator[Route]:
    for carrier, (median, spread) in CARRIERS.items():
        for place, (history, slower) in enumerate(zip(HISTORIES, SLOWER, strict=True)):
            lane = Lane(carrier=carrier, service="home", origin="NL", destination=f"D{place}")
            yield Route(lane, history, median * slower, spread)


def _observe(silence: Silence, route: Route, rng: Random) -> None:
    """One parcel of the past, as far as it is known by now."""
    left = NOW - SETTLING - timedelta(days=rng.uniform(0, DAYS))
    scans, at = [Seen(left, State.IN_TRANSIT, "0")], left
    gaps = route.gaps(rng)
    lost_after = rng.randrange(len(gaps)) if rng.random() < LOST else len(gaps)
    for n, gap in enumerate(gaps[:lost_after], 1):
        at = CALENDAR.after(at, gap, ZONE)
        scans.append(Seen(at, State.DELIVERED if n == len(gaps) else State.IN_TRANSIT, str(n)))
    known = [scan for scan in scans if scan.at < NOW]
    arrived = bool(known) and known[-1].state == State.DELIVERED
    clock = lambda since, until: calendar_days(CALENDAR, since, until, ZONE)  # noqa: E731
    for milestone, most in longest(spells(known), now=NOW, arrived=arrived, clock=clock).items():
        silence.observe(milestone, route.lane, days=most.days, ended=most.ended)


def _held_against_fresh(route: Route, limits: Limits, rng: Random) -> tuple[float, float, float]:
    """The share of fresh parcels that pass the limit, that pass the fixed one, and that are presumed lost in vain."""
    limit = limits.silence(State.IN_TRANSIT, route.lane, international=False).days
    lost = limits.lost(State.IN_TRANSIT, route.lane, international=False).days
    most = [max(route.gaps(rng)) for _ in range(FRESH)]
    passed = [sum(days > at for days in most) / FRESH for at in (limit, MOVING[0], lost)]
    return passed[0], passed[1], passed[2]


def _means(rows: list[tuple[float, float, float]]) -> dict[str, float]:
    count = len(rows)
    return {
        "lanes": count,
        "stalled": round(sum(row[0] for row in rows) / count, 4),
        "stalled_most": round(max(row[0] for row in rows), 4),
        "stalled_by_fixed_limit": round(sum(row[1] for row in rows) / count, 4),
        "stalled_by_fixed_limit_most": round(max(row[1] for row in rows), 4),
        "lost": round(sum(row[2] for row in rows) / count, 4),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
