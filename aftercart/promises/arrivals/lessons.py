"""What a history of orders teaches, ready to be stored: the regression, the tables it reads on this morning, and how
far its past curves came true.

A fit belongs to a week; each of the last weeks' is kept, since a curve is held against what came by the fit that was
in force when it was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import numpy as np

from aftercart.promises.arrivals import hazard, standing
from aftercart.promises.arrivals.believing import FORM, model_of
from aftercart.promises.arrivals.calibration import WINDOW, Places
from aftercart.promises.arrivals.curves import arrived_by
from aftercart.promises.arrivals.orders import NEVER, Days, Numbers, Orders
from aftercart.promises.arrivals.speeds import Speeds
from aftercart.promises.calendars import DAY, Calendar
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.milestones import FAR
from aftercart.promises.rules import Speed

REFIT = 7  # days
WAITING = (0, 1, 2, 4, 7, 11)  # days since placing, not handed over yet
ROAD = (0, 1, 2, 3, 5, 7, 10, 14)  # days since handover
WISHED = (0.01, 0.02, 0.05, *(n / 20 for n in range(2, 18)), 0.875, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99)
SPAN = 120  # days of history below which nobody knows yet what never comes, and one bad month would be all there is
UNPROMISED = 200  # days of promise where nobody promises anything: so far away that it bends no curve
PATIENCE = 45  # days after which what nobody promised counts as lost
STEEPEST = 10.0  # a weight beyond this is of a fit that went astray
# Of what a curve leaves open, a wish leaves at least this part open: further out, where few have come, nothing is sure.
TAIL = 0.5
CURVES = 5000  # past ones of each age that are held against what came
LATELY = WINDOW + ROAD[-1]  # days within which what taught of milestones had left
FEW = 400  # likewise, of what stood at a milestone
DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One order, or one parcel since its handover: `groups` by name, days from the first day of the history on.

    `left`: the day of handover, NEVER while it is not; `gone`: the day of giving up; `stands`: when it came to which
    milestone, in order; `before`: the days that it took to leave.
    """

    groups: Mapping[str, str]
    lane: Lane = NETWORK
    stands: standing.Stands = ()
    began: int
    arrived: int = NEVER
    due: int = NEVER
    left: int = NEVER
    gone: int = NEVER
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Sorted by the day they began."""

    orders: Orders
    left: Days
    gone: Days
    names: Mapping[str, list[str]]
    past: Sequence[Past]
    usual: int  # length of a promise, in days, where none is known
    lengths: tuple[int, int]  # between which promises lie
    before: tuple[int, int]  # days that it takes to leave: half of the time, and at most


def history(first: date, past: Sequence[Past], today: int) -> History:
    """Nothing that is stamped with `today` or later is seen."""
    past = sorted((one for one in past if one.began < today), key=lambda one: one.began)
    began = np.array([one.began for one in past], dtype=np.int64)
    due = np.array([one.due for one in past], dtype=np.int64)
    known = (due - began)[due < NEVER]
    low, usual, high = (
        np.percentile(known, (1, 50, 99)).astype(int).clip(0).tolist() if len(known) else [UNPROMISED] * 3
    )
    taken = np.array([one.before for one in past], dtype=np.int64)
    often, most = np.percentile(taken, (50, 99)).astype(int).tolist() if len(taken) else (0, 0)
    length = np.clip(np.where(due < NEVER, due - began, usual), low, high)
    names, codes = {}, {}
    for name in past[0].groups if past else ():
        found, code = np.unique([one.groups[name] for one in past], return_inverse=True)
        names[name], codes[name] = found.tolist(), code.astype(np.int64)
    gone = np.array([one.gone for one in past], dtype=np.int64)
    orders = Orders(
        first=first,
        began=began,
        arrived=_seen([one.arrived for one in past], today),
        due=began + length,
        groups=codes,
        numbers={},
        ended=np.minimum(np.minimum(gone, today - 1), began + (NEVER if len(known) else PATIENCE)),
        before=np.clip(taken, 0, most),
    )
    left = _seen([one.left for one in past], today)
    return History(
        orders=orders,
        left=left,
        gone=gone,
        names=names,
        past=past,
        usual=usual,
        lengths=(low, high),
        before=(often, most),
    )


def _seen(days: list[int], today: int) -> Days:
    found = np.array(days, dtype=np.int64)
    return np.where(found < today, found, NEVER)


def teach(
    seen: History, today: int, *, calendar: Calendar, ages: Sequence[int], before: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """The table of this morning; `before` is the last one, whose fits stand. None where too little has arrived."""
    orders = seen.orders
    if (orders.arrived < NEVER).sum() < hazard.LEAST or today - np.quantile(orders.began, 0.02) < SPAN:
        return None
    speeds = Speeds(orders, today + hazard.HORIZON + 2, calendar)
    fits = _fits(speeds, today, before or {})
    if not fits:
        return None
    comes = hazard.shares_that_come(speeds, today)
    asked = [(age, _asked(_drawn(seen, speeds, fits, today, age, CURVES), today, comes)) for age in ages]
    stood = _stood_on_road(seen, speeds, fits, today, asked, comes) if any(one.stands for one in seen.past) else []
    first = orders.first.toordinal()
    return {
        "form": FORM,
        "day": date.fromordinal(first + today).isoformat(),
        "arrivals": int((orders.arrived < NEVER).sum()),
        "usual": seen.usual,
        "lengths": seen.lengths,
        "before": seen.before,
        "curve": _rounded(speeds.curve[:, today]),
        "log_days": float(speeds.log_days[today]),
        "log_promised": float(speeds.log_promised[today]),
        "names": seen.names,
        "factors": {name: _rounded(table[:, today]) for name, table in speeds.factor.items()},
        "fits": [_stored(model, first) for model in fits],
        "wished": WISHED,
        "asked": asked,
        "milestones": standing.bends(stood),
    }


def _stood_on_road(
    seen: History,
    speeds: Speeds,
    fits: Sequence[hazard.Hazard],
    today: int,
    asked: Sequence[tuple[int, Sequence[float]]],
    comes: Numbers,
) -> list[standing.Seen]:
    """What was believed on past mornings, at every age, calibrated as curves of this morning are."""
    wished, found = np.array([0.0, *WISHED, 1.0]), []
    for age in range(1, ROAD[-1] + 1):
        shares = next(shares for of, shares in reversed(asked) if of <= age)
        drawn = _drawn(seen, speeds, fits, today, age, FEW)
        usual = np.interp(drawn.curves[:, :FAR], [0.0, *shares, 1.0], wished)
        found.append(_stood(seen, drawn.rows, drawn.morning, usual, today, comes))
    return found


def milestones(seen: History, speed: Speed, today: int, *, calendar: Calendar) -> list[list[Any]]:
    """How milestones bend what `speed` believes, where it is too early for a regression."""
    orders, found = seen.orders, []
    for age in range(1, ROAD[-1] + 1):
        rows, morning = _mornings(seen, today, age, today - WINDOW, FEW)
        usual = np.zeros((len(rows), FAR))
        for n, (row, day) in enumerate(zip(rows.tolist(), morning.tolist(), strict=True)):
            start, on = orders.first + DAY * int(orders.began[row]), orders.first + DAY * day
            lane = seen.past[row].lane
            course = speed.arrived_by(lane, start=start, promised=None, today=on, calendar=calendar, slow=1.0)
            usual[n] = list(islice(course, FAR))
        found.append(_stood(seen, rows, morning, usual, today, np.ones(1)))
    return standing.bends(found)


def _stood(seen: History, rows: Days, morning: Days, usual: Numbers, today: int, comes: Numbers) -> standing.Seen:
    arrived, age = seen.orders.arrived[rows], today - seen.orders.began[rows]
    return standing.Seen(
        stands=[seen.past[row].stands for row in rows.tolist()],
        morning=morning,
        usual=usual,
        came=arrived - morning,
        known=np.minimum(seen.gone[rows], today) - morning,
        counts=np.where(arrived < NEVER, 1.0, comes[np.minimum(age, len(comes) - 1)]),
    )


def _fits(speeds: Speeds, today: int, before: Mapping[str, Any]) -> list[hazard.Hazard]:
    """One for each of the last weeks in which enough had arrived, the newest last. What is known already stands."""
    first = speeds.orders.first.toordinal()
    known = {one["day"]: one for one in before.get("fits", ())} if before.get("form") == FORM else {}
    days = [day for day in range(max(today - WINDOW - REFIT + 1, 0), today + 1) if (first + day) % REFIT == 0]
    found = []
    for day in days:
        stored = known.get(date.fromordinal(first + day).isoformat())
        model = model_of(stored, day) if stored else hazard.fit(speeds, day)
        if model is not None and np.abs(model.weights).max() < STEEPEST:
            found.append(model)
    return found


def _stored(model: hazard.Hazard, first: int) -> dict[str, Any]:
    parts = {"weights": model.weights, "centre": model.centre, "scale": model.scale}
    day = date.fromordinal(first + model.day).isoformat()
    return {"day": day, **{name: [float(f"{x:.7g}") for x in part.tolist()] for name, part in parts.items()}}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Past curves of one age: the chance of having come by the end of each day from `start` days after the morning."""

    rows: Days
    morning: Days
    start: int
    curves: Any  # of float32
    came: Days


