"""A machine that answers each of our answers: it is heard out, and we fall silent."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction

from aftercart.brands.models import Brand
from aftercart.facts import Nature
from aftercart.outbox import answering, services
from aftercart.outbox.models import Outgoing
from tests.flows.test_outbox import owed
from tests.world import NOW

ROBOT = "robot@example.com"


def answer(brand: Brand, minutes: float, nature: Nature = Nature.PERSON, address: str = ROBOT) -> str:
    at = NOW + timedelta(minutes=minutes)
    with transaction.atomic():
        reason = answering.why_silent(brand, address, nature, at)
        if not reason:
            services.owe(brand, owed(kind=answering.ANSWER, episode=uuid4(), address=address, purpose="asked"), at=at)
    return reason


def test_a_machine_gets_three_answers_in_an_hour_and_five_in_a_day(brand: Brand) -> None:
    spoken = [minutes for minutes in range(0, 24 * 60, 5) if not answer(brand, minutes)]
    assert len(spoken) == 5 and [minutes for minutes in spoken if minutes < 60] == [0, 5, 10]
    assert not answer(brand, 24 * 60 + 1)


def test_nobody_else_pays_for_it_and_what_did_not_leave_does_not_count(brand: Brand) -> None:
    for minutes in range(3):
        answer(brand, minutes)
    assert "within an hour" in answer(brand, 4)
    assert not answer(brand, 4, address="noor@example.com")
    Outgoing.objects.filter(brand=brand).update(state=Outgoing.VOID)
    assert not answer(brand, 5)


def test_a_brand_says_how_often(brand: Brand) -> None:
    answering.publish(brand, at=NOW, by="maren", an_hour=1)
    assert [bool(answer(brand, minutes)) for minutes in (1, 2)] == [False, True]
    with pytest.raises(ValueError, match="a_day"):
        answering.publish(brand, at=NOW, by="maren", a_day=-1)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_answer_no_oftener_than_one_alone(brand: Brand) -> None:
    def run() -> None:
        try:
            for minutes in range(5):
                answer(brand, minutes)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert Outgoing.objects.filter(brand=brand, kind=answering.ANSWER).count() == 3
