"""While something worries about an order, the shop's own sender is told to offer its customer nothing."""

from __future__ import annotations

from datetime import date

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach import holding
from aftercart.outreach.models import Hold
from aftercart.people.models import Customer
from tests.flows.test_watch import MOVING, hear, wait
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

LATER = NOW + days(4)


@pytest.fixture
def feeding(brand: Brand) -> Brand:
    Line.objects.create(
        brand=brand, channel=EVENT, provider="klaviyo", name="flows", settings={}, position=0, made_at=NOW
    )
    return brand


def on_its_way(brand: Brand, order: str) -> None:
    number = f"1Z{order}"
    facts = (placed(order_id=order), promised(date(2026, 4, 20), order_id=order), shipped(NOW, order, number))
    hear(brand, NOW, *facts, scanned(MOVING, NOW, number=number))


def moves(brand: Brand, order: str) -> None:
    changes = hear(brand, LATER + days(0.1), scanned(MOVING, LATER + days(0.1), number=f"1Z{order}", city="Gary"))
    holding.refresh(brand, changes.changed, LATER + days(0.1))


def events() -> list[str]:
    return list(Outgoing.objects.filter(channel=EVENT).order_by("id").values_list("kind", flat=True))


def test_promotions_are_held_once_and_released_when_the_last_worry_has_ended(feeding: Brand) -> None:
    for order in ("1", "2"):
        on_its_way(feeding, order)
    wait(LATER)
    noor = Customer.objects.get()
    assert events() == [holding.HELD] and holding.held_of(feeding, [noor.id]) == {noor.id}
    assert OutgoingBody.objects.get().address == "noor@example.com"

    moves(feeding, "1")
    assert events() == [holding.HELD], "the other still stands"
    moves(feeding, "2")
    assert events() == [holding.HELD, holding.RELEASED] and holding.held_of(feeding, [noor.id]) == set()
    assert Hold.objects.get().released_at == LATER + days(0.1)


def test_a_brand_whose_sender_we_do_not_know_holds_nothing(brand: Brand) -> None:
    on_its_way(brand, "1")
    wait(LATER)
    assert events() == [] and not Hold.objects.exists()
