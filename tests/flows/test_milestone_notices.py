"""What an order reaches is said once, by whoever is to say it."""

from __future__ import annotations

from datetime import datetime

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, EVENT
from aftercart.facts import Fact, State
from aftercart.orders import services as orders
from aftercart.orders.models import Order
from aftercart.outbox.models import Line, Outgoing
from aftercart.outreach import services as outreach
from aftercart.outreach import terms
from aftercart.watch import services as watch
from tests.flows.test_outreach import MORNING, said, silent
from tests.flows.test_watch import hear, wait
from tests.telling import days, scanned
from tests.world import NOW


@pytest.fixture
def speaking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    return brand


def reach(brand: Brand, at: datetime, *facts: Fact) -> None:
    """As the pipeline does for a brand that tells milestones."""
    touched = orders.record(brand.id, facts).orders
    changes = watch.reassess(brand, touched, at, restate=outreach.tells_milestones(brand, at))
    outreach.tell_milestones(brand, changes.standing, at)


@pytest.mark.parametrize(("who", "expected"), [("us", ["delivered"]), ("shop", [])])
def test_a_milestone_is_said_once_by_whoever_is_to_say_it(speaking: Brand, who: str, expected: list[str]) -> None:
    terms.publish(speaking, at=NOW, by="Noor", says={"delivered": who})
    hear(speaking, NOW, *silent())
    for _ in range(2):
        reach(speaking, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), number="1Z1"))

    assert said() == expected


def test_what_the_shops_sender_says_is_in_no_message_of_ours(speaking: Brand) -> None:
    Line.objects.create(
        brand=speaking, channel=EVENT, provider="klaviyo", name="flows", settings={}, position=0, made_at=NOW
    )
    terms.publish(speaking, at=NOW, by="Noor", says={"shipped": EVENT})
    hear(speaking, NOW, *silent())
    changes = watch.reassess(speaking, [Order.objects.get().id], NOW, restate=True)
    outreach.tell_milestones(speaking, changes.standing, NOW)
    wait(MORNING)

    assert set(Outgoing.objects.values_list("kind", "channel")) == {
        ("shipped", EVENT), ("stalled", EMAIL), ("promotions_held", EVENT),
    }  # fmt: skip


def test_what_is_heard_of_too_late_is_no_news(speaking: Brand) -> None:
    terms.publish(speaking, at=NOW, by="Noor", says={"delivered": "us"})
    hear(speaking, NOW, *silent())
    reach(speaking, NOW + days(3), scanned(State.DELIVERED, NOW + days(1), number="1Z1"))

    assert said() == []
