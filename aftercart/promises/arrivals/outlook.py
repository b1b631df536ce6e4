"""`rules.window` and `rules.miss_probability` for many parcels at once, to the last digit: when a disruption changes
what a million of them may expect, all are assessed anew in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from aftercart.promises.arrivals.curves import SHARES
from aftercart.promises.arrivals.orders import Days, Numbers
from aftercart.promises.calendars import ALWAYS, DAY, Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.pace import OLDEST, PHASE_OF, STEP, TOP, Pace
from aftercart.promises.rules import FURTHEST

UNPROMISED = -1
NONE_LEFT = -1_000_000
AT_ONCE = 32_768  # parcels: as many as a core's cache holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """What is open on one morning. `lane` counts in `lanes`; `age` in days since the stage began; `promised` is the
    length of the promise from that day on, UNPROMISED where there is none; `slow` scales the chance of each day."""

    lanes: Sequence[Lane]
    lane: Days
    age: Days
    promised: Days
    slow: Numbers

    def __len__(self) -> int:
        return len(self.lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Days from this morning on (0: today), a column for each of SHARES; the chance of a miss, NaN without promise."""

    days: Days
    missed: Numbers


def outlook(pace: Pace, parcels: Parcels, *, today: date, calendar: Calendar = ALWAYS) -> Outlook:
    days = np.full((len(parcels), len(SHARES)), FURTHEST - 1, dtype=np.int64)
    missed = np.full(len(parcels), np.nan)
    speed, course = _courses(pace, parcels)
    curve, horizon = np.array(pace.curve), max(FURTHEST, int((parcels.promised - parcels.age).max(initial=0)) + 1)
    weekly = np.array([pace.weekly[calendar.weekday(today + DAY * ahead)] for ahead in range(horizon)])
    for begin in range(0, len(parcels), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        _look(speed[course[part]], parcels, part, curve, weekly, days[part], missed[part])
    return Outlook(days=days, missed=missed)


def _courses(pace: Pace, parcels: Parcels) -> tuple[Numbers, Days]:
    """The course of each lane and promise that there is, and which of them is each parcel's."""
    step = np.where(parcels.promised == UNPROMISED, -1, np.maximum(parcels.promised, 0) // STEP)
    pairs, course = np.unique(np.stack([parcels.lane, step], axis=1), axis=0, return_inverse=True)
    speed = [pace.course(parcels.lanes[lane], None if of < 0 else int(of) * STEP) for lane, of in pairs.tolist()]
    return np.array(speed).reshape(len(speed), -1), course.reshape(-1)


def _look(
    speed: Numbers, parcels: Parcels, part: slice, curve: Numbers, weekly: Numbers, days: Days, missed: Numbers
) -> None:
    """Day by day, for some parcels: who has arrived by then."""
    age, slow = parcels.age[part], parcels.slow[part]
    left = np.where(parcels.promised[part] == UNPROMISED, NONE_LEFT, parcels.promised[part] - age)
    missed[(left < 0) & (left != NONE_LEFT)] = 1.0
    phase_of, row, longest = np.array(PHASE_OF), np.arange(len(age)), left.max(initial=0)
    still_open, reached = np.ones(len(age)), np.zeros(days.shape, dtype=bool)
    for ahead, of_week in enumerate(weekly):
        old = np.clip(age + ahead, 0, OLDEST)
        still_open *= 1 - slow * np.minimum(TOP, speed[row, phase_of[old]] * curve[old] * of_week)
        due = left == ahead
        missed[due] = still_open[due]
        if ahead < FURTHEST:
            for at, share in enumerate(SHARES):
                first = (1 - still_open >= share) & ~reached[:, at]
                days[first, at] = ahead
                reached[:, at] |= first
        if ahead >= longest and (ahead >= FURTHEST or reached.all()):
            break
