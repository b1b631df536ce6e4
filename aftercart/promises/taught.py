"""What a brand's history has taught, as it was stored, ready to judge and to promise by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from aftercart.promises.lanes import NETWORK
from aftercart.promises.milestones import Milestones
from aftercart.promises.models import Learned, Version
from aftercart.promises.pace import ENOUGH, Pace
from aftercart.promises.rules import Speed
from aftercart.promises.silence import Quiet, Silence


@dataclass(frozen=True)
class Taught:
    """What a brand's history has taught, ready to judge by."""

    order: Pace
    transit: Pace
    quiet: Mapping[tuple[str, str], Quiet]
    late: Mapping[str, float]  # what watch has learned about when to tell; empty: nothing yet
    whole: Speed | None = None  # the regression of whole orders, and of the transit; None: too little for one
    on_road: Speed | None = None
    milestones: Milestones = field(default_factory=Milestones)  # how they bend `left`

    @cached_property
    def knows_speed(self) -> bool:
        """Whether enough has arrived to believe anything about what has not."""
        return self.order.known(NETWORK)[1] >= ENOUGH

    @cached_property
    def road(self) -> Pace | None:
        """The speed of what is on the road; None while too little has arrived to know it."""
        return self.transit if self.transit.known(NETWORK)[1] >= ENOUGH else None

    @property
    def placed(self) -> Speed:
        """What windows of orders are read off; that a date is missed is told by `order` and `road`."""
        return self.whole or self.order

    @property
    def left(self) -> Speed | None:
        """What windows of parcels on the road are read off."""
        return self.on_road or self.road


def taught(brand_id: UUID) -> Taught:
    """The newest tables. Read from the database once for each version and process."""
    versions = Learned.objects.filter(brand_id=brand_id).order_by("stage").values_list("stage", "version")
    return _taught(brand_id, tuple(versions))


@lru_cache(maxsize=64)
def _taught(brand_id: UUID, versions: tuple[tuple[str, int], ...]) -> Taught:
    tables = {row.stage: row.table for row in Learned.objects.filter(brand_id=brand_id)}
    silence = Silence.from_dict(tables[Learned.SILENCE]) if Learned.SILENCE in tables else Silence()
    arrivals: Mapping[str, Any] = tables.get(Learned.ARRIVALS, {})
    whole, on_road = regressions(arrivals, dict(versions).get(Learned.ARRIVALS, 0))
    return Taught(
        order=Pace.from_dict(tables[Learned.ORDER]) if Learned.ORDER in tables else Pace(),
        transit=Pace.from_dict(tables[Learned.TRANSIT]) if Learned.TRANSIT in tables else Pace(),
        quiet=silence.limits(),
        late={name: float(str(value)) for name, value in tables.get(Learned.LATE, {}).items()},
        whole=whole,
        on_road=on_road,
        milestones=Milestones.of((arrivals.get("road") or arrivals).get("milestones")),
    )


def regressions(table: Mapping[str, Any], version: int) -> tuple[Speed | None, Speed | None]:
    """Of whole orders and of the transit, as this version of what was learned has them."""
    whole, road = table.get("whole"), table.get("road")
    if not whole and not road:
        return None, None
    from aftercart.promises.arrivals.believing import Regression  # numpy, where there is something to work out with it

    return Regression.of(whole, version=version, left=False), Regression.of(road, version=version, left=True)


def regressions_of(brand_id: UUID, version: int) -> tuple[Speed | None, Speed | None]:
    """Those that were in force when a date with this version was told."""
    kept = Version.objects.filter(brand_id=brand_id, stage=Learned.ARRIVALS, version=version)
    return regressions(kept.values_list("table", flat=True).get(), version)
