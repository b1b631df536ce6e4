"""What would have been promised on a past of orders, had we been there: predicted day by day, each morning knowing only
what was stamped before it, refitted every other week as the product does, and held against what came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from aftercart.promises.arrivals import baselines, hazard
from aftercart.promises.arrivals.calibration import Places
from aftercart.promises.arrivals.curves import SHARES, arrived_by, day_of, missed
from aftercart.promises.arrivals.measures import Asked, score
from aftercart.promises.arrivals.orders import NEVER, Days, Numbers, Orders
from aftercart.promises.arrivals.speeds import OLDEST, Speeds
from aftercart.promises.calendars import ALWAYS, Calendar

REFIT = 14  # days
WARM = (56, 240)  # days before the split from which predictions are made, for the calibration alone: least and most
IN_TRANSIT = (5, 7, 10, 14)  # days since placing
ROOM = 130  # days after the last stamp

Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Predictions made on some mornings of some orders, `start` days after which their curves begin."""

    name: str
    orders: Orders
    speeds: Speeds
    rows: Days
    morning: Days
    start: int
    age: int = -1  # in transit: they had travelled longer than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    stage: Stage
    days: Numbers  # since `began`, a column for each of SHARES
    late: Numbers  # higher is likelier to miss the promise; only the order of these numbers means something
    fits: int


class Playback:
    """`handed`: the day of handover where it is known, else NEVER. `split`: the day from which on predictions count."""

    def __init__(
        self, orders: Orders, handed: Days, split: int, *, calendar: Calendar = ALWAYS, boosted: bool = False,
        on_step: Told | None = None,
    ) -> None:  # fmt: skip
        self.orders, self.handed, self.split, self.boosted = orders, handed, split, boosted
        self.begin = _begin(orders, split)
        self.until = orders.last_day + ROOM
        self.told = on_step or (lambda name, done, total: None)
        self.speeds = Speeds(orders, self.until, calendar)
        transit, self.transit_of = orders.since(handed)
        self.transit, self.transit_speeds = transit, Speeds(transit, self.until, calendar)
        self.parcel = np.full(len(orders), -1)  # of each order, where its handover is known
        self.parcel[self.transit_of] = np.arange(len(transit))

    def stages(self) -> list[Stage]:
        rows = np.flatnonzero(self.orders.began >= self.begin)
        began, arrived = self.orders.began[rows], self.orders.arrived[rows]
        whole = {"orders": self.orders, "speeds": self.speeds}
        found = [Stage(name="purchase", rows=rows, morning=began, start=1, **whole)]  # type: ignore[arg-type]
        placed = self.orders.began[self.transit_of]
        left = np.flatnonzero(placed >= self.begin)
        found.append(
            Stage(
                name="handover", orders=self.transit, speeds=self.transit_speeds, rows=left,
                morning=self.transit.began[left] + 1, start=0,
            )
        )  # fmt: skip
        for age in IN_TRANSIT:
            open_ = arrived - began > age
            found.append(
                Stage(name=str(age), rows=rows[open_], morning=began[open_] + age + 1, start=0, age=age, **whole)  # type: ignore[arg-type]
            )
        return found

    def play(self) -> dict[str, Predicted]:
        stages = self.stages()
        curves = {stage.name: np.zeros((len(stage.rows), hazard.HORIZON), dtype=np.float32) for stage in stages}
        mornings = np.concatenate([stage.morning for stage in stages])
        fits = range(self.begin, int(mornings.max(initial=self.split)) + 1, REFIT)
        for done, day in enumerate(fits):
            self.told("predicting", done, len(fits))
            whole = hazard.fit(self.speeds, day, boosted=self.boosted)
            road = hazard.fit(self.transit_speeds, day, boosted=self.boosted)
            for stage in stages:
                chosen = np.flatnonzero((stage.morning >= day) & (stage.morning < day + REFIT))
                curves[stage.name][chosen] = self._curves(stage, chosen, whole, road)
        return {stage.name: self._calibrated(stage, arrived_by(curves[stage.name]), len(fits)) for stage in stages}

    def _curves(
        self, stage: Stage, chosen: Days, whole: hazard.Hazard | None, road: hazard.Hazard | None
    ) -> npt.NDArray[np.float32]:
        """What has left runs by two clocks, since placing and since handover, and each is asked: the second knows more
        of the parcel, the first has seen more orders."""
        rows, morning = stage.rows[chosen], stage.morning[chosen]
        order = self.transit_of[rows] if stage.orders is self.transit else rows
        found = _chances(self.speeds, order, morning, stage.start, whole)
        left = np.flatnonzero((self.parcel[order] >= 0) & (self.handed[order] < morning))
        parcel = self.parcel[order[left]]
        by_road = _chances(self.transit_speeds, parcel, morning[left], stage.start, road)
        found[left] = hazard.together(found[left], by_road)
        return found

    def _calibrated(self, stage: Stage, arrived: npt.NDArray[np.float32], fits: int) -> Predicted:
        orders, start = stage.orders, stage.morning + stage.start
        places = Places(arrived, start, orders.arrived[stage.rows])
        due = np.where(orders.due[stage.rows] < NEVER, orders.due[stage.rows] - start, 0)
        days, late = np.zeros((len(stage.rows), len(SHARES))), missed(arrived, due)
        comes = np.ones(OLDEST + 1)
        for morning in np.unique(stage.morning):
            chosen = np.flatnonzero(stage.morning == morning)
            if (morning - self.split) % 7 == 0 or morning == stage.morning.min():
                comes = hazard.shares_that_come(stage.speeds, int(morning))
            for at, share in enumerate(places.shares(int(morning), SHARES, comes)):
                days[chosen, at] = day_of(arrived[chosen], share)
            late[chosen] = places.missed(int(morning), late[chosen], comes)
        days += (start - orders.began[stage.rows])[:, None]
        return Predicted(stage=stage, days=days, late=_likelier(stage, late), fits=fits)

    def report(self, predicted: dict[str, Predicted]) -> dict[str, Any]:
        found: dict[str, Any] = {"transit": {}, "baselines": {}}
        for name, made in predicted.items():
            self.told("measuring", list(predicted).index(name), len(predicted))
            ours, simple = self._measured(made)
            _put(found, name, ours)
            for method, one in simple.items():
                _put(found["baselines"].setdefault(method, {}), name, one)
        return found

    def _measured(self, made: Predicted) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        stage, orders = made.stage, made.stage.orders
        rows, morning = stage.rows, stage.morning
        placed = orders.began[rows] - orders.before[rows]
        counted = np.flatnonzero((orders.arrived[rows] < NEVER) & (placed >= self.split))
        rows, morning, placed = rows[counted], morning[counted], placed[counted]
        took, due = orders.arrived[rows] - orders.began[rows], orders.due[rows] - orders.began[rows]
        month = [f"{orders.first + timedelta(days=int(day)):%Y-%m}" for day in placed]
        known = orders.due[rows] < NEVER
        ahead = orders.due[rows] >= morning + (stage.start if stage.name == "purchase" else 0)
        asked = Asked(took=took, promised=due, judged=known & ahead, month=month)
        quantiles = baselines.lanes(orders, rows, morning, longer_than=stage.age)
        usual = baselines.recent_mean(orders, rows, morning)
        shop = np.full((len(rows), len(SHARES)), np.nan)
        shop[:, 2:] = due[:, None]
        simple = {
            "shop": score(asked, shop if known.all() else None, -due.astype(np.float64)),
            "lanes": score(asked, quantiles, quantiles[:, 2] - due),
            "recent_mean": score(asked, None, usual - due),
        }
        return score(asked, made.days[counted], made.late[counted]), simple


