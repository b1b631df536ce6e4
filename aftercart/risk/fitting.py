"""What a brand's own contacts teach: the hazard that fits its order-days best without straying from the prior. Pure.

A penalised logistic regression (maximum a posteriori) with the prior as offset: where there is little to learn from,
it stays with the prior; where there is much, the prior is forgotten. numpy is imported by whoever learns, not at start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from aftercart.risk.hazard import HORIZONS, Hazard, Standing, course, levels, unsquash, within
from aftercart.risk.prior import ENDS, FACTORS, ODDS, ORDERED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Points = tuple[tuple[float, float], ...]

Levels = tuple[str, ...]

HALF_LIFE = 45.0  # days after which what was learned counts half
# How far a level may stray from the prior's odds, and a level of an ordered factor from its neighbour, in log-odds.
STRAY, STRAY_BASE, STEP = 0.7, 2.0, 0.4
# How far the scale of a horizon may stray from "as computed".
SHIFT, SLOPE = 1.0, 0.5
FOLDS = 5
# Parts of a scale, and how many contacts the straight line is worth in each.
BINS, LINE_COUNTS_FOR = 12, 15
ENDS_COUNT_FOR = 20  # order-days that the prior's chance of an end is worth
MOST_COMPARED = 40_000  # of the most recent order-days that are over for every horizon
ROUNDS, ENOUGH = 30, 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """An order with an open concern on one morning, and what followed.

    `within`: for each horizon whose time has passed, whether its customer had contacted us. `ended`: whether no concern
    was open on the next morning, None while that is not known. `order` keeps the days of one order together.
    """

    order: int
    standing: Standing
    within: Mapping[int, bool]
    ended: bool | None = None
    ago: float = 0.0  # days

    @property
    def weight(self) -> float:
        return float(0.5 ** (self.ago / HALF_LIFE))


def learn(days: Iterable[Day], prior: Hazard, *, version: int) -> Hazard:
    """The brand's own hazard. Days in any order give the same; none give the prior."""
    told = sorted((day for day in days if 1 in day.within), key=lambda day: (day.order, day.ago))
    if not told:
        return replace(prior, version=version)
    stood = [levels(day.standing) for day in told]
    ends = _ends(told, prior)
    whole = _fit(zip(told, stood, strict=True), prior)
    return replace(
        whole,
        version=version,
        ends=ends,
        scale=_scales(told, stood, replace(prior, ends=ends)),
        days=len(told),
        contacts=sum(day.within[1] for day in told),
    )


def _ends(days: Iterable[Day], prior: Hazard) -> dict[str, float]:
    seen: defaultdict[str, float] = defaultdict(float)
    ended: defaultdict[str, float] = defaultdict(float)
    for day in days:
        if day.ended is not None:
            kind = day.standing.kind if day.standing.kind in ENDS else "other"
            seen[kind] += day.weight
            ended[kind] += day.weight * day.ended
    return {
        kind: (ended[kind] + ENDS_COUNT_FOR * usual) / (seen[kind] + ENDS_COUNT_FOR)
        for kind, usual in prior.ends.items()
    }


