"""Customers of Juniper & Clay about whose orders we would have spoken, and what they wrote."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.orders.models import Order
from aftercart.outreach.experiments import services
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.rules import Plan
from aftercart.outreach.experiments.services import Exposure
from aftercart.plumbing import ids
from aftercart.risk.models import Contact
from tests.world import NOW

DAY = timedelta(days=1)


def started(brand: Brand, *kinds: str, share: float = 0.5, days: int = 7, name: str = "notices") -> Experiment:
    plan = Plan(name=name, kinds=kinds or ("late", "stalled"), share=share, window_days=days)
    return drawn_the_same(services.start(brand, plan, at=NOW - 200 * DAY, by="tests"))


def drawn_the_same(experiment: Experiment) -> Experiment:
    """In each run: by a key of its own, some runs would draw what is rightly doubted."""
    experiment.key = f"key of {experiment.name}"
    experiment.save(update_fields=["key"])
    return experiment


def in_arm(brand: Brand, experiment: Experiment, *, held: bool, besides: Sequence[UUID] = ()) -> UUID:
    """A customer whom the hash puts into that arm."""
    while True:
        customer = ids.new(NOW)
        arm = services.arms(brand, [customer], experiment.kinds[0], NOW)[customer]
        if arm.held_out is held and customer not in besides:
            return customer


def ordered(brand: Brand, customer: UUID, number: str, *, placed: datetime) -> UUID:
    order = Order.objects.create(
        brand=brand, source="shopify", external_id=number, version=ids.new(placed), number=number, number_key=number,
        customer_id=customer, placed_at=placed,
    )  # fmt: skip
    return order.id


def would_speak(
    brand: Brand, experiment: Experiment, customer: UUID, order: UUID, *, at: datetime, kind: str = "late",
    carrier: str = "dhl", episode: UUID | None = None,
) -> Exposure:  # fmt: skip
    arm = services.arms(brand, [customer], kind, at)[customer]
    assert arm.experiment == experiment.id
    exposure = Exposure(
        experiment=experiment.id, customer_id=customer, order_id=order, episode=episode or ids.new(at), kind=kind,
        carrier=carrier, held_out=arm.held_out, at=at,
    )  # fmt: skip
    with transaction.atomic():
        services.expose(brand, [exposure])
    return exposure


def wrote(brand: Brand, at: datetime, *, customer: UUID | None = None, number: str = "") -> None:
    Contact.objects.create(id=ids.new(at), brand=brand, at=at, channel="email", customer_id=customer, order_key=number)


@dataclass(frozen=True, kw_only=True)
class Season:
    """`rate`: contacts per affected order where nobody speaks, of which speaking spares the share `spared`."""

    customers: int = 4000
    share: float = 0.1
    rate: float = 0.3
    spared: float = 0.35
    again: float = 0.2
    seed: int = 11
    days: int = 150


def a_season(brand: Brand, season: Season, *, name: str = "notices") -> Experiment:
    """Many customers, written straight into the tables."""
    rng = random.Random(season.seed)
    experiment = started(brand, "late", "stalled", "missed", "disruption", share=season.share, name=name)
    people = [UUID(int=rng.getrandbits(128)) for _ in range(season.customers)]
    arms = services.arms(brand, people, "late", NOW)
    exposures, orders, contacts = [], [], []
    for n, customer in enumerate(people):
        keen, held = rng.gammavariate(1, 1), arms[customer].held_out
        for more in range(1 + (rng.random() < 0.35)):
            at = NOW - timedelta(hours=rng.uniform(1, 24 * season.days))
            number = f"{name}-{n}-{more}"
            placed = at - 5 * DAY
            order = Order(
                id=ids.new(placed), brand=brand, source="shopify", external_id=number, version=ids.new(placed),
                number=number, number_key=number, customer_id=customer, placed_at=placed,
            )  # fmt: skip
            orders.append(order)
            exposures.append(
                Exposure(
                    experiment=experiment.id,
                    customer_id=customer,
                    order_id=order.id,
                    episode=ids.new(at),
                    kind=rng.choices(experiment.kinds, (5, 3, 2, 1))[0],
                    carrier=rng.choices(("ups", "usps", "dhl", ""), (5, 4, 2, 1))[0],
                    held_out=held,
                    at=at,
                )
            )
            rate = season.rate * keen * (1 if held else 1 - season.spared)
            while (rate := rate - rng.expovariate(1)) > 0:
                when = at + timedelta(hours=rng.uniform(1, 160))
                if when < NOW:
                    contacts.append(Contact(id=ids.new(when), brand=brand, at=when, channel="email", order_key=number))
    Order.objects.bulk_create(orders)
    Contact.objects.bulk_create(contacts)
    with transaction.atomic():
        services.expose(brand, exposures)
    return experiment
