"""How far the world of a rehearsed brand has been told: kept in a file, so that it goes on after a stop."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from aftercart.rehearsal.scenario import Scenario, maren_and_oak


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """`told_until` in business time, `written_at` in machine time: between two runs both clocks go on alike."""

    seed: str
    began: datetime  # the scenario's `now`
    orders_a_day: float
    told_until: datetime
    written_at: datetime
    loaded: bool = False
    user: str = ""
    password: str = ""

    def scenario(self) -> Scenario:
        return maren_and_oak(self.began, seed=self.seed, orders_a_day=self.orders_a_day)

    def moved(self, told_until: datetime, *, at: datetime) -> Bookmark:
        return replace(self, told_until=told_until, written_at=at)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            return None

    def write(self, path: Path) -> None:
        """Whole or not at all; it holds a password."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(self)))
        fresh.replace(path)
