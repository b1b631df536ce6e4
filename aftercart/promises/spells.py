"""From one parcel's scans to what they teach about waiting: its silences and its stays, milestone by milestone. Pure.

They are cut as the rules of `watch` judge them: a silence runs from one movement to the next news, a stay from when a
parcel came into a state, or to a hub, until it leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from aftercart.facts import State
from aftercart.orders.fold import ALONG_THE_ROAD
from aftercart.orders.journey import BACK, BEFORE, MOVEMENT
from aftercart.promises.silence import EVER, HUB, SHELF, stay

SILENT = frozenset({State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS})
STAYS = frozenset({State.IN_CUSTOMS, State.HELD, State.DELAYED, State.OUT_FOR_DELIVERY})
ON_THE_ROAD = frozenset({State.ACCEPTED, State.IN_TRANSIT})
IN_A_BIN = timedelta(hours=12)

Clock = Callable[[datetime, datetime], float]


class Seen(NamedTuple):
    at: datetime
    state: str
    city: str = ""


class Spell(NamedTuple):
    """From `since` until `until`; None: it lasts."""

    milestone: str
    since: datetime
    until: datetime | None


class Longest(NamedTuple):
    days: float
    ended: bool


def spells(scans: Sequence[Seen]) -> Iterator[Spell]:
    """Every silence and stay on the way to the customer, in no particular order."""
    road = sorted(scans, key=lambda scan: (scan.at, ALONG_THE_ROAD[scan.state], scan.city))
    road = [scan for scan in road if scan.state not in BEFORE and scan.state != State.CANCELLED]
    end = next((n for n, scan in enumerate(road) if scan.state == State.DELIVERED or scan.state in BACK), None)
    way = road if end is None else road[: end + 1]
    yield from _silences(way, over=end is not None)
    yield from _stays(way, over=end is not None)


def _silences(way: Sequence[Seen], *, over: bool) -> Iterator[Spell]:
    news = [*way[:1], *(scan for before, scan in pairwise(way) if scan.state in MOVEMENT or scan.state != before.state)]
    for scan, following in pairwise(news):
        if scan.state in SILENT:
            yield Spell(scan.state, scan.at, following.at)
    if news and not over and news[-1].state in SILENT:
        yield Spell(news[-1].state, news[-1].at, None)
    if over and way[-1].state == State.DELIVERED:
        for scan, following in pairwise(way):
            yield Spell(EVER, scan.at, following.at)


def _stays(way: Sequence[Seen], *, over: bool) -> Iterator[Spell]:
    milestone, since, here = "", None, ("", "")
    for scan in way:
        kind = stay(HUB if scan.state in ON_THE_ROAD else scan.state)
        place = (scan.state, (scan.city or here[1]).casefold() if scan.state in ON_THE_ROAD else "")
        if since is None or place != here:
            if since is not None and milestone in _TAUGHT:
                yield Spell(milestone, since, scan.at)
            milestone, since, here = kind, scan.at, place
    if len(way) > 1 and way[-1].state in BACK and way[-2].state == State.AVAILABLE_FOR_PICKUP:
        waited = next(scan for scan in way if scan.state == State.AVAILABLE_FOR_PICKUP)
        yield Spell(SHELF, waited.at, way[-1].at)
    if since is not None and not over and milestone in _TAUGHT:
        yield Spell(milestone, since, None)


_TAUGHT = frozenset({stay(HUB), *map(stay, STAYS)})


def longest(found: Iterator[Spell], *, now: datetime, arrived: bool, clock: Clock) -> dict[str, Longest]:
    """Of each milestone the longest, in business days by `clock`; only of what has `arrived` it is final."""
    most: dict[str, Longest] = {}
    for milestone, since, until in found:
        passed = (until or now) - since
        days = passed / timedelta(days=1) if passed < IN_A_BIN else clock(since, until or now)
        before = most.get(milestone)
        final = arrived or milestone == SHELF
        most[milestone] = Longest(max(days, before.days if before else 0.0), final)
    return most
