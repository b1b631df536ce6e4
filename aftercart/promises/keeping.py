"""Whether a date that was told was kept. Pure, and blind to the order in which we heard of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from aftercart.promises.lanes import NETWORK, Lane

KEPT, BROKEN, VOID = "kept", "broken", "void"


class Telling(Protocol):
    """What a date told has, as a row of the ledger or read for judging."""

    @property
    def id(self) -> UUID: ...
    @property
    def surface(self) -> str: ...
    @property
    def told_at(self) -> datetime: ...


Said = TypeVar("Said", bound=Telling)


class Entry(NamedTuple):
    """One date told. `earliest`–`latest` are the customer's days."""

    id: UUID
    order_id: UUID
    parcel_id: UUID | None
    earliest: date | None
    latest: date
    surface: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of an order by `today`: the day on which each of its parcels arrived, or None, and on which lane.

    No parcels: nothing has left, and `lane` is the order's own. Days are the customer's.
    """

    today: date
    arrivals: Mapping[UUID, date | None]
    lanes: Mapping[UUID, Lane]
    lane: Lane = NETWORK
    cancelled_on: date | None = None

    def arrived_on(self, parcel: UUID | None) -> date | None:
        """When all of it was there; of one parcel, when that was."""
        if parcel is not None:
            return self.arrivals.get(parcel)
        days = [day for day in self.arrivals.values() if day is not None]
        return max(days) if days and len(days) == len(self.arrivals) else None

    def lane_of(self, parcel: UUID | None) -> Lane:
        """On which it comes; of several parcels, that of the one which came last or is still owed."""
        if parcel is None:
            parcel = max(self.arrivals, key=lambda p: (self.arrivals[p] or date.max, p.int), default=None)
        return self.lanes.get(parcel, self.lane) if parcel else self.lane


class Outcome(NamedTuple):
    state: str
    arrived_on: date | None = None
    days_late: int | None = None
    superseded: bool = False
    carrier: str = ""
    lane: str = ""  # its key


def outcomes(entries: Sequence[Entry], fate: Fate) -> dict[UUID, Outcome]:
    """How each date told about one order ended. One that another has replaced is judged all the same."""
    found = {}
    ordered = sorted(entries, key=lambda e: (e.told_at, e.id.int))
    for place, entry in enumerate(ordered):
        outcome = _outcome(entry, fate)
        if outcome is not None:
            later = ordered[place + 1 :]
            found[entry.id] = outcome._replace(superseded=any(e.latest != entry.latest for e in later))
    return found


def _outcome(entry: Entry, fate: Fate) -> Outcome | None:
    arrived, lane = fate.arrived_on(entry.parcel_id), fate.lane_of(entry.parcel_id)
    if arrived is not None:
        late = max((arrived - entry.latest).days, 0)
        return Outcome(BROKEN if late else KEPT, arrived, late, carrier=lane.carrier, lane=lane.key)
    if fate.cancelled_on is not None and fate.cancelled_on <= entry.latest:
        return Outcome(VOID, carrier=lane.carrier, lane=lane.key)
    return Outcome(BROKEN, carrier=lane.carrier, lane=lane.key) if fate.today > entry.latest else None


def in_force(told: Iterable[Said]) -> Said | None:
    """What was told last. What only our page showed counts where nothing firmer was told."""
    return max(told, key=lambda one: (one.surface != "page", one.told_at, one.id.int), default=None)


def first_told(entries: Iterable[Entry]) -> date | None:
    """The date that the order began with; not one that only our page showed."""
    first = min((e for e in entries if e.surface != "page"), key=lambda e: (e.told_at, e.id), default=None)
    return first.latest if first else None


def last_told(entries: Iterable[Entry]) -> Entry | None:
    """What the customer saw last, on whatever surface."""
    return max(entries, key=lambda e: (e.told_at, e.id.int), default=None)


def changed_at(entries: Iterable[Entry]) -> datetime | None:
    """When the date told last took the place of another; None where all were told the same."""
    ordered = sorted(entries, key=lambda e: (e.told_at, e.id.int))
    changes = [later.told_at for before, later in pairwise(ordered) if later.latest != before.latest]
    return changes[-1] if changes else None