def _begin(orders: Orders, split: int) -> int:
    """The first day that is predicted: as long before the split as the calibration remembers and a fit is possible, so
    that a split meets what the product has by then. What curves of another kind were is of no use to it."""
    fitted = np.sort(orders.arrived)[: hazard.LEAST][-1] + 1 if len(orders) >= hazard.LEAST else NEVER
    ahead = int(np.clip(split - fitted, *WARM))
    return split - ahead // REFIT * REFIT


def _likelier(stage: Stage, late: Numbers) -> Numbers:
    """The odds of a miss times the recent mean over the promise: the one-line rule errs otherwise than curves do."""
    orders, rows = stage.orders, stage.rows
    usual = baselines.recent_mean(orders, rows, stage.morning)
    promised = orders.due[rows] - orders.began[rows]
    chance = np.clip(late, 1e-6, 1 - 1e-6)
    found: Numbers = np.log(chance / (1 - chance)) + np.log(np.maximum(usual, 0.5) / np.maximum(promised, 0.5))
    return found


def _put(found: dict[str, Any], name: str, measured: dict[str, Any]) -> None:
    if name.isdigit():
        found.setdefault("transit", {})[name] = measured
    else:
        found[name] = measured


def _chances(
    speeds: Speeds, order: Days, morning: Days, start: int, model: hazard.Hazard | None
) -> npt.NDArray[np.float32]:
    if model is None:
        return hazard.unfitted(speeds, order, morning, start=start)
    return model.curves(speeds, order, morning, start=start)
