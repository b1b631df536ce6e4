"""The regression as the product asks it: one order on one morning, with the same code as learned it.

`Regression` is to `rules.window` what `Pace` is. It holds what was known on the morning after the last day learned, as
it was stored; `_Morning` shows that to `hazard` as if it were the tables of a whole history.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from aftercart.promises.arrivals import hazard
from aftercart.promises.arrivals.orders import NEVER, Numbers, Orders
from aftercart.promises.arrivals.speeds import OLDEST, STEP, Speeds, weekdays
from aftercart.promises.calendars import DAY, Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.pace import PHASES

FORM = 1  # of what is stored; another one is learned anew before it is believed
MORNINGS = 400  # after so many days nothing changes any more
LONGEST = 3 * OLDEST // STEP + 1  # lengths of promise that are told apart
FIRST = np.zeros(1, dtype=np.int64)
GIVEN = ("destination", "route", "sender", "kind", "area", "area_route")  # groups that an order is in by its lane


def groups_of(lane: Lane, *, left: bool) -> dict[str, str]:
    """What it shares with others, as far as a brand knows before it has `left`, and once it has."""
    groups = {"destination": lane.destination, "route": f"{lane.origin}|{lane.destination}"}
    if left:
        return groups | {"sender": f"{lane.carrier}|{lane.service}", "area_route": lane.key}
    return groups | {"kind": lane.service}


class Regression:
    """How fast orders (or, where `left`, parcels on the road) arrive, and how far past curves came true."""

    def __init__(self, table: Mapping[str, Any], *, version: int, left: bool) -> None:
        self.version, self.left = version, left
        self.arrivals = int(table["arrivals"])
        self.usual, self.lengths = int(table["usual"]), tuple(table["lengths"])
        self.curve = _on_all_mornings(np.array(table["curve"]))
        self.log_days = np.broadcast_to(float(table["log_days"]), (MORNINGS,))
        self.codes = {name: {key: n for n, key in enumerate(keys)} for name, keys in table["names"].items()}
        self.factors = {name: _column(name, values) for name, values in table["factors"].items()}
        self.model = model_of(table["fits"][-1], 0)
        self.ages = [int(age) for age, _ in table["asked"]]
        self.asked = [np.array([0.0, *asked, 1.0]) for _, asked in table["asked"]]
        self.wished = np.array([0.0, *table["wished"], 1.0])

    @classmethod
    def of(cls, table: Mapping[str, Any] | None, *, version: int, left: bool) -> Regression | None:
        """None where nothing was fitted, or by another version of this program that looked at other things."""
        if not table or table.get("form") != FORM:
            return None
        found = cls(table, version=version, left=left)
        today = date.fromisoformat(table["day"])
        try:
            found.chances(Lane(), start=today, promised=None, today=today, calendar=Calendar())
        except ValueError:
            return None
        return found

    def known(self, lane: Lane) -> tuple[str, float]:
        return hazard.BASIS, self.arrivals

    def arrived_by(
        self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar, slow: float
    ) -> list[float]:
        chances = self.chances(lane, start=start, promised=promised, today=today, calendar=calendar)
        reached = 1 - np.cumprod(1 - slow * chances)
        at = max(bisect_right(self.ages, (today - start).days) - 1, 0)
        found: list[float] = np.interp(reached, self.asked[at], self.wished).tolist()
        return found

    def chances(self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar) -> Numbers:
        """Of arriving on each day from `today`, while open; what began today does not come today."""
        age = min((today - start).days, MORNINGS - 1)
        start = today - DAY * age
        length = int(np.clip(self.usual if promised is None else promised, *self.lengths))
        morning = _Morning(self, lane, start, age, length, calendar)
        ahead = 1 if age <= 0 else 0
        found: Numbers = self.model.curves(morning, FIRST, FIRST + age, start=ahead)[0].astype(np.float64)
        return np.concatenate([np.zeros(ahead), found])[: hazard.HORIZON]


class _Morning(Speeds):
    """One order, and of every table the one column that is known: it stands for all mornings."""

    def __init__(self, known: Regression, lane: Lane, start: date, age: int, length: int, calendar: Calendar) -> None:
        self.until = age + hazard.HORIZON + 2
        groups = groups_of(lane, left=known.left)
        # An unknown name is the last group of its table, of which nothing is known.
        codes = {name: FIRST + known.codes.get(name, {}).get(groups.get(name, ""), -1) for name in GIVEN}
        codes["destination"] = codes["destination"] % len(known.factors["destination"])
        self.orders = Orders(
            first=start, began=FIRST, arrived=FIRST + NEVER, due=FIRST + length, groups=codes, numbers={},
            ended=FIRST + NEVER, before=FIRST,
        )  # fmt: skip
        self.groups = codes | {"promised": np.clip(FIRST + length, 0, 3 * OLDEST) // STEP, "network": FIRST}
        self.weekday = _weekdays(start, self.until, calendar)
        self.curve, self.log_days, self.factor = known.curve, known.log_days, known.factors


@lru_cache(maxsize=4096)
def _weekdays(start: date, count: int, calendar: Calendar) -> Any:
    return weekdays(start, count, calendar)


def _column(name: str, values: list[float]) -> Any:
    """A factor, with room at its end for what is in no group that is known."""
    more = {"phase": len(PHASES), "promised": LONGEST}.get(name, 1)
    return _on_all_mornings(np.array([*values, *[0.0] * more], dtype=np.float32))


def _on_all_mornings(values: Numbers) -> Numbers:
    """One column that stands for all, without being written so often."""
    return np.broadcast_to(values[:, None], (len(values), MORNINGS))


def model_of(fit: Mapping[str, Any], day: int) -> hazard.Hazard:
    columns = (np.array(fit[name], dtype=np.float32) for name in ("weights", "centre", "scale"))
    weights, centre, scale = columns
    return hazard.Hazard(day=day, weights=weights, centre=centre, scale=scale)
