"""How patient we are: the limits that turn facts and chances into concerns. Learned where possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aftercart.facts import State
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.rules import Pace, Quiet

# Where a lane has taught us nothing yet: business days of silence, at home and across borders. These follow what
# shops in the trade use: labels without a scan 4, in transit 3 at home and 5 abroad, dispatch 72 to 96 hours.
UNLEARNED: dict[str, tuple[float, float]] = {
    "placed": (4.0, 4.0),
    State.LABEL_CREATED: (4.0, 4.0),
    State.IN_CUSTOMS: (5.0, 5.0),
}
MOVING = (3.0, 5.0)
LOST = (7.0, 20.0)  # business days without a scan after which a parcel counts as lost
PICKUP_DAYS = 2.0  # calendar days at a pick-up point before we remind


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLimits:
    """The chance of a miss from which the customer is told, by days left to the promised day.

    `early` counts with `early_days` left, `last` on the promised day itself, `sure` on every other day: in between,
    telling waits until it is nearly certain or the day has come.
    An open concern stays open until the chance falls under `settled`.
    """

    early: float = 0.5
    last: float = 0.6
    sure: float = 0.9
    settled: float = 0.25
    early_days: int = 3
    horizon: int = 7  # days before the promised day at which we begin to look

    def at(self, days_left: int) -> float:
        if days_left == self.early_days:
            return self.early
        if days_left == 0:
            return self.last
        return max(self.sure, self.early if days_left > self.early_days else self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowed:
    """The disruption that a parcel is in: `held_up`, the days of progress that it costs; `patience`, how many times as
    long a silence is explained by it. `told` is the evidence that its concern carries."""

    held_up: float
    patience: float
    told: Mapping[str, object] = field(default_factory=dict)
    danger: float = 0.5  # the chance of a miss from which its customer hears of it
    settled: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What `assess` judges by. `quiet` comes from `Silence.limits`."""

    pace: Pace | None = None  # of whole orders; None: nothing is known, so nothing is believed to be late
    transit: Pace | None = None  # of what is on the road; None: the whole order's counts there too
    late: LateLimits = field(default_factory=LateLimits)
    quiet: Mapping[tuple[str, str], Quiet] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    slowed: Slowed | None = None

    @property
    def held_up(self) -> timedelta:
        """Whole days later that everything is, for the disruption that it is in."""
        return timedelta(days=round(self.slowed.held_up)) if self.slowed else timedelta()

    def silence(self, milestone: str, lane: Lane, *, international: bool) -> Quiet:
        """The learned limit of the finest lane that has one, else the trade's; longer in a disruption."""
        found = self._silence(milestone, lane, international=international)
        return replace(found, days=found.days * self.slowed.patience) if self.slowed else found

    def _silence(self, milestone: str, lane: Lane, *, international: bool) -> Quiet:
        if self.quiet:
            for step in lane.ladder():
                if learned := self.quiet.get((milestone, step.key)):
                    return learned
        return Quiet(days=UNLEARNED.get(milestone, MOVING)[international], level="unlearned", n=0.0)
