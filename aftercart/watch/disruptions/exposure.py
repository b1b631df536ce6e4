"""What open parcels should have done on a day, and what they did: counted with numpy, for all series at once.

Parcels that began on one day in one group and ended on one day are one cohort. How likely one of an age is to end on
a day (the hazard) is learned from the days between `LONGEST_AGO` and `LEAST_AGO` before it, group by group, drawn to
the whole network's; a parcel that is still open counts among those that could have ended, so nothing has to be
delivered to be noticed. Nothing that happened after the day is looked at, and what is open longer than `OLDEST` days
is taken for lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from aftercart.watch.disruptions.charts import Day
from aftercart.watch.disruptions.days import DOUBTFUL, WorkingDays
from aftercart.watch.disruptions.series import Series

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

OLDEST = 60
LONGEST_AGO, LEAST_AGO = 104, 14
FEWEST_DAYS = 28  # before there are as many between those two, all days up to yesterday teach
WEIGHT = 40.0  # open parcel-days that the whole network's hazard weighs in a group's
NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Group:
    """Parcels that are taken to be equally fast, where they count, and whose calendar holds for them."""

    series: tuple[Series, ...]
    working: WorkingDays


class Cohorts:
    """`began`, `ended` and `left` are day numbers (`date.toordinal`); `count` parcels each.

    `ended` is NEVER while open. `left`: the day on which one was given up, as lost or on its way back.
    """

    def __init__(
        self, group: Ints, began: Ints, ended: Ints, *, count: Ints | None = None, left: Ints | None = None
    ) -> None:
        order = np.argsort(began, kind="stable")
        self.group, self.began, self.ended = group[order], began[order], ended[order]
        self.count = (np.ones(len(order), np.int64) if count is None else count)[order].astype(np.float64)
        # The first morning on which a cohort is no longer among those that could end.
        self.gone = np.minimum(self.ended, self.began + OLDEST) + 1
        if left is not None:
            self.gone = np.minimum(self.gone, left[order] + 1)

    def recent(self, day: int, span: int) -> slice:
        """Those that can matter on the days from `day - span` to `day`."""
        first = np.searchsorted(self.began, day - span - OLDEST)
        return slice(int(first), int(np.searchsorted(self.began, day)))


class Book:
    """All groups of one kind of progress, and what each series did on each day."""

    def __init__(self, groups: Sequence[Group], cohorts: Cohorts) -> None:
        self.groups, self.cohorts = groups, cohorts
        members: dict[Series, list[int]] = {}
        for at, group in enumerate(groups):
            for one in group.series:
                members.setdefault(one, []).append(at)
        self.members = {one: np.array(at) for one, at in members.items()}
        self.shape = (len(groups), OLDEST + 1)
        self.first = int(cohorts.began[0]) if len(cohorts.began) else NEVER

    def on(self, day: date) -> dict[Series, Day]:
        """Every series' day, as known when it is over."""
        observed, expected = self.counted(day.toordinal())
        weekdays = {group.working: group.working.weekday(day) for group in self.groups}
        as_what = np.array([weekdays[group.working] for group in self.groups])
        found = {}
        for one, at in self.members.items():
            weekday = _usual(as_what[at], expected[at])
            if weekday != DOUBTFUL:
                alike = at[as_what[at] == weekday]
                came, should = float(observed[alike].sum()), float(expected[alike].sum())
                found[one] = Day(on=day, weekday=weekday, observed=came, expected=should)
        return found

    def counted(self, day: int) -> tuple[Floats, Floats]:
        """Per group: how many ended on that day, and how many should have."""
        part = self.cohorts.recent(day, 0)
        group, began = self.cohorts.group[part], self.cohorts.began[part]
        ended, count = self.cohorts.ended[part], self.cohorts.count[part]
        open_ = self.cohorts.gone[part] > day
        hazard = self.hazard(day)
        at = (group[open_], (day - began)[open_])
        groups = len(self.groups)
        expected = _summed(at[0], count[open_] * hazard[at], groups)
        came = open_ & (ended == day)
        return _summed(group[came], count[came], groups), expected

    def hazard(self, day: int) -> Floats:
        """By group and age: the chance to end on a day, as the reference days before `day` show it."""
        first, last = day - LONGEST_AGO, day - LEAST_AGO
        if last - max(first, self.first) < FEWEST_DAYS:
            last = day
        ended, open_ = self._taught(first, last)
        network = ended.sum(0) / np.maximum(open_.sum(0), 1.0)
        hazard: Floats = (ended + WEIGHT * network) / (open_ + WEIGHT)
        return hazard

    def _taught(self, first: int, last: int) -> tuple[Floats, Floats]:
        """By group and age, over the days from `first` to before `last`: how many ended, and how many could have."""
        part = self.cohorts.recent(last, last - first)
        group, began = self.cohorts.group[part], self.cohorts.began[part]
        ended, count = self.cohorts.ended[part], self.cohorts.count[part]
        groups, ages = self.shape
        # Open on the mornings of ages from `young` to before `old`: a difference, summed up along the ages.
        young = np.maximum(1, first - began)
        old = np.minimum(self.cohorts.gone[part], last) - began
        seen = old > young
        size = groups * (ages + 1)
        steps = _summed(group[seen] * (ages + 1) + young[seen], count[seen], size)
        steps -= _summed(group[seen] * (ages + 1) + old[seen], count[seen], size)
        open_ = steps.reshape(groups, ages + 1).cumsum(1)[:, :ages]
        age = ended - began
        came = (ended >= first) & (ended < last) & (age >= 1) & (age < ages)
        arrived = _summed(group[came] * ages + age[came], count[came], groups * ages)
        return arrived.reshape(groups, ages), open_


def _summed(at: Ints, weights: Floats, size: int) -> Floats:
    return np.bincount(at, weights=weights, minlength=size).astype(np.float64)


def _usual(weekdays: Ints, expected: Floats) -> int:
    """As what weekday a day counts for most of the parcels."""
    first = int(weekdays[0])
    if (weekdays == first).all():
        return first
    totals = np.bincount(weekdays + 1, weights=expected, minlength=8)
    return int(totals.argmax()) - 1
