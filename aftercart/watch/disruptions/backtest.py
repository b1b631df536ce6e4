"""What the charts would have alarmed about in a history of orders, and how soon they find slow-downs put into it.

Days are played one after the other through the same charts as the live ones; each knows only what had happened by its
end. An order is open from the day on which it was placed until the day on which it was delivered: that it never was,
or that it was cancelled on a day that the file does not tell, is nothing anybody knew.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np

from aftercart.promises.calendars import DAY
from aftercart.promises.lanes import Lane
from aftercart.watch.disruptions.days import country_of, place, working_days
from aftercart.watch.disruptions.exposure import NEVER, OLDEST, Book, Cohorts, Group
from aftercart.watch.disruptions.monitor import Incident, Monitor
from aftercart.watch.disruptions.series import ALL, DRIFT, series_of
from aftercart.watch.disruptions.slowing import SlowDown, slowed
from aftercart.watch.history import Past

STARTS = 12
COVERED = 1 / 3  # of the slowed parcels that an incident must be about, to have found the slow-down

OnDay = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class Play:
    """A history, its groups and the days on which it can be played."""

    def __init__(self, history: Sequence[Past], *, country: str = "") -> None:
        self.country = country or country_of(past.lane.destination for past in history)
        lanes: dict[Lane, int] = {}
        # How far a parcel goes matters most for its speed: whether it stays in its region.
        self.home: list[bool] = []
        self.lanes: list[Lane] = []
        at = np.empty(len(history), np.int64)
        for n, past in enumerate(history):
            lane = past.lane
            home = bool(lane.origin) and lane.origin == lane.destination
            key = Lane(
                carrier=lane.carrier,
                service=lane.service,
                origin="home" if home else "",
                destination=lane.destination,
            )
            if key not in lanes:
                lanes[key] = len(lanes)
                self.lanes.append(key)
            at[n] = lanes[key]
        self.began = np.array([past.placed_at.date().toordinal() for past in history], np.int64)
        self.ended = np.array(
            [past.delivered_on.toordinal() if past.delivered_on else NEVER for past in history], np.int64
        )
        self.group = at
        self.groups = [self._group(lane) for lane in self.lanes]
        self.first = date.fromordinal(int(self.began.min()))
        self.last = date.fromordinal(int(self.began.max()))

    def _group(self, lane: Lane) -> Group:
        country, region = place(lane.destination, self.country)
        full = f"{country}-{region}" if country and region else lane.destination
        return Group(
            series_of(Lane(carrier=lane.carrier, service=lane.service, destination=full)),
            working_days(country, region),
        )

    def book(self, ended: np.ndarray | None = None) -> Book:
        return Book(self.groups, Cohorts(self.group, self.began, self.ended if ended is None else ended))

    def hit(self, by: SlowDown) -> np.ndarray:
        """Which orders go to the slowed places, or with the slowed carriers."""
        if not by.places:
            return np.ones(len(self.began), bool)
        known = [lane.destination in by.places or lane.carrier in by.places for lane in self.lanes]
        found: np.ndarray = np.array(known)[self.group]
        return found


@dataclass(frozen=True, slots=True)
class Alarm:
    on: date
    region: str
    kind: str
    evidence: dict[str, object]


@dataclass(slots=True)
class Played:
    """All incidents, and for each day what the charts knew before it."""

    incidents: list[Incident]
    before: dict[date, Monitor]


def play(whole: Play, *, keep: Callable[[date], bool] = lambda _: False, on_day: OnDay | None = None) -> Played:
    """Every day from the first order to the last. `keep`: of which days to keep what was known before."""
    monitor, book, found, before = Monitor(), whole.book(), [], {}
    day, total = whole.first, (whole.last - whole.first).days
    while day <= whole.last:
        if keep(day):
            before[day] = monitor.copied()
        found += [one for one in monitor.take(day, book.on(day)) if one.closed is None]
        day += DAY
        if on_day:
            on_day("playing", (day - whole.first).days, total)
    return Played(found, before)


def report(
    history: Sequence[Past],
    *,
    country: str = "",
    quiet: Sequence[Period] = (),
    slow_downs: Sequence[SlowDown] = (),
    on_day: OnDay | None = None,
) -> dict[str, object]:
    """The figures of `aftercart backtest disruptions`, as its page of the reference describes them."""
    whole = Play(history, country=country)

    def wanted(day: date) -> bool:
        return bool(slow_downs) and (not quiet or any(day in period for period in quiet))

    played = play(whole, keep=wanted, on_day=on_day)
    alarms = [alarm_of(one) for one in played.incidents]
    quiet_days = [day for day in _days(whole.first, whole.last) if any(day in period for period in quiet)]
    injected = []
    for by in slow_downs:
        injected.append(injection(whole, played, by, on_day=on_day))
    false = [alarm for alarm in alarms if any(alarm.on in period for period in quiet)]
    return {
        "orders": len(history),
        "first_day": whole.first.isoformat(),
        "last_day": whole.last.isoformat(),
        "country": whole.country or None,
        "alarms": [_as_json(alarm) for alarm in alarms],
        "quiet_days": len(quiet_days),
        "false_alarms": len(false),
        "false_alarms_on": [_as_json(alarm) for alarm in false],
        "injected": injected,
    }


def _days(first: date, last: date) -> Iterable[date]:
    return (first + DAY * n for n in range((last - first).days + 1))


def alarm_of(one: Incident) -> Alarm:
    region = "all" if one.series == ALL else one.series.name
    evidence: dict[str, object] = {
        "began": one.began.isoformat(),
        "days": one.days,
        "observed": round(one.observed, 1),
        "expected": round(one.expected, 1),
        "ratio": round(one.slow, 3),
        "statistic": round(one.statistic, 2),
        "limit": round(one.limit, 2),
    }
    return Alarm(one.opened, region, one.kind, evidence)


def _as_json(alarm: Alarm) -> dict[str, object]:
    return {"on": alarm.on.isoformat(), "region": alarm.region, "class": alarm.kind, "evidence": alarm.evidence}


def injection(whole: Play, played: Played, by: SlowDown, *, on_day: OnDay | None = None) -> dict[str, object]:
    """How soon a slow-down is found that begins on random quiet days."""
    hit = whole.hit(by)
    starts = _starts(whole, played, by, hit)
    delays = []
    for n, start in enumerate(starts):
        if on_day:
            on_day(f"slowing {by.label}", n, len(starts))
        delays.append(_delay(whole, played.before[start].copied(), by, hit, start, seed=n))
    found = [delay for delay in delays if delay is not None]
    # A slow-down that was not found counts as found after the longest delay there is.
    worst = [delay if delay is not None else by.days + 1 for delay in delays]
    return {
        "region": by.label,
        "rate": by.rate,
        "days": by.days,
        "starts": len(starts),
        "expected_per_day": round(_daily(whole, hit, starts), 1),
        "median_delay_days": float(median(worst)) if worst else None,
        "found_share": round(len(found) / len(starts), 3) if starts else None,
        "delays": delays,
    }


def _starts(whole: Play, played: Played, by: SlowDown, hit: np.ndarray) -> list[date]:
    """Days on which the charts were ready, nothing was the matter with these places, and there is time to find it."""
    ready = [
        day
        for day, monitor in sorted(played.before.items())
        if day + DAY * by.days <= whole.last
        and ALL in monitor.charts
        and monitor.charts[ALL].ready
        and not any(_covers(whole, one, hit) for one in monitor.open.values())
    ]
    rng = random.Random(zlib.crc32(f"{by.label}:{by.rate}:{by.days}".encode()))
    return sorted(rng.sample(ready, min(STARTS, len(ready))))


def _delay(whole: Play, monitor: Monitor, by: SlowDown, hit: np.ndarray, start: date, *, seed: int) -> int | None:
    """Days until an incident covers the slow-down, the first day counted."""
    near = (whole.began > start.toordinal() - 2 * OLDEST - 60) & (whole.began < start.toordinal() + by.days)
    ended = slowed(whole.began[near], whole.ended[near], hit[near], start=start, by=by, seed=seed)
    book = Book(whole.groups, Cohorts(whole.group[near], whole.began[near], ended))
    book.first = whole.first.toordinal()
    for n in range(by.days):
        day = start + DAY * n
        for one in monitor.take(day, book.on(day)):
            if one.closed is None and one.kind != DRIFT and _covers(whole, one, hit):
                return n + 1
    return None


def _covers(whole: Play, one: Incident, hit: np.ndarray) -> bool:
    """Whether an incident is about at least a third of these orders."""
    about = np.array([one.series in group.series for group in whole.groups])[whole.group]
    return bool((about & hit).sum() >= COVERED * hit.sum())


def _daily(whole: Play, hit: np.ndarray, starts: Sequence[date]) -> float:
    """How many of these orders came a day, over the four weeks before the slow-downs."""
    came = [((whole.ended < s.toordinal()) & (whole.ended >= s.toordinal() - 28) & hit).sum() / 28 for s in starts]
    return float(np.mean(came)) if came else 0.0
