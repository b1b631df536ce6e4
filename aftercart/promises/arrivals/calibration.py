"""What of our curves came true lately, and what share to read off them so that nine in ten means it.

Every day on which something was open says where in its own curve it then was, how likely the curve held it to arrive,
and whether it did. Arrivals over arrivals expected is a correction: of all curves at once (the level, which changes
within days) and of each part of a curve (the shape, which hardly changes). Days count by the calendar, not by when the
promise was made: what arrives today after three weeks tells of today as much as what arrives after three days.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from aftercart.promises.arrivals.orders import Days, Numbers

WINDOW = 60  # days of predictions with which a calibration can begin
LEVEL_HALF, LEVEL_PRIOR = 4.0, 200.0  # days after which a day counts half; arrivals that draw to the usual
LEVEL_TRUST = 0.5  # exponent: new curves know of the new speed already, and the rest is half noise
SHAPE_HALF, SHAPE_PRIOR = 60.0, 40.0
PARTS = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 1.0])  # of a curve
UNSURE = 0.045  # variance of how fast the coming weeks are, beside what is expected of them
SURE = 8  # parts of a curve in which what will never come is too rare to matter: they make the level
LAST = 0.9995  # share of a curve beyond which nothing is read
LEAST = 1e-6  # share of a curve that a day is at least


class Places:
    """Past predictions of one stage: `arrived[i, j]` is the chance of being there by the end of day `start[i] + j`."""

    def __init__(self, arrived: npt.NDArray[np.float32], start: Days, came: Days) -> None:
        days, ages = int(start.max(initial=0)) + arrived.shape[1] + 1, arrived.shape[1]
        self.shape = (len(PARTS) - 1, ages, days)
        self.expected, self.arrivals = np.zeros(self.shape), np.zeros((self.shape[0], days))
        for begin in range(0, len(arrived), 4096):
            some = slice(begin, begin + 4096)
            self._count(arrived[some].astype(np.float64), start[some], came[some])

    def _count(self, by: Numbers, start: Days, came: Days) -> None:
        """Of each day on which something was open: what was expected, what came, by part of the curve.

        A day may take a curve through several parts. What came on it came somewhere on that way, each share of it as
        likely as the next, and was open no longer than that: else every arrival would count as slow, and the more so
        the more of a curve a day is.
        """
        before = np.concatenate([np.zeros((len(by), 1)), by[:, :-1]], axis=1)
        day = start[:, None] + np.arange(by.shape[1])
        row, age = np.nonzero((day <= came[:, None]) & (before < LAST))
        first, day = before[row, age], day[row, age]
        last = np.minimum(np.maximum(by[row, age], first + LEAST), LAST)
        from_ = np.searchsorted(PARTS[1:-1], first, side="right")
        to = np.searchsorted(PARTS[1:-1], last, side="left")
        crossed = to - from_ + 1
        each = np.repeat(np.arange(len(row)), crossed)
        part = np.arange(len(each)) - np.repeat(np.cumsum(crossed) - crossed, crossed) + from_[each]
        low, high = np.maximum(first[each], PARTS[part]), np.minimum(last[each], PARTS[part + 1])
        wide, way = np.log1p(-low) - np.log1p(-high), (last - first)[each]
        there = (day == came[row])[each]
        share = np.where(there, (high - low) / way, 0.0)
        hoped = np.where(there, share - wide * (1 - last[each]) / way, wide)
        cell = np.ravel_multi_index((part, age[each], day[each]), self.shape)
        self.expected += np.bincount(cell, weights=hoped, minlength=self.expected.size).reshape(self.shape)
        np.add.at(self.arrivals, (part, day[each]), share)

    def course(self, morning: int, comes: Numbers) -> tuple[Numbers, Numbers]:
        """The cumulated hazard of a curve at the end of each of PARTS, and what it really is, by what came before this
        morning. `comes`: of what is open after so many days, the share that will come at all."""
        until = int(np.clip(morning, 0, self.shape[2]))
        ago = morning - np.arange(until)
        came, share = self.arrivals[:, :until], comes[np.minimum(np.arange(self.shape[1]), len(comes) - 1)]
        hoped = np.einsum("pad,a->pd", self.expected[:, :, :until], share)
        lately, long = 0.5 ** (ago / LEVEL_HALF), 0.5 ** (ago / SHAPE_HALF)
        usual = _ratio((came[:SURE] @ long).sum(), (hoped[:SURE] @ long).sum(), SHAPE_PRIOR)
        level = _ratio((came[:SURE] @ lately).sum(), (hoped[:SURE] @ lately).sum(), LEVEL_PRIOR, usual)
        bent = _ratio(came @ long, usual * (hoped @ long), SHAPE_PRIOR)
        told = -np.log1p(-np.minimum(PARTS, LAST))
        true = np.concatenate([[0.0], np.cumsum(bent * level**LEVEL_TRUST * np.diff(told))])
        # What is still open under a speed that is itself uncertain (gamma): more than under the mean one.
        return told, np.log1p(UNSURE * true) / UNSURE

    def shares(self, morning: int, wished: Sequence[float], comes: Numbers) -> Numbers:
        """What to ask the curves of this morning for."""
        told, true = self.course(morning, comes)
        found: Numbers = 1 - np.exp(-np.interp(-np.log1p(-np.asarray(wished)), true, told))
        return np.clip(found, 0.005, 0.999)

    def missed(self, morning: int, told: Numbers, comes: Numbers) -> Numbers:
        """What chances of being open still really mean this morning."""
        hazard = -np.log(np.maximum(told, 1 - LAST))
        found: Numbers = np.exp(-np.interp(hazard, *self.course(morning, comes)))
        return found


def _ratio(came: Any, hoped: Any, prior: float, to: float = 1.0) -> Any:
    return (came + prior * to) / (hoped + prior)
