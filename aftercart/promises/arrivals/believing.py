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
from aftercart.promises.arrivals.orders import NEVER, Days, Numbers, Orders
from aftercart.promises.arrivals.speeds import OLDEST, STEP, Speeds, weekdays
from aftercart.promises.calendars import DAY, Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.pace import PHASES

FORM = 3  # of what is stored; another one is learned anew before it is believed
TOGETHER = 10  # ages
MORNINGS = 401  # after so many days nothing changes any more
LONGEST = 3 * OLDEST // STEP + 1  # lengths of promise that are told apart
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
        self.usual, self.lengths, self.before = int(table["usual"]), tuple(table["lengths"]), tuple(table["before"])
        self.curve = _on_all_mornings(np.array(table["curve"]))
        self.log_days = np.broadcast_to(float(table["log_days"]), (MORNINGS,))
        self.log_promised = np.broadcast_to(float(table["log_promised"]), (MORNINGS,))
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
        self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar, slow: float,
        before: int | None = None,
    ) -> list[float]:  # fmt: skip
        chances = self.chances(lane, start=start, promised=promised, today=today, calendar=calendar, before=before)
        reached = 1 - np.cumprod(1 - slow * chances)
        at = max(bisect_right(self.ages, (today - start).days) - 1, 0)
        found: list[float] = np.interp(reached, self.asked[at], self.wished).tolist()
        return found

    def chances(
        self, lane: Lane, *, start: date, promised: int | None, today: date, calendar: Calendar,
        before: int | None = None,
    ) -> Numbers:  # fmt: skip
        """Of arriving on each day from `today`, while open; what began today does not come today."""
        often, most = self.before
        age = min(max((today - start).days, 0), MORNINGS - 1)
        length = int(np.clip(self.usual if promised is None else promised, *self.lengths))
        taken = min(max(often if before is None else before, 0), most)
        block = (age - 1) // TOGETHER * TOGETHER + 1
        ages = range(block, block + TOGETHER) if age > 0 else range(1)
        found: Numbers = _alike(self, lane, length, taken, today, calendar, ages)[age - ages[0]]
        return found


# Where one parcel is open its like of the days before are too, and ten cost hardly more than one.
@lru_cache(maxsize=2048)
def _alike(
    known: Regression, lane: Lane, length: int, taken: int, today: date, calendar: Calendar, ages: range
) -> Numbers:
    """The chances of one lane, promise and handling on one morning, a row for each age."""
    oldest, ahead = ages[-1], int(ages[0] == 0)
    began = oldest - np.array(ages, dtype=np.int64)
    morning = _Morning(known, lane, today - DAY * oldest, began, oldest, length, taken, calendar)
    rows = np.arange(len(ages))
    found = known.model.curves(morning, rows, rows * 0 + oldest, start=ahead).astype(np.float64)
    return np.pad(found, ((0, 0), (ahead, 0)))[:, : hazard.HORIZON]


class _Morning(Speeds):
    """Orders alike but for the day they began, and of every table the one column that is known: for all mornings."""

    def __init__(
        self, known: Regression, lane: Lane, first: date, began: Days, oldest: int, length: int, taken: int,
        calendar: Calendar,
    ) -> None:  # fmt: skip
        same = np.zeros(len(began), dtype=np.int64)
        groups = groups_of(lane, left=known.left)
        # An unknown name is the last group of its table, of which nothing is known.
        codes = {name: same + known.codes.get(name, {}).get(groups.get(name, ""), -1) for name in GIVEN}
        codes["destination"] = codes["destination"] % len(known.factors["destination"])
        self.orders = Orders(
            first=first, began=began, arrived=same + NEVER, due=began + length, groups=codes, numbers={},
            ended=same + NEVER, before=same + taken,
        )  # fmt: skip
        self.groups = codes | {"promised": np.clip(same + length, 0, 3 * OLDEST) // STEP, "network": same}
        self.weekday = _weekdays(first, oldest + hazard.HORIZON + 2, calendar)
        self.until = len(self.weekday)
        self.curve, self.factor = known.curve, known.factors
        self.log_days, self.log_promised = known.log_days, known.log_promised


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