def _fit(days: Iterable[tuple[Day, Levels]], prior: Hazard) -> Hazard:
    seen: defaultdict[Levels, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for day, at in days:
        counts = seen[at]
        counts[0] += day.weight
        counts[1] += day.weight * day.within[1]
    if not seen:
        return prior
    columns = {pair: n for n, pair in enumerate(_columns(), 1)}
    design = np.zeros((len(seen), len(columns) + 1))
    design[:, 0] = 1
    for row, at in enumerate(seen):
        design[row, [columns[pair] for pair in zip(FACTORS, at, strict=True)]] = 1
    told = np.array(list(seen.values()))
    offset = np.array([prior.logit(at) for at in seen])
    strayed = _newton(design, told[:, 0], told[:, 1], offset, _penalty(columns))
    weights = {name: dict(table) for name, table in prior.weights.items()}
    for (name, level), n in columns.items():
        weights[name][level] = weights[name].get(level, 0.0) + float(strayed[n])
    return replace(prior, base=prior.base + float(strayed[0]), weights=weights)


def _columns() -> Iterator[tuple[str, str]]:
    return ((name, level) for name, table in ODDS.items() for level in table)


def _penalty(columns: Mapping[tuple[str, str], int]) -> Floats:
    """Each stays near the prior, and what has an order strays together with its neighbours."""
    penalty = np.diag(np.full(len(columns) + 1, STRAY**-2))
    penalty[0, 0] = STRAY_BASE**-2
    for name in ORDERED:
        places = [columns[name, level] for level in ODDS[name]]
        for one, next_ in pairwise(places):
            step = np.zeros(len(columns) + 1)
            step[one], step[next_] = 1, -1
            penalty += np.outer(step, step) * STEP**-2
    return penalty


def _newton(design: Floats, seen: Floats, contacted: Floats, offset: Floats, penalty: Floats) -> Floats:
    """Where the penalised likelihood is greatest. It is concave, so there is one such place."""
    found = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-(offset + design @ found)))
        slope = design.T @ (contacted - seen * chance) - penalty @ found
        curve = (design.T * (seen * chance * (1 - chance))) @ design + penalty
        step = np.linalg.solve(curve, slope)
        # A step too far would overshoot from a far prior: log-odds move by no more than 2 at once.
        found += step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < ENOUGH:
            break
    return found


def _scales(days: Sequence[Day], stood: Sequence[Levels], prior: Hazard) -> dict[int, Points]:
    """How chances compare with what became of orders that the hazard was not fitted to, for each horizon.

    Orders are held out in turn, so that every recent day counts and none judges itself.
    """
    raw: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
    over = sorted(day.ago for day in days if HORIZONS[-1] in day.within)
    oldest = over[:MOST_COMPARED][-1] if over else inf
    for fold in range(FOLDS):
        others = _fit((pair for pair in zip(days, stood, strict=True) if pair[0].order % FOLDS != fold), prior)
        logit = cache(others.logit)
        for day in days:
            if day.order % FOLDS == fold and day.ago <= oldest:
                ahead = map(logit, course(day.standing, max(day.within)))
                logits = within(ahead, others.stays(day.standing.kind))
                for horizon, found in zip(HORIZONS, logits, strict=False):
                    if horizon in day.within:
                        raw[horizon].append((found, day.weight, day.within[horizon]))
    return {horizon: _scale(np.array(raw[horizon])) for horizon in HORIZONS if raw[horizon]}


def _scale(told: Floats) -> Points:
    """A line, bent to what came true in each of BINS parts; where that is little, the line counts.

    Each part holds as many expected contacts, so that great chances, which are rare, are told apart too.
    """
    logits, seen, contacted = told[np.argsort(told[:, 0], kind="stable")].T
    design = np.column_stack((np.ones_like(logits), logits))
    strayed = _newton(design, seen, seen * contacted, logits, np.diag([SHIFT**-2, SLOPE**-2]))
    usual = seen / (1 + np.exp(-(logits + design @ strayed)))
    ends = np.searchsorted(np.cumsum(usual), float(usual.sum()) * np.arange(1, BINS) / BINS)
    points: list[list[float]] = []  # [weight, log-odds as computed, chance as it came true], each times the weight
    for part in np.split(np.arange(len(logits)), ends):
        weight = float(seen[part].sum())
        if weight <= 0:
            continue
        expected = float(usual[part].sum())
        true = (float((seen * contacted)[part].sum()) + LINE_COUNTS_FOR) / (1 + LINE_COUNTS_FOR / expected)
        points.append([weight, float((seen * logits)[part].sum()), true])
        # What falls is joined with what is before it, until nothing falls: so a greater chance stays a greater one.
        while len(points) > 1 and points[-1][2] / points[-1][0] <= points[-2][2] / points[-2][0]:
            points[-2:] = [[a + b for a, b in zip(*points[-2:], strict=True)]]
    return tuple((x / weight, unsquash(chance / weight)) for weight, x, chance in points)
