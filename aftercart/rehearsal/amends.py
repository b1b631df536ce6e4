"""What the shop does when a parcel is lost, broken or back: after a few days it sends another, or refunds the order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from aftercart.facts import Fact
from aftercart.rehearsal.days import DAY, at, working_days_later
from aftercart.rehearsal.scans import What
from aftercart.rehearsal.shipments import Consignment, consign, told
from aftercart.rehearsal.troubles import Trouble

SAD_ENDS = frozenset({What.LOST, What.DAMAGED, What.RETURNED})
SENT_AGAIN = 0.65
CALM = {Trouble.NONE: 1.0}


@dataclass(frozen=True, slots=True)
class Amends:
    facts: tuple[Fact, ...] = ()
    refunded_at: datetime | None = None


def make_amends(consignment: Consignment, rng: Random, *, may_refund: bool) -> Amends:
    """`may_refund`: nothing else was sent, so that the whole order can be called off."""
    sad = [road.steps.made[-1] for road in consignment.roads.values() if road.steps.made[-1].what in SAD_ENDS]
    if not sad:
        return Amends()
    when = _noticed(max(step.at for step in sad), consignment, rng)
    well = [name for name, road in consignment.roads.items() if road.steps.made[-1].what not in SAD_ENDS]
    told_off = consignment.fulfilment(well, when)
    if may_refund and not well and rng.random() >= SENT_AGAIN:
        return Amends((told_off,), when)
    return Amends((told_off, *told(_again(consignment, when, rng), rng)))


def _noticed(ended: datetime, consignment: Consignment, rng: Random) -> datetime:
    home = consignment.shipment.warehouse
    day = working_days_later(ended.astimezone(home.zone).date() + DAY, rng.randint(0, 2), home.country)
    return at(day, rng.uniform(9, 15), home.zone)


def _again(consignment: Consignment, when: datetime, rng: Random) -> Consignment:
    first = consignment.shipment
    left = at(when.astimezone(first.warehouse.zone).date(), rng.uniform(16.6, 18), first.warehouse.zone)
    second = replace(first, id=f"{first.id}9", labelled=when + timedelta(minutes=50), left=left)
    return consign(second, CALM, rng)
