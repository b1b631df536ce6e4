"""Which open disruption a parcel is in, and what that changes about what to expect of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aftercart.promises.lanes import Lane
from aftercart.promises.rules import Held
from aftercart.watch.disruptions.series import (
    CARRIER,
    DRIFT,
    FEED_OUTAGE,
    HUB,
    NETWORK,
    REGION,
    SERVICE,
    Series,
    pools,
)

SHORTEST, LONGEST = 2.0, 10.0  # days that it is taken to last from now on
MOST_PATIENCE = 4.0
# While no news comes in from anywhere, these say nothing of a parcel; once it does, they are judged anew.
BLIND = ("stalled", "no_first_scan", "late", "missed", "lost")
ORDER = (HUB, SERVICE, CARRIER, REGION, NETWORK)  # the narrowest scope that holds a parcel is what it is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """An open one. `slow`: the share of the usual progress that is made while it lasts."""

    id: UUID
    kind: str
    series: Series
    began: date
    slow: float

    def covers(self, lane: Lane, carrier: str, town: str) -> bool:
        """Whether a parcel on the road is in it. `town`: of its last scan."""
        part, name = self.series
        if part == HUB:
            return f"{carrier}|{town}" == name
        if part == CARRIER:
            return carrier == name
        if part == SERVICE:
            return f"{carrier}|{lane.service}" == name
        if part == REGION:
            return lane.destination == name or name in pools(lane.destination)
        return True

    @property
    def town(self) -> str:
        return self.series.name.partition("|")[2] if self.series.kind == HUB else ""

    def lasts(self, today: date) -> float:
        """How many days more, as far as anybody knows: as long again as it has lasted."""
        return min(max(float((today - self.began).days), SHORTEST), LONGEST)

    def held(self, left: date, today: date) -> Held:
        """What it takes from a parcel that left on that day."""
        slowed = (today - max(self.began, left)).days
        return Held(lost=round(self._taken * max(slowed, 0)), ahead=self.costs(today))

    @property
    def _taken(self) -> float:
        return 1 - min(max(self.slow, 0.0), 1.0)

    def costs(self, today: date) -> float:
        """The days of progress that are still lost to it: slow for as long as it lasts, and as usual after it."""
        return round(self._taken * self.lasts(today), 1)

    def patience(self) -> float:
        """How many times as long a silence is nothing new: the disruption explains it."""
        return min(1 / max(self.slow, 0.01), MOST_PATIENCE)


def affecting(open_ones: Iterable[Disruption]) -> tuple[Disruption, ...]:
    """Those that parcels are in, the narrowest first. A feed outage or a drift is in nobody's way."""
    found = [one for one in open_ones if one.kind not in (FEED_OUTAGE, DRIFT)]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.series.kind), one.began, str(one.id))))


def disruption_of(open_ones: tuple[Disruption, ...], lane: Lane, carrier: str, town: str) -> Disruption | None:
    """The one that counts for a parcel, of `affecting` ones."""
    return next((one for one in open_ones if one.covers(lane, carrier, town)), None)
