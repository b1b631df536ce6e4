"""The slow chart: whole weeks against the same weeks of the year before, for what builds up too slowly to be a break.

Nothing but the season corrects what is expected of a week, so a speed that sinks by a little every week is held
against the speed of two to fifteen weeks ago. What is found is for operators; no customer hears of it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import date
from math import log

from aftercart.watch.disruptions.charts import Day, Tally

WEEK = 7
SHARE = 0.8  # the fall that is looked for: to this share
SCATTER = 0.012  # squared share by which weeks scatter beyond chance, before it is known
KNOWN_WEEKS = 12.0
LIMIT = 6.0
ONE_WEEK = 0.5  # of the limit: what a single week can add
WARM_UP = 12  # weeks
WELL = 0.92
YEAR = 364  # days: the same weekday
SEASON_WEIGHT = 200.0  # arrivals that draw the season to none


@dataclass(slots=True)
class Drift:
    """`past`: every day's count and expectation, as far back as the season needs."""

    past: deque[tuple[date, float, float]] = field(default_factory=lambda: deque(maxlen=YEAR + 4 * WEEK))
    weeks: int = 0
    evidence: float = 0.0
    spread: Tally = field(default_factory=Tally)
    since: date | None = None
    ratio: float = 1.0
    week: list[Day] = field(default_factory=list)

    def copied(self) -> Drift:
        """A chart that goes on from here by itself."""
        return replace(self, past=self.past.copy(), spread=replace(self.spread), week=list(self.week))

    def observe(self, day: Day, *, broken: bool) -> None:
        """Take in a finished day. `broken`: a break is known already, and the week of it says nothing more."""
        self.past.append((day.on, day.observed, day.expected))
        self.week.append(day)
        if len(self.week) >= WEEK:
            if not broken:
                self._over(self.week)
            self.week = []

    def _over(self, week: list[Day]) -> None:
        self.weeks += 1
        came = sum(day.observed for day in week)
        expected = sum(day.expected for day in week) * self._season(week[0].on)
        if expected <= 0:
            return
        self.ratio = came / expected
        surprise = (came * log(SHARE) + (1 - SHARE) * expected) / (1 + self._scatter * expected)
        if self.since is None:
            self._learn(came, expected)
            if self.weeks > WARM_UP:
                self.evidence = max(0.0, self.evidence + min(surprise, ONE_WEEK * LIMIT))
            if self.evidence >= LIMIT:
                self.since = week[-1].on
        elif self.ratio >= WELL:
            self.since, self.evidence = None, 0.0

    @property
    def _scatter(self) -> float:
        return max(0.004, (self.spread.came + SCATTER * KNOWN_WEEKS) / (self.spread.expected + KNOWN_WEEKS))

    def _learn(self, came: float, expected: float) -> None:
        self.spread.fade(0.97)
        apart = min((came - expected) ** 2, 9 * expected * (1 + self._scatter * expected))
        self.spread.add((apart - expected) / expected**2, 1.0)

    def _season(self, on: date) -> float:
        """How the same weeks of the year before, and those beside them, stood to what was expected of them."""
        day, came, expected = on.toordinal() - YEAR, 0.0, 0.0
        for then, had, should in self.past:
            if abs(then.toordinal() - day - WEEK // 2) <= 2 * WEEK:
                came, expected = came + had, expected + should
        return (came + SEASON_WEIGHT) / (expected + SEASON_WEIGHT)
