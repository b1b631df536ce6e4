"""From charts to incidents: one trouble is one incident, on the narrowest scope that explains it.

Every finished day goes into all charts. Where nearly nothing is heard of anywhere, it is the news that stopped and not
the parcels: a feed outage, which no chart learns from. When the whole network is slow only because a part of it is,
the incident is that part's; when a part is slow because everything is, it is the network's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from aftercart.watch.disruptions.charts import Chart, Day
from aftercart.watch.disruptions.drift import Drift
from aftercart.watch.disruptions.series import (
    ALL,
    CARRIER,
    DRIFT,
    FEED_OUTAGE,
    HUB,
    NETWORK,
    REGION,
    SERVICE,
    Series,
    pools,
)

SILENT = 0.03  # of what is normal everywhere: nothing is heard
HEARD = 0.3  # … and this much of it: news again
ENOUGH = 20.0  # a day, below which silence says nothing
LEAST = {NETWORK: 8.0, HUB: 2.5}  # normal a day, from which a series has alarms of its own
LEAST_ELSE = 9.5
LEAST_DRIFT = 20.0
REST_IS_WELL = 0.85
REST_IS_SOME = 0.2  # of the whole: below, the rest is too little to be held against it
LOOKED_BACK = 5  # days over which a part is held against the whole
MADE_UP = 0.7  # of what one lacks, which another holds back, for the two to be about the same parcels
MOSTLY = {REGION: 0.55}  # a share of the network from which a part says no more than the whole
MOSTLY_ELSE = 0.9


@dataclass(slots=True)
class Incident:
    """`kind` is the class: that of its series, `feed outage` or `drift`. `slow`: observed over expected."""

    series: Series
    kind: str
    began: date
    opened: date
    observed: float
    expected: float
    statistic: float
    limit: float
    days: int
    closed: date | None = None

    @property
    def slow(self) -> float:
        return self.observed / self.expected if self.expected > 0 else 1.0


@dataclass(slots=True)
class Monitor:
    charts: dict[Series, Chart] = field(default_factory=dict)
    drifts: dict[Series, Drift] = field(default_factory=dict)
    open: dict[tuple[Series, str], Incident] = field(default_factory=dict)
    lately: dict[Series, deque[Day]] = field(default_factory=dict)

    def copied(self) -> Monitor:
        """A monitor that goes on from here by itself."""
        return Monitor(
            charts={one: chart.copied() for one, chart in self.charts.items()},
            drifts={one: drift.copied() for one, drift in self.drifts.items()},
            open={key: replace(incident) for key, incident in self.open.items()},
            lately={one: deque(days, maxlen=LOOKED_BACK) for one, days in self.lately.items()},
        )

    def take(self, on: date, days: Mapping[Series, Day]) -> list[Incident]:
        """Take in a finished day; the incidents that it opened or closed."""
        changed: list[Incident] = []
        whole = days.get(ALL)
        if whole is not None and self._silent(whole, changed):
            for one, day in days.items():
                self._chart(one).unheard(day)
            return changed
        for one, day in days.items():
            chart = self._chart(one)
            self.lately.setdefault(one, deque(maxlen=LOOKED_BACK)).append(chart.observe(day))
            if one.kind != HUB:
                drift = self.drifts.setdefault(one, Drift())
                drift.observe(day, broken=chart.alarm_since is not None)
        self._close(on, changed)
        self._open(on, changed)
        return changed

    def _chart(self, one: Series) -> Chart:
        return self.charts.setdefault(one, Chart())

    def _silent(self, whole: Day, changed: list[Incident]) -> bool:
        chart, key = self._chart(ALL), (ALL, FEED_OUTAGE)
        normal = chart.normal(whole)
        if key in self.open:
            if normal < ENOUGH or whole.observed < HEARD * normal:
                return True
            self._end(key, whole.on, changed)
        elif chart.ready and normal >= ENOUGH and whole.observed <= SILENT * normal and chart.busy(whole):
            self.open[key] = outage = Incident(
                ALL, FEED_OUTAGE, whole.on, whole.on, whole.observed, normal, 0.0, SILENT, 1
            )
            changed.append(outage)
            return True
        return False

    def _close(self, on: date, changed: list[Incident]) -> None:
        for key, incident in list(self.open.items()):
            one, kind = key
            over = self.drifts[one].since is None if kind == DRIFT else self.charts[one].alarm_since is None
            if over:
                self._end(key, on, changed)
            elif kind != DRIFT:
                running = self.charts[one].running
                incident.observed, incident.expected = running.came, running.expected

    def _end(self, key: tuple[Series, str], on: date, changed: list[Incident]) -> None:
        incident = self.open.pop(key)
        incident.closed = on
        changed.append(incident)

    def _open(self, on: date, changed: list[Incident]) -> None:
        alarmed = [one for one, chart in self.charts.items() if chart.alarm_since is not None and self._counts(one)]
        for one in self._narrowest(alarmed):
            if (one, one.kind) not in self.open:
                incident = _incident(one, self.charts[one], on)
                self.open[one, one.kind] = incident
                changed.append(incident)
        for one, drift in self.drifts.items():
            new = drift.since == on and (one, DRIFT) not in self.open
            if new and self._counts(one) and self._daily(one) >= LEAST_DRIFT and not self._covered(one, DRIFT):
                share = drift.ratio
                self.open[one, DRIFT] = incident = Incident(
                    one, DRIFT, on, on, share * 100, 100.0, drift.evidence, 0.0, 7
                )
                changed.append(incident)

    def shows(self, one: Series) -> bool:
        """Whether a series is worth keeping the days of."""
        return self._counts(one) or any(one == held for held, _ in self.open)

    def _covered(self, one: Series, kind: str) -> bool:
        return one != ALL and (ALL, kind) in self.open

    def _narrowest(self, alarmed: list[Series]) -> list[Series]:
        """The scopes that explain the alarms: a part alone where all else is well, the whole where it is not."""
        parts = [one for one in alarmed if one != ALL]
        hubs = [one for one in parts if one.kind == HUB]
        if (ALL, NETWORK) in self.open:
            return hubs
        if ALL in alarmed:
            for kind in (CARRIER, REGION):
                guilty = self._guilty(kind)
                if guilty and self._rest(ALL, guilty) >= REST_IS_WELL:
                    return [one for one in parts or guilty if not self._explained(one, parts)]
            return [ALL, *hubs]
        return [one for one in parts if not self._explained(one, parts)]

    def _guilty(self, kind: str) -> list[Series]:
        """The parts of the network, none within another, that are slow themselves."""
        slow = [one for one, days in self.lately.items() if one.kind == kind and _share(days) < REST_IS_WELL]
        slow = [one for one in slow if self._counts(one) and self.charts[one].suspicious]
        return [one for one in slow if not any(one.name in pools(other.name) for other in slow)]

    def _explained(self, one: Series, alarmed: list[Series]) -> bool:
        """Whether another alarm is about the same parcels, and says more exactly which."""
        if one.kind == HUB:
            return False
        if any(self._makes_up(other, one, alarmed) for other in alarmed):
            return True
        if one.kind == REGION:
            within = [other for other in alarmed if one.name in pools(other.name)]
            around = [other for other in alarmed if other.kind == REGION and other.name in pools(one.name)]
        else:
            within = [other for other in alarmed if other.kind == SERVICE and _carrier(other) == one.name]
            around = [Series(CARRIER, _carrier(one))] if one.kind == SERVICE else []
        if within:
            return self._rest(one, within) >= REST_IS_WELL
        return any(other in alarmed and self._rest(other, [one]) < REST_IS_WELL for other in around)

    def _makes_up(self, other: Series, one: Series, alarmed: list[Series]) -> bool:
        """Whether what `one` lacks is what `other`, of a narrower kind, holds back: a hub of its carrier or a carrier
        of its region."""
        if one.kind == REGION:
            return other.kind in (HUB, CARRIER, SERVICE) and self._lacks(other) >= MADE_UP * self._lacks(one)
        return (
            other.kind == HUB and _carrier(other) == _carrier(one) and self._lacks(other) >= MADE_UP * self._lacks(one)
        )

    def _lacks(self, one: Series) -> float:
        came, normal = _sums(self.lately.get(one, ()))
        return normal - came

    def _rest(self, whole: Series, parts: list[Series]) -> float:
        """How the whole does without these parts, over the last days; 0 if nothing to speak of is left."""
        came, normal = _sums(self.lately.get(whole, ()))
        total = normal
        for part in parts:
            had, should = _sums(self.lately.get(part, ()))
            came, normal = came - had, normal - should
        return came / normal if normal >= REST_IS_SOME * total > 0 else 0.0

    def _counts(self, one: Series) -> bool:
        """Whether a series is large enough for alarms of its own, and not all but the network itself."""
        daily = self._daily(one)
        if daily < LEAST.get(one.kind, LEAST_ELSE):
            return False
        return one in (ALL,) or one.kind == HUB or daily < MOSTLY.get(one.kind, MOSTLY_ELSE) * self._daily(ALL)

    def _daily(self, one: Series) -> float:
        chart = self.charts.get(one)
        return chart.daily if chart else 0.0


def _incident(one: Series, chart: Chart, on: date) -> Incident:
    began = chart.began or on
    running, days = chart.running, (on - began).days + 1
    return Incident(one, one.kind, began, on, running.came, running.expected, chart.alarmed_at, chart.limit, days)


def _carrier(one: Series) -> str:
    return one.name.partition("|")[0]


def _sums(days: deque[Day] | tuple[()]) -> tuple[float, float]:
    return sum(day.observed for day in days), sum(day.normal for day in days)


def _share(days: deque[Day]) -> float:
    came, normal = _sums(days)
    return came / normal if normal > 0 else 1.0
