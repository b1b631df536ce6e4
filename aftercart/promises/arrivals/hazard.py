"""The chance of arriving on each coming day, learned by regression from every day on which something was open.

The factors of `Speeds` say how fast each group was; how much each of them counts, at which age and how far ahead, is
what is fitted here: a logistic regression on parcel-days, drawn to 0, right-censored by construction. It needs numpy
alone. Where LightGBM is installed and `boosted`, small trees learn what the regression leaves over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from aftercart.promises.arrivals.orders import NEVER, Days, Flags, Numbers
from aftercart.promises.arrivals.speeds import OLDEST, Speeds, log_length

HORIZON = 70  # days of a curve
MEMORY = 600  # days of orders that are fitted
HALF = 180.0  # days after which a parcel-day counts half
SHARE = 0.2  # of the parcel-days on which nothing came; the rest stand for them
RIDGE = 300.0
RIDGE_IN_TIME = 500.0  # of what is the same for all on one day: of that there are days, not parcels
FLAT = 0.01  # a column that varies less than this hardly occurs: drawn out to a scale of 1, it would go astray
STEPS = 6  # of Newton's method
LEAST = 500  # arrivals below which nothing is fitted
AT_ONCE = 4000  # curves
LEFT = (-14, -7, -3, 0, 4, 8, 14)  # days to the promise at which the chance may bend
BASIS = "regression"

Matrix = npt.NDArray[Any]  # of float32
SLOW = ("destination", "route", "promised", "sender", "kind", "area", "area_route")
IN_TIME = ("network_slow", "network", "network_now")
RECENT = (*IN_TIME, "lately", "sender_lately")


def features(speeds: Speeds, order: Days, morning: Days) -> Matrix:
    """What was known of each order on a morning, one row an order."""
    columns: list[Matrix] = [speeds.log_factor(name, order, morning) for name in (*RECENT, *SLOW)]
    columns.append(speeds.log_days[morning] - 2.4)
    # A shop that changes what it promises everywhere is not faster or slower for it.
    columns.append(log_length(speeds.orders.length[order]) - speeds.log_promised[morning])
    columns.append(np.log1p(speeds.orders.before[order]))
    columns += [values[order] for values in speeds.orders.numbers.values()]
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


SHAPED = len(RECENT) + len(SLOW) + 3  # the features that count differently by age
LOG_DAYS = len(RECENT) + len(SLOW)


def _ridge(columns: int) -> Numbers:
    """How strongly each column of the design is drawn to 0."""
    found = np.full(columns, RIDGE, dtype=np.float32)
    in_time = np.array([*range(len(IN_TIME)), LOG_DAYS])
    for block in range(3):
        found[block * SHAPED + in_time] = RIDGE_IN_TIME
    found[3 * SHAPED + in_time[:-1]] = RIDGE_IN_TIME
    return found


def design(speeds: Speeds, known: Matrix, order: Days, morning: Days, day: Days) -> Matrix:
    """One row for each day asked about: `known` are the features of its order on the morning."""
    orders = speeds.orders
    age = (day - orders.began[order]).astype(np.float32)
    ahead = (day - morning).astype(np.float32)
    waited = (morning - orders.began[order]).astype(np.float32)
    left = (orders.length[order] - age).astype(np.float32)
    young, early, near = np.exp(-age / 4), np.exp(-age / 12), np.exp(-ahead / 10)
    weekday = speeds.weekday[np.minimum(day, speeds.until - 1)]
    began_on = speeds.weekday[orders.began[order]]
    phase = speeds.factor["phase"][speeds._phase(order, np.clip(day - orders.began[order], 0, OLDEST)), morning]
    shaped = known[:, :SHAPED]
    columns = [shaped, shaped * young[:, None], shaped * early[:, None]]
    columns += [shaped[:, : len(RECENT)] * near[:, None], known[:, SHAPED:]]
    single = [np.ones_like(age), phase, near, np.exp(-ahead / 4), young, early, np.log(np.maximum(age, 1) / 12)]
    single += [(waited > 0).astype(np.float32), np.log1p(waited) / 3]
    single += [1 / (1 + np.exp(np.clip((left - bend) / 1.5, -30, 30))) for bend in LEFT]
    for of_week in (0, 5, 6):
        single += [(weekday == of_week) * young, (weekday == of_week) * known[:, SHAPED - 2]]
    for of_week in (4, 5, 6):
        single += [(began_on == of_week) * young, (began_on == of_week) * np.exp(-age / 2)]
    return np.concatenate([*columns, np.stack(single, axis=1)], axis=1, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """Fitted on what was known on the morning of `day`."""

    day: int
    weights: Matrix
    centre: Matrix
    scale: Matrix
    trees: Any = field(default=None, compare=False)

    def margin(self, rows: Matrix, offset: Matrix) -> Matrix:
        found: Matrix = offset + ((rows - self.centre) / self.scale) @ self.weights
        if self.trees is not None:
            found = found + self.trees.predict(rows, raw_score=True, num_threads=1).astype(np.float32)
        return found

    def curves(self, speeds: Speeds, order: Days, morning: Days, *, start: int = 0) -> Matrix:
        """For each order the chance of arriving on each of HORIZON days, from `start` days after the morning on."""
        parts = [
            self._curves(speeds, order[at : at + AT_ONCE], morning[at : at + AT_ONCE], start)
            for at in range(0, len(order), AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, HORIZON), dtype=np.float32)

    def _curves(self, speeds: Speeds, order: Days, morning: Days, start: int) -> Matrix:
        day = (morning[:, None] + start + np.arange(HORIZON)).ravel()
        each, known_on = np.repeat(order, HORIZON), np.repeat(morning, HORIZON)
        known = np.repeat(features(speeds, order, morning), HORIZON, axis=0)
        rows = design(speeds, known, each, known_on, day)
        margin = self.margin(rows, speeds.log_odds(each, known_on, day))
        chances: Matrix = (1 / (1 + np.exp(-np.clip(margin, -30, 30)))).reshape(len(order), HORIZON)
        return chances


def together(one: Matrix, other: Matrix) -> Matrix:
    """What two clocks say of the same days: half-way between their log-odds."""
    margin = [np.log(chances / (1 - chances)) for chances in (np.clip(c, 1e-6, 1 - 1e-6) for c in (one, other))]
    found: Matrix = 1 / (1 + np.exp(-(margin[0] + margin[1]) / 2))
    return found


def fit(speeds: Speeds, day: int, *, boosted: bool = False) -> Hazard | None:
    """What the days before `day` teach; None where too little has arrived."""
    days, weight = speeds.days, _weights(speeds, day)
    draw = _uniform(days.order, days.age, 1)
    chosen = np.flatnonzero((weight > 0) & (days.came | (draw < SHARE)))
    came = days.came[chosen]
    if came.sum() < LEAST:
        return None
    order, asked = days.order[chosen], days.day[chosen]
    weight = (weight[chosen] * np.where(came, 1, 1 / SHARE)).astype(np.float32)
    morning = asked - _ahead(order, days.age[chosen])
    rows = design(speeds, features(speeds, order, morning), order, morning, asked)
    offset = speeds.log_odds(order, morning, asked)
    found = _newton(day, rows, offset, came.astype(np.float32), weight)
    return _boosted(found, rows, offset, came, weight) if boosted else found


def _weights(speeds: Speeds, day: int) -> Numbers:
    """How much each parcel-day teaches on the morning of `day`: less when old, and what is open still counts by the
    share of its like that came in the end, since windows are for what comes."""
    days, orders = speeds.days, speeds.orders
    began = orders.began[days.order]
    usable = (days.day < day) & (began >= max(day - MEMORY, int(orders.began.min(initial=NEVER)) + 30))
    open_age = np.clip(day - orders.began, 0, OLDEST)
    comes = np.where(orders.arrived < day, 1.0, shares_that_come(speeds, day)[open_age])
    comes = np.where((orders.arrived >= day) & (open_age >= OLDEST - 5), 0.0, comes)
    fresh: Numbers = usable * comes[days.order] * 0.5 ** ((day - days.day) / HALF)
    return fresh


def shares_that_come(speeds: Speeds, day: int) -> Numbers:
    """By age: of what was open then, the share that came in the end, from orders long past."""
    orders = speeds.orders
    old = (orders.began < day - OLDEST - 5) & (orders.began >= day - 400)
    took = np.where(orders.arrived < day, orders.arrived - orders.began, NEVER)[old]
    lasted = np.bincount(np.minimum(took, OLDEST + 1), minlength=OLDEST + 2)[::-1].cumsum()[::-1]
    lost = (took == NEVER).sum()
    still = np.append(lasted[1:], 0)[: OLDEST + 1]
    share: Numbers = np.where(still > 0, 1 - lost / np.maximum(still, 1), 1.0)
    return np.clip(share, 0.0, 1.0)


def _ahead(order: Days, age: Days) -> Days:
    """How many days before the day in question the order is looked at: often when it began, else on any day since."""
    whole = _uniform(order, age, 2) < 0.45
    return np.where(whole, age, np.floor(_uniform(order, age, 3) * age).astype(np.int64))


def _uniform(order: Days, age: Days, stream: int) -> Numbers:
    """The same draw for the same order and age, whatever else is in the file."""
    mixed = (order.astype(np.uint64) * np.uint64(1009) + age.astype(np.uint64)) * np.uint64(4) + np.uint64(stream)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 0x9E3779B97F4A7C15)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _newton(day: int, rows: Matrix, offset: Matrix, came: Matrix, weight: Matrix) -> Hazard:
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    flat = scale < FLAT
    centre[flat], scale[flat] = 0, 1
    scaled = (rows - centre) / scale
    weights = np.zeros(rows.shape[1], dtype=np.float32)
    ridge = np.where(flat, 1.0, _ridge(rows.shape[1])).astype(np.float32)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-(offset + scaled @ weights)))
        curvature = (scaled.T * (weight * chance * (1 - chance))) @ scaled + np.diag(ridge)
        slope = scaled.T @ (weight * (came - chance)) - ridge * weights
        step = np.linalg.solve(curvature, slope).astype(np.float32)
        weights += step
        if np.abs(step).max() < 1e-3:
            break
    return Hazard(day=day, weights=weights, centre=centre, scale=scale)


TREES: dict[str, Any] = {
    "objective": "binary", "num_leaves": 15, "learning_rate": 0.08, "min_data_in_leaf": 400, "feature_fraction": 0.5,
    "bagging_fraction": 0.5, "bagging_freq": 1, "lambda_l2": 20, "max_bin": 63, "num_threads": 1, "verbose": -1,
    "seed": 1, "deterministic": True,
}  # fmt: skip
ROUNDS = 40


def _boosted(found: Hazard, rows: Matrix, offset: Matrix, came: Flags, weight: Matrix) -> Hazard:
    import lightgbm

    data = lightgbm.Dataset(rows, came.astype(np.float32), weight=weight, init_score=found.margin(rows, offset))
    trees = lightgbm.train(TREES, data, ROUNDS)
    return Hazard(day=found.day, weights=found.weights, centre=found.centre, scale=found.scale, trees=trees)


def unfitted(speeds: Speeds, order: Days, morning: Days, *, start: int = 0) -> Matrix:
    """Curves from the factors as they stand, before anything is fitted: those of the place and of age and weekday."""
    day = morning[:, None] + start + np.arange(HORIZON)
    each, known_on = np.repeat(order, HORIZON), np.repeat(morning, HORIZON)
    margin = speeds.log_odds(each, known_on, day.ravel()).reshape(day.shape)
    for name in ("destination", *IN_TIME):
        margin = margin + speeds.log_factor(name, order, morning)[:, None]
    chances: Matrix = (1 / (1 + np.exp(-margin))).astype(np.float32)
    return chances
