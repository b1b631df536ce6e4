"""How long a parcel may be silent at each milestone before that is news, learned per lane.

Gaps between moving scans are counted in half business days, those that ended and those still open, so that a parcel
which never moves again teaches too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aftercart.promises.lanes import NETWORK, Lane

PER_DAY = 2  # bins in a business day
BINS = 20 * PER_DAY + 1
ENOUGH = 30.0  # gaps that ended, below which a network teaches nothing
WEIGHT = 20.0  # gaps that a coarser lane weighs in a finer one
HALF = 60.0  # days after which half is forgotten
FLOOR, CEILING = 2.0, 10.0  # business days: never more nervous, never more patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A learned limit: `days` business days of silence, at which `level` of lane, from `n` gaps (fading)."""

    days: float
    level: str
    n: float


class Silence:
    """Counted gaps per milestone and lane."""

    __slots__ = ("ended", "open")

    def __init__(self) -> None:
        self.ended: dict[tuple[str, str], list[float]] = {}
        self.open: dict[tuple[str, str], list[float]] = {}

    def observe(self, milestone: str, lane: Lane, *, days: float, ended: bool) -> None:
        """One gap of `days` business days after a scan of this milestone; not `ended`: silent still."""
        table = self.ended if ended else self.open
        for step in lane.ladder():
            bins = table.setdefault((milestone, step.key), [0.0] * BINS)
            bins[min(int(days * PER_DAY), BINS - 1)] += 1

    def fade(self, days: float) -> None:
        keep = 0.5 ** (days / HALF)
        for table in (self.ended, self.open):
            for bins in table.values():
                bins[:] = [count * keep for count in bins]

    def limits(self, share: float = 0.98) -> dict[tuple[str, str], Quiet]:
        """By milestone and lane key: the silence that only 1 − `share` of parcels exceed."""
        found: dict[tuple[str, str], Quiet] = {}
        for milestone, key in self.ended:
            lane = Lane.of(key)
            n = sum(self.ended[milestone, key])
            if sum(self.ended.get((milestone, NETWORK.key), ())) >= ENOUGH:
                days = self._until(milestone, lane, 1 - share)
                found[milestone, key] = Quiet(days=min(max(days, FLOOR), CEILING), level=lane.level, n=round(n, 1))
        return found

    def _until(self, milestone: str, lane: Lane, left: float) -> float:
        """Business days after which the share still silent has fallen to `left`."""
        silent = 1.0
        for at, chance in enumerate(self._chances(milestone, lane)):
            silent *= 1 - chance
            if silent <= left:
                return (at + 1) / PER_DAY
        return BINS / PER_DAY

    def _chances(self, milestone: str, lane: Lane) -> list[float]:
        """Per bin: the chance that a gap which lasted so far ends in it, drawn to the coarser lane's."""
        coarser = lane.ladder()[1:2]
        above = self._chances(milestone, coarser[0]) if coarser else [0.0] * BINS
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
        return chances

    def to_dict(self) -> dict[str, Any]:
        return {
            name: [[*key, bins] for key, bins in table.items()]
            for name, table in (("ended", self.ended), ("open", self.open))
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        silence = cls()
        silence.ended = {(milestone, key): list(bins) for milestone, key, bins in told["ended"]}
        silence.open = {(milestone, key): list(bins) for milestone, key, bins in told["open"]}
        return silence
