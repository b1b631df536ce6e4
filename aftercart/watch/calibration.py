"""How sure we must be before we tell: limits that set themselves by what lies ahead and by what became of the past.

Telling early is worth more and costs more notices in vain. A brand says how many of its customers it may alarm for
nothing (`vain`), and wishes for shares of the late orders to be told at all (`told`) and early (`early`). Every morning
the early limit becomes the chance above which lies the wished share of the misses expected among orders with a few
days left; the last limit likewise, among untold orders on their promised day. What became of past orders corrects the
wishes: fewer of the late ones told than wished raises them, notices in vain near what the brand allows lower them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Self

from aftercart.watch.limits import LateLimits

BINS = 100
AHEAD_HALF = 5.0  # days after which half of the chances seen is forgotten
RESULTS_HALF = 30.0  # … of the results of late orders
VAIN_HALF = 90.0  # … of notices in vain: a budget is kept over a season, not over a bad week
AHEAD_WEIGHT = 5.0  # expected misses that the limits to begin with weigh
RESULTS_WEIGHT = 30.0  # late orders that the wishes weigh against results
VAIN_WEIGHT = 500.0  # orders, told in vain as often as is usual, that weigh against results
GAIN = 2.0  # how strongly a shortfall is made up for
COMFORT = 0.5  # share of the budget up to which the wishes are not cut
USUAL = 0.75  # share of the budget that we take as used until we know
LEAST = 0.05  # share of the late orders that is sought however small the budget
TO_BEGIN_WITH = LateLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Shares: of all orders told in vain at most; of late orders told; of the told ones told early."""

    vain: float = 0.04
    told: float = 0.97
    early: float = 0.68
    least_told: float = 0.905  # what is still asked for when the budget is used up
    least_early: float = 0.58


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An order whose fate was sealed yesterday: it came, or its promised day passed. `told_ahead` in days, if ever."""

    late: bool
    told_ahead: int | None = None


@dataclass(slots=True)
class Calibration:
    """What has been seen, fading. `ahead` and `today` hold expected misses per bin of chance."""

    wishes: Wishes = field(default_factory=Wishes)
    ahead: list[float] = field(default_factory=lambda: [0.0] * BINS)
    today: list[float] = field(default_factory=lambda: [0.0] * BINS)
    late: float = 0.0
    late_told: float = 0.0
    late_early: float = 0.0
    ended: float = 0.0
    vain: float = 0.0

    def observe(self, *, ahead: Sequence[float], today: Sequence[float], ended: Iterable[Ended], days: int = 1) -> None:
        """One morning: the chances of a miss of all with `early_days` left and of the untold ones promised for today,
        and the orders that ended in the last `days`."""
        self._fade(days)
        for bins, chances in ((self.ahead, ahead), (self.today, today)):
            for chance in chances:
                bins[min(int(chance * BINS), BINS - 1)] += chance
        for order in ended:
            self._count(order)

    def _fade(self, days: int) -> None:
        keep = 0.5 ** (days / AHEAD_HALF)
        self.ahead = [mass * keep for mass in self.ahead]
        self.today = [mass * keep for mass in self.today]
        keep = 0.5 ** (days / RESULTS_HALF)
        self.late, self.late_told, self.late_early = self.late * keep, self.late_told * keep, self.late_early * keep
        keep = 0.5 ** (days / VAIN_HALF)
        self.ended, self.vain = self.ended * keep, self.vain * keep

    def _count(self, order: Ended) -> None:
        told = order.told_ahead is not None
        self.ended += 1
        self.vain += told and not order.late
        self.late += order.late
        self.late_told += told and order.late
        self.late_early += order.late and told and (order.told_ahead or 0) >= TO_BEGIN_WITH.early_days

    def limits(self) -> LateLimits:
        wished_told, wished_early = self._wished()
        known = self.late + RESULTS_WEIGHT
        had_told = (self.late_told + RESULTS_WEIGHT * wished_told) / known
        had_early = (self.late_early + RESULTS_WEIGHT * wished_early) / known
        told = _between(LEAST, wished_told + GAIN * (wished_told - had_told), 0.995)
        early = _between(LEAST, wished_early + GAIN * (wished_early - had_early), 0.9)
        rest = _between(LEAST, (told - had_early) / (1 - had_early), 1.0)
        return LateLimits(
            early=_limit(self.ahead, early, TO_BEGIN_WITH.early), last=_limit(self.today, rest, TO_BEGIN_WITH.last)
        )

    def _wished(self) -> tuple[float, float]:
        """Shares of the late orders to tell at all and early, as far as the budget allows."""
        wishes = self.wishes
        comfortable = wishes.vain * COMFORT
        vain = (self.vain + VAIN_WEIGHT * USUAL * wishes.vain) / (self.ended + VAIN_WEIGHT)
        strain = _between(0.0, (vain - comfortable) / (wishes.vain - comfortable), 1.0)
        told = wishes.told + strain * (wishes.least_told - wishes.told)
        early = wishes.early + strain * (wishes.least_early - wishes.early)
        over = min(1.0, wishes.vain / vain)
        return told * over, told * early * over

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in STORED}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any], *, wishes: Wishes) -> Self:
        return cls(wishes=wishes, **{name: told[name] for name in STORED})


STORED = ("ahead", "today", "late", "late_told", "late_early", "ended", "vain")


def _between(low: float, value: float, high: float) -> float:
    return max(low, min(value, high))


def _limit(bins: Sequence[float], share: float, to_begin_with: float) -> float:
    """The chance above which `share` of the expected misses lies, drawn to where we begin while little was seen."""
    total = sum(bins)
    if total <= 0:
        return to_begin_with
    wanted = share * total
    above = list(accumulate(reversed(bins)))
    at = next((i for i, mass in enumerate(above) if mass >= wanted), BINS - 1)
    before = above[at - 1] if at else 0.0
    within = (wanted - before) / (above[at] - before) if above[at] > before else 0.0
    learned = 1 - (at + within) / BINS
    return (total * learned + AHEAD_WEIGHT * to_begin_with) / (total + AHEAD_WEIGHT)
