"""A brand that speaks, and what it hears, taken in as the pipeline takes it in."""

from __future__ import annotations

from datetime import datetime

from aftercart.brands.models import Brand
from aftercart.facts import Fact
from aftercart.orders import services as orders
from aftercart.outreach import services as outreach
from aftercart.outreach.questions import raising
from aftercart.people import services as people
from aftercart.promises import services as promises
from aftercart.watch import services as watch


def reach(brand: Brand, now: datetime, *facts: Fact) -> None:
    people.record(brand.id, facts)
    touched = orders.record(brand.id, facts).orders | promises.record(brand.id, facts)
    changes = watch.reassess(brand, touched, now, restate=outreach.tells_milestones(brand, now))
    outreach.consider(brand, changes.opened, now)
    outreach.reassure(brand, changes.moving, now)
    outreach.tell_new_dates(brand, changes.slipped, now)
    outreach.tell_milestones(brand, changes.standing, now)
    raising.after_arrivals(brand, changes.arrived, now)
