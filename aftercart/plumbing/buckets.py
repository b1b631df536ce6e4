"""How often somebody may ask."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

MOST_VISITORS = 50_000
Key = TypeVar("Key", bound=Hashable)


class Buckets(Generic[Key]):
    """How many questions are left to each visitor of each key: refilled by the second, full after a minute.

    In the process, not in the database: a question costs less than counting it there. Several web processes allow each
    their own share.
    """

    def __init__(self) -> None:
        self._left: dict[Key, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: Key, per_minute: int, at: float) -> float:
        """Seconds to wait until the next question is free; 0 where this one is."""
        with self._lock:
            left, seen = self._left.get(key, (float(per_minute), at))
            left = min(per_minute, left + (at - seen) * per_minute / 60)
            if len(self._left) > MOST_VISITORS:
                self._left = {k: v for k, v in self._left.items() if at - v[1] < 60}
            if left < 1:
                self._left[key] = (left, at)
                return (1 - left) * 60 / per_minute
            self._left[key] = (left - 1, at)
            return 0.0
