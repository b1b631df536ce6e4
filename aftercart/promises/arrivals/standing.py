"""How each milestone has bent what was believed of the days after it: learned from past parcels, for `milestones`.

On some of its mornings each past parcel stood at a milestone, or came to one in the course of that day; what was
believed of it then, by lane and age alone, is held against what came. Of every day on which it was open still: so what
is on the road yet teaches too. Each bend is a logistic regression of its own with two numbers, drawn to what is
believed before anything is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from aftercart.promises.arrivals.orders import Days, Numbers
from aftercart.promises.milestones import AHEAD, BEFORE_ANY, FAR, LEAST, MOST, NAMES, SAME, SINCE, USUAL

LEVEL_PRIOR, SLOPE_PRIOR = 3.0, 10.0  # how firmly: the first as some twenty days of one in five
STEPS = 6  # of Newton's method
ENOUGH = 10  # days of its like below which a bend stays as it was

Stands = Sequence[tuple[int, str]]  # days on which a parcel came to a milestone, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row a parcel and morning: `usual` is the chance of having arrived by the end of each day from that one on.

    `came` is the column in which it came, `known` the number of columns that are past; `counts`: the chance that it
    comes at all.
    """

    stands: Sequence[Stands]
    morning: Days
    usual: Numbers
    came: Days
    known: Days
    counts: Numbers


def bends(seen: Sequence[Seen]) -> list[list[Any]]:
    """Rows of milestone, since, ahead, level, slope, as `Milestones.of` reads them."""
    marks = [_Marks.of(part) for part in seen]
    if not any(len(one.name) for one in marks):
        return []
    name, since = np.concatenate([one.name for one in marks]), np.concatenate([one.since for one in marks])
    x, came, weight = (np.concatenate([getattr(one, part) for one in marks]) for part in ("x", "came", "weight"))
    found: list[list[Any]] = []
    for milestone in NAMES:
        for part in range(len(SINCE)):
            rows = np.flatnonzero((name == milestone) & (since == part))
            for ahead, (first, end) in enumerate(pairwise((*AHEAD, FAR))):
                cell = np.ix_(rows, np.arange(first, end))
                if weight[cell].sum() >= ENOUGH:
                    before = BEFORE_ANY.get((milestone, part, ahead), SAME)
                    learned = _fit(x[cell].ravel(), came[cell].ravel(), weight[cell].ravel(), np.array(before))
                    found.append([milestone, part, ahead, *(round(float(value), 3) for value in learned)])
    return found


def _fit(x: Numbers, came: Numbers, weight: Numbers, before: Numbers) -> Numbers:
    """Level and slope of the log-odds."""
    rows, prior = np.stack([np.ones_like(x), x], axis=1), np.array([LEVEL_PRIOR, SLOPE_PRIOR])
    found: Numbers = before.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -15, 15)))
        slope = rows.T @ (weight * (came - chance)) - prior * (found - before)
        curvature = (rows.T * (weight * chance * (1 - chance))) @ rows + np.diag(prior)
        found = found + np.clip(np.linalg.solve(curvature, slope), -2, 2)
    return found


@dataclass(frozen=True, slots=True)
class _Marks:
    """One row for each milestone at which a parcel stood on a morning, or to which it came on that day."""

    name: Any
    since: Days
    x: Numbers
    came: Numbers
    weight: Numbers

    @classmethod
    def of(cls, seen: Seen) -> _Marks:
        found = [
            (row, name, since)
            for row, (stands, morning) in enumerate(zip(seen.stands, seen.morning.tolist(), strict=True))
            for name, since in stood(stands, morning)
        ]
        rows = np.array([row for row, _, _ in found], dtype=np.int64)
        days = np.array([since for _, _, since in found], dtype=np.int64)
        ahead, came = np.arange(FAR), seen.came[rows][:, None]
        at_risk = (ahead <= came) & (ahead < seen.known[rows][:, None])
        return cls(
            name=np.array([name for _, name, _ in found], dtype=object),
            since=np.searchsorted(SINCE, days, side="right") - 1,
            x=_odds(seen.usual[rows, :FAR]) - USUAL,
            came=(ahead == came).astype(np.float64),
            weight=np.where(at_risk, seen.counts[rows][:, None], 0.0),
        )


def stood(stands: Stands, morning: int) -> list[tuple[str, int]]:
    """Where a parcel stood on the morning and since how many days; and where it came to on that day."""
    before = [(name, morning - day) for day, name in stands if day < morning][-1:]
    return [*before, *((name, 0) for day, name in stands if day == morning)]


def _odds(arrived: Numbers) -> Numbers:
    """The log-odds of each day's chance, while open."""
    before = np.concatenate([np.zeros((len(arrived), 1)), arrived[:, :-1]], axis=1)
    chance = np.clip((arrived - before) / np.maximum(1 - before, 1e-9), LEAST, MOST)
    found: Numbers = np.log(chance) - np.log1p(-chance)
    return found
