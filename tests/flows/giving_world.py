"""Juniper & Clay gives something to who was let down, and a system of its own that grants it over a real socket."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.outbox import lines
from aftercart.outbox.models import Line
from aftercart.outreach.gestures import terms
from aftercart.outreach.gestures.models import Budget, Gesture
from aftercart.outreach.gestures.policy import Policy, Rule
from tests.connectors.provider_cases import SECRET
from tests.flows.test_watch import MOVING, hear
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

LATER = NOW + days(4)
POINTS = Rule(name="sorry", kinds=("missed", "late", "stalled", "lost", "exception"), gift="points", points=100)
PRICES = {"budget": {"USD": 300}, "point_price": {"USD": 30}}


def gives(brand: Brand, *rules: Rule, share: float = 0.0, at: datetime = NOW, **known: Any) -> Policy:
    policy = Policy(rules=rules or (POINTS,), **(PRICES | known))
    return terms.publish(brand, policy, at=at, by="tests", share=share)


def speaks(brand: Brand) -> None:
    brand.speaks_since = NOW
    brand.save(update_fields=["speaks_since"])


def has_system(brand: Brand, url: str = "https://shop.example/hook") -> Line:
    told = {"url": url, "secret": SECRET}
    return lines.add(brand, provider="webhook", channel="event", settings=told, by="tests")


def on_its_way(brand: Brand, order: str = "1", **known: Any) -> None:
    """It stops moving on the day on which it was handed over."""
    number = f"1Z{order}"
    facts = (placed(order_id=order, **known), promised(date(2026, 4, 20), order_id=order), shipped(NOW, order, number))
    with transaction.atomic():
        hear(brand, NOW, *facts, scanned(MOVING, NOW, number=number))


def looked(at: datetime = LATER) -> None:
    """Everything that is due, but for what is to be sent."""
    while not pipeline.look(at).idle:
        pass
    pipeline.look(at)


def gestures() -> list[str]:
    return list(Gesture.objects.order_by("id").values_list("state", flat=True))


def spent() -> int:
    return sum(Budget.objects.values_list("spent", flat=True))


def books_balance() -> bool:
    """What the budget says was spent is what was."""
    return spent() == sum(Gesture.objects.filter(state__in=Gesture.PAID).values_list("cost", flat=True))
