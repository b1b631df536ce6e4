"""Whoever asks where it is gets what we would have told them, or a person."""

from __future__ import annotations

from datetime import date

import pytest

from aftercart.brands.models import Brand
from aftercart.facts import Fact, OrderCancelled, State
from aftercart.orders.models import Order
from aftercart.outbox.models import Outgoing
from aftercart.outreach.answering import REFUND, WHERE, Refusal, Reply, answer
from aftercart.plumbing import ids
from aftercart.watch.models import Concern
from tests.flows.test_watch import MOVING, hear, wait
from tests.telling import CHICAGO, days, placed, promised, scanned, shipped, told
from tests.world import NOW

LATER = NOW + days(4)
ON_ITS_WAY = (placed(), promised(date(2026, 4, 20)), shipped(NOW), scanned(MOVING, NOW))


def ask(brand: Brand, *, question: str = WHERE, **known: str) -> Reply | Refusal:
    return answer(brand, question, Order.objects.get().id, LATER, **known)


def test_a_parcel_that_stands_still_is_answered_in_the_words_of_its_notice(brand: Brand) -> None:
    hear(brand, NOW, *ON_ITS_WAY)
    wait(LATER)
    reply = ask(brand)

    assert isinstance(reply, Reply) and reply.kind == "stalled"
    assert "has not moved since Tuesday 10 March in Toledo" in reply.text
    assert reply.facts["state"] == "in_transit" and reply.facts["promised"] == "2026-04-20"
    assert reply.facts["city"] == "Toledo" and reply.facts["worries"] == ["stalled"]
    assert not Outgoing.objects.exists(), "an answer is returned, not sent"


def test_the_language_of_the_question_counts(brand: Brand) -> None:
    hear(brand, NOW, *ON_ITS_WAY)
    wait(LATER)
    reply = ask(brand, language="es-MX")
    assert isinstance(reply, Reply) and reply.language == "es" and "no se mueve desde" in reply.text


@pytest.mark.parametrize(
    ("scan", "kind"),
    [
        (scanned(State.OUT_FOR_DELIVERY, LATER, place=CHICAGO), "out_for_delivery"),
        (scanned(State.DELIVERED, LATER, place=CHICAGO), "delivered"),
        (scanned(MOVING, LATER, city="Gary"), "shipped"),
    ],
)
def test_what_worries_nobody_is_answered_by_where_it_is(brand: Brand, scan: Fact, kind: str) -> None:
    hear(brand, NOW, *ON_ITS_WAY, scanned(State.ACCEPTED, NOW + days(0.1)))
    hear(brand, LATER, scan)
    reply = ask(brand)
    assert isinstance(reply, Reply) and reply.kind == kind


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([scanned(State.DAMAGED, LATER)], "the parcel is damaged"),
        ([OrderCancelled(**told(LATER), order_id="1")],
         "this order was cancelled: the question is about its money"),
    ],
)  # fmt: skip
def test_what_needs_a_person_is_refused_with_the_reason(brand: Brand, facts: list[Fact], reason: str) -> None:
    hear(brand, NOW, *ON_ITS_WAY)
    hear(brand, LATER, *facts)
    assert ask(brand) == Refusal(reason)


def test_of_what_is_not_known_nothing_is_said(brand: Brand) -> None:
    assert answer(brand, WHERE, ids.new(), LATER) == Refusal("this order is not known")
    hear(brand, NOW, *ON_ITS_WAY)
    assert ask(brand, question=REFUND) == Refusal("no return and no refund of this order is known")
    with pytest.raises(ValueError, match="question: 'weather' is none of"):
        ask(brand, question="weather")
    assert Concern.objects.filter(closed_at=None).count() == 0
