"""How fast parcels are, from how many took how many days. Pure.

A day is a calendar day at the destination, as in a promise. "Within 3 days" counts the third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil, sqrt

from aftercart.promises.lanes import Lane

ENOUGH = 10  # parcels on either side, below which no trend is told
FEW = 5  # parcels, below which no share is told of a lane
SURE = 2.0  # standard errors that a difference must exceed
STEPS = 4


@dataclass(frozen=True)
class Spread:
    """Parcels by the days that they took."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> float:
        return sum(days * count for days, count in self.counts.items()) / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        mean = self.mean
        return (
            sum(count * (days - mean) ** 2 for days, count in self.counts.items()) / (self.n - 1) if self.n > 1 else 0.0
        )

    def within(self, share: float) -> int | None:
        """The days within which at least this share had arrived; None: nothing has."""
        needed = ceil(share * self.n - 1e-9)
        arrived = 0
        for days in sorted(self.counts):
            arrived += self.counts[days]
            if arrived >= max(needed, 1):
                return days
        return None

    @property
    def median(self) -> int | None:
        return self.within(0.5)

    @property
    def p80(self) -> int | None:
        return self.within(0.8)

    @property
    def p90(self) -> int | None:
        return self.within(0.9)

    def beyond(self, days: int) -> int:
        return sum(count for took, count in self.counts.items() if took > days)


def together(spreads: Iterable[Spread]) -> Spread:
    counts: Counter[int] = Counter()
    for spread in spreads:
        counts.update(spread.counts)
    return Spread(counts)


def drift(now: Spread, before: Spread) -> float | None:
    """Days by which the mean has grown; 0.0 where that may be chance, None where too little has arrived to tell."""
    if now.n < ENOUGH or before.n < ENOUGH:
        return None
    by = now.mean - before.mean
    error = sqrt(now.variance / now.n + before.variance / before.n)
    return by if abs(by) > SURE * error and abs(by) >= 0.1 else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    of: int

    @property
    def value(self) -> float | None:
        return self.part / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, at 95 %: where the share that we would see for ever probably lies."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.96, self.of, self.part / self.of
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.of + other.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What one lane did: `transit` from hand-over to delivery, `before` the same in the time before, `handling` the
    days from placing to hand-over, `on_time` against the first date that the customer was told, `road` the ages of
    what is under way."""

    lane: Lane
    transit: Spread = Spread()
    before: Spread = Spread()
    handling: Spread = Spread()
    on_time: Share = Share(0, 0)
    road: Spread = Spread()
    worrying: int = 0

    @property
    def drift(self) -> float | None:
        return drift(self.transit, self.before)

    @property
    def overdue(self) -> int:
        """Under way for longer than nine of ten took."""
        return self.road.beyond(self.transit.p90) if self.transit.p90 is not None else 0


def of_destination(destination: str, speeds: Iterable[Speed]) -> Speed:
    """Lanes that end at one place, as one."""
    lanes = list(speeds)
    return Speed(
        lane=Lane(destination=destination),
        transit=together(speed.transit for speed in lanes),
        before=together(speed.before for speed in lanes),
        handling=together(speed.handling for speed in lanes),
        on_time=sum((speed.on_time for speed in lanes), Share(0, 0)),
        road=together(speed.road for speed in lanes),
        worrying=sum(speed.worrying for speed in lanes),
    )


def steps(values: Mapping[str, float]) -> dict[str, int]:
    """Each value's shade, 1 to 4 from the least to the greatest in even steps."""
    if not values:
        return {}
    low, high = min(values.values()), max(values.values())
    width = (high - low) / STEPS or 1.0
    return {name: min(STEPS, 1 + int((value - low) / width)) for name, value in values.items()}
