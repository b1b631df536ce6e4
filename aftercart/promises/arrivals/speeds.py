"""How fast things arrived lately, as it was known on each morning, for every group at once.

`Pace` in columns: each factor is arrivals over the arrivals expected without it, both fading, drawn to 1 where little
is known. What is still open counts among the expected, so slow parcels and stops are seen before anything arrives.
Column `m` of every table rests on days before `m` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from aftercart.promises.arrivals.orders import NEVER, Days, Flags, Numbers, Orders
from aftercart.promises.calendars import ALWAYS, DAY, Calendar
from aftercart.promises.pace import PHASES, TOP, to_begin_with

OLDEST = 70  # days; nothing is learned at greater ages
PATIENCE = 20  # days after the promise from which what is open counts as lost
STEP = 3  # days of promise length that count as alike
AGES = np.arange(OLDEST + 1)
PHASE_OF = np.searchsorted(PHASES[:-1], AGES)
CURVE = (60.0, 3.0)
NETWORK_PACE = 10.0  # days after which half of the network's mean duration is forgotten
TYPICAL_LOG = 2.4  # of days, before anything has arrived
PROMISES = (14.0, 3.0)
PROMISED_LOG = 3.1  # of days, before anything was promised

# What each factor looks at: a group, its half-life in days, and the arrivals that draw it to 1. In this order, each
# explains what those before it left over.
FACTORS = {
    "weekday": ("weekday", 60, 20),
    "destination": ("destination", 60, 8),
    "phase": ("phase", 60, 20),
    "route": ("route", 60, 20),
    "promised": ("promised", 60, 8),
    "network_slow": ("network", 20, 60),
    "network": ("network", 5, 60),
    "network_now": ("network", 2.5, 60),
    "lately": ("destination", 6, 60),
    "sender": ("sender", 60, 4),
    "sender_lately": ("sender", 10, 10),
    "kind": ("kind", 60, 8),
    "area": ("area", 60, 8),
    "area_route": ("area_route", 60, 10),
}


def fading(counts: Numbers, half: float) -> Numbers:
    """Sums of what came before each day (the last axis), half forgotten after `half` days."""
    keep = 0.5 ** (1 / half)
    known = np.zeros_like(counts)
    total = np.zeros(counts.shape[:-1])
    for day in range(counts.shape[-1] - 1):
        total = keep * total + counts[..., day]
        known[..., day + 1] = total
    return known


@dataclass(frozen=True, slots=True)
class ParcelDays:
    """One row for each day on which something was open: which, at what age, on what day, whether it came."""

    order: Days
    age: Days
    day: Days
    came: Flags


def parcel_days(orders: Orders, until: int) -> ParcelDays:
    """What came on the day it began counts as come on the next."""
    stop = np.where(orders.arrived < NEVER, np.maximum(orders.arrived, orders.began + 1), NEVER)
    patience = orders.began + np.clip(orders.length + PATIENCE, 1, OLDEST)
    last = np.minimum.reduce([stop, patience, np.full(len(orders), until - 1), orders.ended])
    count = np.maximum(last - orders.began, 0)
    order = np.repeat(np.arange(len(orders)), count)
    age = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 1
    day = orders.began[order] + age
    return ParcelDays(order, age, day, day == stop[order])


def log_length(promised: Days) -> Numbers:
    found: Numbers = np.log(np.clip(promised, 2, 90))
    return found


def weekdays(first: date, count: int, calendar: Calendar = ALWAYS) -> Days:
    return np.array([calendar.weekday(first + DAY * n) for n in range(count)], dtype=np.int64)


class Speeds:
    """`curve[age, m]` and `factor[name][group, m]`: what was believed on morning `m`."""

    def __init__(self, orders: Orders, until: int, calendar: Calendar = ALWAYS) -> None:
        self.orders, self.until = orders, until
        self.weekday = weekdays(orders.first, until, calendar)
        self.groups = dict(orders.groups)
        self.groups["promised"] = np.clip(orders.length, 0, 3 * OLDEST) // STEP
        self.groups["network"] = np.zeros(len(orders), dtype=np.int64)
        self.days = parcel_days(orders, until)
        self.curve = self._curve()
        self.factor: dict[str, npt.NDArray[np.float32]] = {}
        expected = self.curve[self.days.age, self.days.day]
        for name, (group, half, weight) in FACTORS.items():
            if group not in self.groups and group not in ("weekday", "phase"):
                continue
            expected = self._learn(name, self._group(group), half, weight, expected)
        self.log_days = self._log_days()
        self.log_promised = self._log_promised()

    def _curve(self) -> Numbers:
        days = self.days
        cell = days.age * self.until + days.day
        shape, size = (OLDEST + 1, self.until), (OLDEST + 1) * self.until
        came = np.bincount(cell, weights=days.came, minlength=size).reshape(shape)
        open_ = np.bincount(cell, minlength=size).reshape(shape).astype(np.float64)
        half, weight = CURVE
        prior = weight * np.array([to_begin_with(int(age)) for age in AGES])[:, None]
        return (fading(came, half) + prior) / (fading(open_, half) + weight)

    def _group(self, name: str) -> Days:
        days = self.days
        if name == "weekday":
            return self.weekday[days.day]
        if name == "phase":
            return self._phase(days.order, days.age)
        return self.groups[name][days.order]

    def _size(self, name: str) -> int:
        """How many groups there are, those included of which nothing was ever open."""
        if name == "weekday":
            return 7
        count = int(self.groups["destination" if name == "phase" else name].max(initial=0)) + 1
        return count * len(PHASES) if name == "phase" else count

    def _phase(self, order: Days, age: Days) -> Days:
        return self.groups["destination"][order] * len(PHASES) + PHASE_OF[age]

    def _learn(self, name: str, group: Days, half: float, weight: float, expected: Numbers) -> Numbers:
        days, size = self.days, self._size(FACTORS[name][0])
        cell = group * self.until + days.day
        came = np.bincount(cell, weights=days.came, minlength=size * self.until).reshape(size, self.until)
        hoped = np.bincount(cell, weights=expected, minlength=size * self.until).reshape(size, self.until)
        table = (fading(came, half) + weight) / (fading(hoped, half) + weight)
        self.factor[name] = np.log(table).astype(np.float32)
        return np.minimum(TOP, expected * table[group, days.day])

    def _log_days(self) -> Numbers:
        """The mean log duration of what arrived lately, everywhere."""
        orders = self.orders
        seen = np.flatnonzero(orders.arrived < self.until)
        took = np.log(np.maximum(orders.arrived[seen] - orders.began[seen], 1).astype(np.float64))
        total = np.bincount(orders.arrived[seen], weights=took, minlength=self.until)
        count = np.bincount(orders.arrived[seen], minlength=self.until).astype(np.float64)
        table: Numbers = (fading(total, NETWORK_PACE) + 3 * TYPICAL_LOG) / (fading(count, NETWORK_PACE) + 3)
        return table

    def _log_promised(self) -> Numbers:
        """The mean log length of the promises made lately, everywhere."""
        orders = self.orders
        count = np.bincount(orders.began, minlength=self.until)[: self.until].astype(np.float64)
        total = np.bincount(orders.began, weights=log_length(orders.length), minlength=self.until)[: self.until]
        half, weight = PROMISES
        table: Numbers = (fading(total, half) + weight * PROMISED_LOG) / (fading(count, half) + weight)
        return table

    def log_factor(self, name: str, order: Days, morning: Days) -> npt.NDArray[np.float32]:
        """The logarithm of a factor for these orders as known on these mornings; 0 where nothing is known of it."""
        if name not in self.factor:
            return np.zeros(len(order), dtype=np.float32)
        found: npt.NDArray[np.float32] = self.factor[name][self.groups[FACTORS[name][0]][order], morning]
        return found

    def log_odds(self, order: Days, morning: Days, day: Days) -> npt.NDArray[np.float32]:
        """What age and weekday alone say about arriving on `day`, as known on the morning."""
        age = np.clip(day - self.orders.began[order], 0, OLDEST)
        weekday = self.weekday[np.minimum(day, self.until - 1)]
        chance = self.curve[age, morning] * np.exp(self.factor["weekday"][weekday, morning])
        chance = np.clip(chance, 1e-5, TOP)
        found: npt.NDArray[np.float32] = np.log(chance / (1 - chance)).astype(np.float32)
        return found
