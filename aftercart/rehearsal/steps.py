"""The scans of one parcel as they add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from aftercart.rehearsal.places import Town
from aftercart.rehearsal.scans import What


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    what: What
    town: Town


@dataclass(frozen=True, slots=True)
class Estimate:
    """On which day the carrier says that it will deliver, and the scan with which it says so."""

    step: Step
    day: date


@dataclass(slots=True)
class Steps:
    made: list[Step] = field(default_factory=list)

    def add(self, at: datetime, what: What, town: Town) -> Step:
        """Scans are stamped to the second and never stand still: a later one is later."""
        moment = at.astimezone(UTC).replace(microsecond=0)
        if self.made and moment <= self.made[-1].at:
            moment = self.made[-1].at + timedelta(seconds=60)
        self.made.append(Step(moment, what, town))
        return self.made[-1]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.made)
