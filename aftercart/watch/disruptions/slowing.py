"""Slow-downs that did not happen, put into a history that did: parcels in transit lose a share of their progress.

For some days every parcel of the slowed places makes (1 − rate) days of progress a day. What was to be delivered some
days after the slow-down began comes so much later; what comes after its end comes later by what was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from aftercart.watch.disruptions.exposure import NEVER, Ints


@dataclass(frozen=True, slots=True)
class SlowDown:
    """`places`: destinations or carriers; empty: everything."""

    label: str
    places: frozenset[str]
    rate: float
    days: int

    @classmethod
    def of(cls, written: str) -> SlowDown:
        """From `REGION:RATE:DAYS`, as `SP:50:14`, `PR,SC,RS:0.5:14` or `all:30:14`. Raises ValueError."""
        parts = written.rsplit(":", 2)
        if len(parts) != 3 or not parts[0].strip():
            raise ValueError("it is written REGION:RATE:DAYS, like SP:0.5:14")
        label, rate_written, days_written = parts[0].strip(), parts[1].strip(), parts[2].strip()
        try:
            rate = float(rate_written.removesuffix("%"))
            rate = rate / 100 if rate > 1 or rate_written.endswith("%") else rate
            days = int(days_written)
        except ValueError as error:
            raise ValueError("RATE is a number such as 0.5 or 50, DAYS a whole number") from error
        if not 0 < rate <= 1:
            raise ValueError("RATE is more than 0 and at most 1 (or 100)")
        if not 1 <= days <= 60:
            raise ValueError("DAYS is from 1 to 60")
        places = frozenset() if label.lower() == "all" else frozenset(part.strip() for part in label.split(","))
        return cls(label, places, rate, days)


def slowed(began: Ints, ended: Ints, hit: np.ndarray, *, start: date, by: SlowDown, seed: int) -> Ints:
    """When each parcel ends if those `hit` are slowed from `start` on. At what time of its day one ends is drawn."""
    first = float(start.toordinal())
    rng = np.random.default_rng(seed)
    instant = ended + rng.random(len(ended))
    touched = hit & (ended >= first) & (ended < NEVER) & (began < first + by.days)
    entered = np.maximum(began.astype(np.float64), first)
    late = np.where(touched, _instant(_progress(entered, first, by) + instant - entered, first, by), ended)
    return np.floor(late).astype(np.int64)


def _progress(at: np.ndarray, first: float, by: SlowDown) -> np.ndarray:
    """The days of progress made by an instant, counted on the calendar until the slow-down begins."""
    lost: np.ndarray = at - by.rate * np.clip(at - first, 0, by.days)
    return lost


def _instant(progress: np.ndarray, first: float, by: SlowDown) -> np.ndarray:
    """The other way round: by when so much progress is made."""
    within = first + (progress - first) / max(1 - by.rate, 1e-9)
    after = progress + by.rate * by.days
    return np.where(progress <= first, progress, np.where(within < first + by.days, within, after))
