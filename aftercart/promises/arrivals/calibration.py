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

from aftercart.promises.arrivals.orders import Days, Flags, Numbers

WINDOW = 60  # days of predictions with which a calibration can begin
LEVEL_HALF, LEVEL_PRIOR = 4.0, 200.0  # days after which a day counts half; arrivals that draw to 1
LEVEL_TRUST = 0.5  # exponent: new curves know of the new speed already, and the rest is half noise
SHAPE_HALF, SHAPE_PRIOR = 60.0, 40.0
PARTS = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 1.0])  # of a curve
SURE = 8  # parts of a curve in which what will never come is too rare to matter: they make the level
LAST = 0.9995  # share of a curve beyond which nothing is read


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
        """Of each day on which something was open: what was expected, what came, by part of the curve."""
        before = np.concatenate([np.zeros((len(by), 1)), by[:, :-1]], axis=1)
        day = start[:, None] + np.arange(by.shape[1])
        open_: Flags = (day <= came[:, None]) & (before < LAST)
        part = np.searchsorted(PARTS[1:-1], (by + before) / 2, side="right")
        hoped = np.log1p(-np.minimum(before, LAST)) - np.log1p(-np.minimum(by, LAST))
        cell = np.ravel_multi_index((part, np.broadcast_to(np.arange(by.shape[1]), by.shape), day), self.shape)
        counted = np.bincount(cell[open_], weights=hoped[open_], minlength=self.expected.size)
        self.expected += counted.reshape(self.shape)
        there = open_ & (day == came[:, None])
        np.add.at(self.arrivals, (part[there], day[there]), 1.0)

    def course(self, morning: int, comes: Numbers) -> tuple[Numbers, Numbers]:
        """The cumulated hazard of a curve at the end of each of PARTS, and what it really is, by what came before this
        morning. `comes`: of what is open after so many days, the share that will come at all."""
        until = int(np.clip(morning, 0, self.shape[2]))
        ago = morning - np.arange(until)
        came, share = self.arrivals[:, :until], comes[np.minimum(np.arange(self.shape[1]), len(comes) - 1)]
        hoped = np.einsum("pad,a->pd", self.expected[:, :, :until], share)
        lately, long = 0.5 ** (ago / LEVEL_HALF), 0.5 ** (ago / SHAPE_HALF)
        level = _ratio((came[:SURE] @ lately).sum(), (hoped[:SURE] @ lately).sum(), LEVEL_PRIOR)
        usual = _ratio((came[:SURE] @ long).sum(), (hoped[:SURE] @ long).sum(), SHAPE_PRIOR)
        bent = _ratio(came @ long, usual * (hoped @ long), SHAPE_PRIOR)
        told = -np.log1p(-np.minimum(PARTS, LAST))
        return told, np.concatenate([[0.0], np.cumsum(bent * level**LEVEL_TRUST * np.diff(told))])

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


def _ratio(came: Any, hoped: Any, prior: float) -> Any:
    return (came + prior) / (hoped + prior)
