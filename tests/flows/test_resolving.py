"""Tickets and what we say: silence while somebody answers, a question afterwards, promotions only in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aftercart.brands.models import Brand
from aftercart.outreach import resolving
from aftercart.outreach.models import Decision
from aftercart.outreach.questions import terms
from aftercart.tickets.acting import Who
from tests.flows.test_taking import LATER, shop, take, wrote
from tests.world import NOW

__all__ = ["shop"]
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def question(brand: Brand) -> Decision:
    return Decision.objects.get(brand=brand, kind="ask_ticket")


@pytest.fixture
def asking(shop: Brand) -> Brand:
    terms.publish(shop, at=NOW, by="Noor", ask={"ask_ticket": 24})
    return shop


def test_what_a_person_resolved_is_asked_about_a_day_later(asking: Brand) -> None:
    (ticket,) = take(asking, wrote("Where is my order 101?"))
    resolving.resolve(Who(asking, 1), ticket.id, LATER + HOUR)
    assert question(asking).waits_until == LATER + 25 * HOUR


def test_what_nobody_resolved_and_what_was_spam_is_not(asking: Brand) -> None:
    (ticket,) = take(asking, wrote("Where is my order 101?"))
    resolving.resolve(Who(asking, None), ticket.id, LATER + HOUR)
    assert question(asking).waits_until is None and "no person" in question(asking).reason


def test_whoever_writes_again_is_not_asked(asking: Brand) -> None:
    (ticket,) = take(asking, wrote("Where is my order 101?"))
    resolving.resolve(Who(asking, 1), ticket.id, LATER + HOUR)
    changed = take(asking, wrote("It is still not here", LATER + 3 * HOUR))
    resolving.changed(asking, changed, LATER + 3 * HOUR)
    assert question(asking).waits_until is None and "opened again" in question(asking).reason
