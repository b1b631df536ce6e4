"""What of our curves came true in the last weeks, and what share to read off them so that nine in ten means it.

Each past prediction says where in its own curve the arrival fell; one that is open still says that it falls further on.
The distribution of these places, by Kaplan and Meier, maps the share that is wished to the share to ask the curve for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aftercart.promises.arrivals.orders import Days, Numbers

WINDOW = 60  # days of predictions that count
HALF = 7.0  # days after which one counts half
PRIOR = 60.0  # predictions that came true as they should, to begin with
BINS = 200


class Places:
    """Past predictions of one stage: `arrived[i, j]` is the chance of being there by the end of day `start[i] + j`."""

    def __init__(self, arrived: npt.NDArray[np.float32], start: Days, came: Days) -> None:
        self.arrived, self.start, self.came = arrived, start, came

    def place(self, rows: Days, day: Days) -> Numbers:
        """The share of its curve that lies before `day`."""
        column = day - self.start[rows] - 1
        found = self.arrived[rows, np.clip(column, 0, self.arrived.shape[1] - 1)].astype(np.float64)
        return np.where(column < 0, 0.0, found)

    def shares(self, morning: int, wished: Sequence[float], comes: Numbers) -> Numbers:
        """What to ask the curves of this morning for, knowing what came before it.

        `comes`: of what is open after so many days of waiting, the share that will come at all.
        """
        rows = np.flatnonzero((self.start < morning) & (self.start >= morning - WINDOW))
        weight = 0.5 ** ((morning - self.start[rows]) / HALF)
        there = self.came[rows] < morning
        seen = self.place(rows, np.where(there, self.came[rows], morning))
        open_for = np.clip(morning - self.start[rows], 0, len(comes) - 1)
        weight = weight * np.where(there, 1.0, comes[open_for])
        return kaplan_meier(seen, there, weight, wished)


def kaplan_meier(seen: Numbers, there: npt.NDArray[np.bool_], weight: Numbers, wished: Sequence[float]) -> Numbers:
    """The places below which the wished shares of all fall; `there` is False where the place is only a lower bound."""
    bins = np.minimum((seen * BINS).astype(np.int64), BINS - 1)
    ended = np.bincount(bins[there], weights=weight[there], minlength=BINS) + PRIOR / BINS
    cut = np.bincount(bins[~there], weights=weight[~there], minlength=BINS)
    at_risk = (ended + cut)[::-1].cumsum()[::-1]
    # What is cut off in a bin is at risk in half of it.
    left = np.cumprod(1 - ended / np.maximum(at_risk - cut / 2, ended + 1e-9))
    below = np.concatenate([[0.0], 1 - left])
    found: Numbers = np.interp(wished, below, np.linspace(0, 1, BINS + 1))
    return np.clip(found, 0.005, 0.998)
