"""One parcel's road from the warehouse to the last depot, as the scans that its carrier makes on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from aftercart.rehearsal import door
from aftercart.rehearsal.carriers import Lane
from aftercart.rehearsal.chance import between
from aftercart.rehearsal.days import DAY, at, hours, on_or_after, working_days_later, works
from aftercart.rehearsal.places import Town
from aftercart.rehearsal.scans import What
from aftercart.rehearsal.scenario import Blockage
from aftercart.rehearsal.steps import Estimate, Steps
from aftercart.rehearsal.troubles import Lot, Trouble


@dataclass(slots=True)
class Road:
    """`steps` and `estimates` in the order in which they happen; the estimates are the carrier's own."""

    lane: Lane
    home: Town  # the warehouse
    town: Town
    lot: Lot
    rng: Random
    blockages: tuple[Blockage, ...]
    steps: Steps = field(default_factory=Steps)
    estimates: list[Estimate] = field(default_factory=list)

    def drive(self, labelled: datetime, left: datetime) -> None:
        """From the label to the end. `left` is when the carrier's van took it."""
        self.steps.add(labelled, What.LABEL, self.home)
        if self.lot.trouble is Trouble.UNSCANNED:
            left = self._next_departure(left + self.lot.days * DAY, self.home)
        accepted = self.steps.add(left, What.ACCEPTED, self.home)
        self.estimates.append(Estimate(accepted, self._promise_of_carrier(left)))
        now = left
        for n, hub in enumerate(self.lane.stops(self.town)):
            now = self._pass(n, hub, now)
            if self.lot.trouble is Trouble.LOST and n == self._troubled_stop():
                self.steps.add(now + self.lot.days * DAY, What.LOST, hub)
                return
        now += hours(between(self.rng, self.lane.leg(len(self.lane.stops(self.town)))))
        self.steps.add(now, What.AT_DEPOT, self.town)
        door.deliver(self.steps, now, self)

    def _promise_of_carrier(self, since: datetime) -> date:
        day = since.astimezone(self.home.zone).date() + DAY
        carrier = self.lane.carrier
        return working_days_later(day, self.lane.days, self.town.country, saturday=carrier.saturday)

    def _troubled_stop(self) -> int:
        return int(self.lot.where * len(self.lane.stops(self.town)))

    def _pass(self, n: int, hub: Town, since: datetime) -> datetime:
        """Through one hub; the moment at which the parcel leaves it."""
        arrived = since + hours(between(self.rng, self.lane.leg(n)))
        self.steps.add(arrived, What.ARRIVED, hub)
        ready = arrived + hours(between(self.rng, (1, 7)))
        if hub.city == self.lane.customs_at:
            ready = self._customs(hub, ready)
        if self.lot.trouble in {Trouble.SLOW, Trouble.STALL, Trouble.DELAYED} and n == self._troubled_stop():
            ready = self._stand(hub, ready)
        leaves = self._next_departure(self._unblocked(hub, ready), hub)
        if self.lot.trouble is Trouble.LOST and n == self._troubled_stop():
            return leaves
        self.steps.add(leaves, What.DEPARTED, hub)
        return self._circle(n, hub, leaves) if self.lot.trouble is Trouble.CIRCLE and n == 1 else leaves

    def _circle(self, n: int, hub: Town, leaves: datetime) -> datetime:
        """Twice back to the hub before, and twice here again."""
        before = self.lane.stops(self.town)[n - 1]
        for there in (before, hub, before, hub):
            leaves = self._next_departure(leaves + self.lot.days * DAY, there)
            self.steps.add(leaves, What.ARRIVED, there)
        return leaves

    def _customs(self, hub: Town, ready: datetime) -> datetime:
        self.steps.add(ready, What.CUSTOMS, hub)
        cleared = ready + hours(between(self.rng, (2, 30)))
        if self.lot.trouble is Trouble.PAPERS:
            asked = ready + hours(between(self.rng, (2, 8)))
            self.steps.add(asked, What.PAPERS, hub)
            cleared = asked + self.lot.days * DAY
        cleared = self._next_departure(cleared, hub)
        self.steps.add(cleared, What.RELEASED, hub)
        return cleared + hours(between(self.rng, (1, 5)))

    def _stand(self, hub: Town, ready: datetime) -> datetime:
        leaves = ready + self.lot.days * DAY
        if self.lot.trouble is Trouble.DELAYED:
            said = self.steps.add(ready + hours(between(self.rng, (4, 16))), What.DELAYED, hub)
            self.estimates.append(Estimate(said, self._promise_of_carrier(leaves)))
        return leaves

    def _unblocked(self, hub: Town, ready: datetime) -> datetime:
        for blockage in self.blockages:
            here = blockage.carrier == self.lane.carrier.slug and blockage.hub == hub.city
            if here and blockage.since <= ready < blockage.until and self.rng.random() >= blockage.trickle:
                # The heap that has grown is worked off within two days.
                return blockage.until + hours(self.rng.uniform(1, 48))
        return ready

    def _next_departure(self, ready: datetime, hub: Town) -> datetime:
        """Nothing leaves on Sundays and holidays; what waited leaves early on the next day that works."""
        today = ready.astimezone(hub.zone).date()
        if works(today, hub.country, saturday=True):
            return ready
        return at(on_or_after(today, hub.country, saturday=True), self.rng.uniform(1, 6), hub.zone)