def _mornings(seen: History, today: int, age: int, since: int, most: int) -> tuple[Days, Days]:
    """What was open at this age on mornings `since` then, and those mornings."""
    orders = seen.orders
    morning = orders.began + age
    open_ = (orders.arrived >= morning) & (seen.gone >= today) & (seen.left >= morning)
    rows = np.flatnonzero(open_ & (morning + (age == 0) < today) & (morning >= since))
    rows = rows[:: len(rows) // most + 1]
    return rows, morning[rows]


def _drawn(seen: History, speeds: Speeds, fits: Sequence[hazard.Hazard], today: int, age: int, most: int) -> _Drawn:
    """Each by the fit that was in force on its morning."""
    rows, morning = _mornings(seen, today, age, max(today - WINDOW, fits[0].day), most)
    start = 1 if age == 0 else 0
    curves = np.zeros((len(rows), hazard.HORIZON), dtype=np.float32)
    until = [model.day for model in fits[1:]] + [NEVER]
    for model, end in zip(fits, until, strict=True):
        chosen = np.flatnonzero((morning >= model.day) & (morning < end))
        curves[chosen] = model.curves(speeds, rows[chosen], morning[chosen], start=start)
    return _Drawn(rows, morning, start, arrived_by(curves), seen.orders.arrived[rows])


def _asked(past: _Drawn, today: int, comes: Numbers) -> list[float]:
    """What to ask curves of this age for, to be given what is WISHED."""
    places = Places(past.curves, past.morning + past.start, past.came)
    return _rounded(np.minimum(places.shares(today, WISHED, comes), 1 - TAIL * (1 - np.array(WISHED))))


def _rounded(values: Any) -> list[float]:
    return [round(float(value), DIGITS) for value in values]
