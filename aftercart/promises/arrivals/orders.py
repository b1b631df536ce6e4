"""A history of orders as columns. Days are whole numbers from the first day of the history on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = npt.NDArray[np.int64]
Numbers: TypeAlias = npt.NDArray[Any]  # of floats
Flags: TypeAlias = npt.NDArray[np.bool_]

NEVER = 1_000_000  # a day that has not come; NEVER arrived: open still, or lost
GROUPS = ("destination", "route", "sender", "kind", "area", "area_route")


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Sorted by `began`. `groups` names what each order shares with others (see GROUPS); `numbers` what it is alone.

    `due` is the last promised day, NEVER where nothing was promised. `ended` is the day of giving up (cancelled, lost);
    `before` the days that an earlier stage took.
    """

    first: date
    began: Days
    arrived: Days
    due: Days
    groups: dict[str, Days]
    numbers: dict[str, Numbers]
    ended: Days
    before: Days

    def __len__(self) -> int:
        return len(self.began)

    @property
    def length(self) -> Days:
        """Days promised; a guess of our own where nothing was."""
        return np.where(self.due < NEVER, self.due - self.began, TYPICAL)

    @property
    def last_day(self) -> int:
        """The last day that anything is stamped with."""
        known = [days[days < NEVER] for days in (self.began, self.arrived, self.due)]
        return int(max((part.max() for part in known if len(part)), default=0))

    def take(self, which: Days) -> Orders:
        return replace(
            self,
            began=self.began[which],
            arrived=self.arrived[which],
            due=self.due[which],
            ended=self.ended[which],
            before=self.before[which],
            groups={name: codes[which] for name, codes in self.groups.items()},
            numbers={name: values[which] for name, values in self.numbers.items()},
        )

    def since(self, handed: Days) -> tuple[Orders, Days]:
        """The transit alone: what was handed over, from that day on, and which order each row was."""
        known = np.flatnonzero((handed < NEVER) & (handed >= self.began) & (handed <= self.arrived))
        which = known[np.argsort(handed[known], kind="stable")]
        return replace(self.take(which), began=handed[which], before=(handed - self.began)[which]), which


TYPICAL = 21


def codes_of(values: list[str]) -> Days:
    """A number for each different value."""
    return np.unique(np.array(values, dtype=str), return_inverse=True)[1].astype(np.int64)
