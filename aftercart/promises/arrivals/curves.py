"""From the chance of each day to the days that are promised: many parcels at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aftercart.promises.arrivals.orders import Days

SHARES = (0.5, 0.8, 0.9, 0.95)


def arrived_by(chances: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The chance of having arrived by the end of each day, from that of arriving on each while open."""
    found: npt.NDArray[np.float32] = 1 - np.cumprod(1 - chances, axis=1)
    return found


def day_of(arrived: npt.NDArray[np.float32], share: npt.NDArray[np.float64] | float) -> Days:
    """The first column in which this share (one for all, or one for each row) has arrived; else the last."""
    wanted = np.broadcast_to(np.asarray(share, dtype=np.float64), (len(arrived),))[:, None]
    reached = arrived >= wanted
    found: Days = np.where(reached.any(axis=1), reached.argmax(axis=1), arrived.shape[1] - 1).astype(np.int64)
    return found


def missed(arrived: npt.NDArray[np.float32], column: Days) -> npt.NDArray[np.float64]:
    """The chance of being open still after the day in that column; certain where it lies before the first."""
    last = np.clip(column, 0, arrived.shape[1] - 1)
    chance = 1 - arrived[np.arange(len(arrived)), last].astype(np.float64)
    return np.where(column < 0, 1.0, chance)
