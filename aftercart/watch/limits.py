"""How patient we are: the limits that turn facts and chances into concerns. Learned where possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Self

from aftercart.facts import State
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.rules import FREE, Held, Pace, Quiet
from aftercart.promises.silence import EVER, HUB, PLACED, TOGETHER, stay, steps

# Where a lane has taught us nothing yet: business days of silence, at home and across borders. These follow what
# shops in the trade use: labels without a scan 4, in transit 3 at home and 5 abroad, dispatch 72 to 96 hours.
UNLEARNED: dict[str, tuple[float, float]] = {
    PLACED: (4.0, 4.0),
    State.LABEL_CREATED: (4.0, 4.0),
    State.IN_CUSTOMS: (5.0, 5.0),
    TOGETHER: (3.0, 6.0),
    stay(HUB): (4.0, 6.0),
    stay(State.IN_CUSTOMS): (5.0, 5.0),
    stay(State.OUT_FOR_DELIVERY): (1.0, 1.0),
}
MOVING = (3.0, 5.0)
# Business days without a scan after which a parcel counts as lost: where nothing is learned, and at the least.
LOST, LOST_FLOOR = (7.0, 20.0), (7.0, 12.0)
LONGER = 2.0  # business days: what is presumed lost was called silent before


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What a brand sets itself, by its policy `waits`: days that are a matter of manners, not of speed."""

    not_received: float = 2.0  # business days that something delivered is given to turn up
    pickup: float = 2.0  # days at a pick-up point before we remind
    shelf: float = 7.0  # days that a pick-up point keeps it, where neither it nor the past tells
    expiring: float = 2.0  # days before the end of that when we remind again
    circles: int = 2  # returns to a hub that are no mistake any more

    @classmethod
    def of(cls, policy: Mapping[str, object]) -> Self:
        """What the policy says, where it says a number that is not negative."""
        usual, told = cls(), {}
        for field_ in fields(cls):
            value = policy.get(field_.name)
            if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
                told[field_.name] = type(getattr(usual, field_.name))(value)
        return replace(usual, **told)


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
    """The disruption that a parcel is in: `held`, the progress that it takes; `patience`, how many times as
    long a silence is explained by it. `told` is the evidence that its concern carries."""

    held: Held
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
    waits: Waits = field(default_factory=Waits)
    slowed: Slowed | None = None

    @property
    def held(self) -> Held:
        return self.slowed.held if self.slowed else FREE

    def silence(self, milestone: str, lane: Lane, *, international: bool) -> Quiet:
        """The learned limit of the finest lane that has one, else the trade's; longer in a disruption."""
        found = self.quiet_of(milestone, lane) or self._unlearned(milestone, international)
        return replace(found, days=found.days * self.slowed.patience) if self.slowed else found

    def _unlearned(self, milestone: str, international: bool) -> Quiet:
        return Quiet(days=UNLEARNED.get(milestone, MOVING)[international], level="unlearned", n=0.0)

    def quiet_of(self, milestone: str, lane: Lane) -> Quiet | None:
        if self.quiet:
            for step in steps(lane):
                if learned := self.quiet.get((milestone, step.key)):
                    return learned
        return None

    def lost(self, milestone: str, lane: Lane, *, international: bool) -> Quiet:
        """After how long a silence next to nothing on this lane ever came."""
        silent = self.silence(milestone, lane, international=international)
        if learned := self.quiet_of(EVER, lane):
            return replace(learned, days=max(learned.days, LOST_FLOOR[international], silent.days + LONGER))
        return Quiet(days=max(LOST[international], 2 * silent.days), level="unlearned", n=0.0)
