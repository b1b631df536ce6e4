"""How long is usual: silences and stays of parcels at each milestone, counted per lane, and the limits they give.

Of each parcel only its longest at a milestone counts, so that a limit is passed by a share of *parcels*. Times are
counted in half business days, those that ended and those still open, so that a parcel which never moves again teaches
too. A fine lane that has seen little behaves like the coarser one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from aftercart.facts import State
from aftercart.promises.lanes import NETWORK, Lane

# Milestones that are no state of a parcel: an order placed and not packed; any silence on the road of what did arrive;
# the shelf of a pick-up point, until it sends back; the rest of an order whose first parcel has arrived.
PLACED, EVER, SHELF, TOGETHER = "placed", "ever", "shelf", "together"
HUB = "hub"

PER_DAY = 2  # bins in a business day
BINS = 30 * PER_DAY + 1
WEIGHT = 20.0  # parcels that a coarser lane weighs in a finer one


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """What makes a limit of what was counted: `share` stays within it. Business days."""

    share: float | None = None  # None: the usual one
    floor: float = 2.0  # never more nervous
    ceiling: float = 10.0  # never more patient
    enough: float = 30.0  # parcels that ended, below which a network teaches nothing
    before: bool = False  # the beginning of a bin counts, not its end


def stay(state: str) -> str:
    """The milestone of the time in one state, or at one hub, however often it is scanned there."""
    return f"stay:{state}"


USUAL = Norm()
NORMS: Mapping[str, Norm] = {
    stay(State.OUT_FOR_DELIVERY): Norm(floor=1.0),  # what left in the morning is news the next morning
    EVER: Norm(share=0.995, floor=7.0, ceiling=30.0, enough=200.0),
    SHELF: Norm(share=0.1, before=True),
    TOGETHER: Norm(ceiling=15.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A learned limit: `days` business days, at which `level` of lane, from `n` parcels."""

    days: float
    level: str
    n: float


@lru_cache(maxsize=65_536)
def steps(lane: Lane) -> tuple[Lane, ...]:
    """This lane, then each coarser one: how often a parcel is scanned is a carrier's habit before it is a country's."""
    if not lane.carrier:
        return lane.ladder()
    there = Lane(carrier=lane.carrier, destination=lane.destination)
    return tuple(dict.fromkeys((lane, there, Lane(carrier=lane.carrier), NETWORK)))


class Silence:
    """Counted times per milestone and lane."""

    __slots__ = ("ended", "open")

    def __init__(self) -> None:
        self.ended: dict[tuple[str, str], list[float]] = {}
        self.open: dict[tuple[str, str], list[float]] = {}

    def observe(self, milestone: str, lane: Lane, *, days: float, ended: bool) -> None:
        """One parcel's longest, of `days` business days; not `ended`: it may yet grow."""
        table = self.ended if ended else self.open
        for step in steps(lane):
            bins = table.setdefault((milestone, step.key), [0.0] * BINS)
            bins[min(int(days * PER_DAY), BINS - 1)] += 1

    def limits(self, share: float = 0.98) -> dict[tuple[str, str], Quiet]:
        """By milestone and lane key: what only 1 − `share` of the parcels exceed."""
        found: dict[tuple[str, str], Quiet] = {}
        chances: dict[tuple[str, Lane], list[float]] = {}
        for milestone, key in self.ended:
            norm = NORMS.get(milestone, USUAL)
            if sum(self.ended.get((milestone, NETWORK.key), ())) < norm.enough:
                continue
            lane = Lane.of(key)
            days = _until(self._chances(milestone, lane, chances), 1 - (share if norm.share is None else norm.share))
            days -= norm.before / PER_DAY
            found[milestone, key] = Quiet(
                days=min(max(days, norm.floor), norm.ceiling),
                level=lane.level,
                n=round(sum(self.ended[milestone, key]), 1),
            )
        return found

    def _chances(self, milestone: str, lane: Lane, known: dict[tuple[str, Lane], list[float]]) -> list[float]:
        """Per bin: the chance that what lasted so far ends in it, drawn to the coarser lane's."""
        if (milestone, lane) in known:
            return known[milestone, lane]
        coarser = steps(lane)[1:2]
        above = self._chances(milestone, coarser[0], known) if coarser else [0.0] * BINS
        weight = WEIGHT if coarser else 0.0
        ended = self.ended.get((milestone, lane.key), [0.0] * BINS)
        still = self.open.get((milestone, lane.key), [0.0] * BINS)
        at_risk = sum(ended) + sum(still)
        total = max(at_risk, 1.0)
        chances = []
        for came, left, parent in zip(ended, still, above, strict=True):
            drawn = weight * at_risk / total
            chances.append((came + drawn * parent) / max(at_risk + drawn, 1e-9))
            at_risk -= came + left
        known[milestone, lane] = chances
        return chances

    def to_dict(self) -> dict[str, Any]:
        return {
            name: [[*key, bins] for key, bins in table.items()]
            for name, table in (("ended", self.ended), ("open", self.open))
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        silence = cls()
        for name, table in (("ended", silence.ended), ("open", silence.open)):
            for milestone, key, bins in told[name]:
                table[milestone, key] = [*bins, *[0.0] * (BINS - len(bins))]
        return silence


def _until(chances: list[float], left: float) -> float:
    """Business days after which the share that still lasts has fallen to `left`."""
    lasting = 1.0
    for at, chance in enumerate(chances):
        lasting *= 1 - chance
        if lasting <= left:
            return (at + 1) / PER_DAY
    return BINS / PER_DAY
