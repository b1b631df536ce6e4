"""Until when it can be sent back is said in the confirmation, on the way, on arrival, on the page and in a reply."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from typer.testing import CliRunner

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.cli.main import app
from aftercart.facts import State
from aftercart.orders.models import Order
from aftercart.outbox.models import OutgoingBody
from aftercart.outreach import terms
from aftercart.outreach.answering import WHERE, Reply, answer
from aftercart.promises import returning
from tests.flows.customer import path_of, see
from tests.flows.speaking_world import reach
from tests.telling import CHICAGO, days, placed, promised, scanned, shipped
from tests.world import NOW

EARLY = NOW + days(2)


@pytest.fixture
def telling(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    terms.publish(brand, at=NOW, by="Noor", says=dict.fromkeys(("confirmation", "shipped", "delivered"), "us"))
    return brand


def test_no_day_that_was_told_becomes_an_earlier_one(telling: Brand, client: Client) -> None:
    returning.publish(telling, 30, at=NOW - days(1), by="Noor")
    reach(telling, NOW, placed(), promised(date(2026, 3, 20)))
    reach(telling, NOW + days(1), shipped(NOW + days(1)), scanned(State.ACCEPTED, NOW + days(1)))
    reach(telling, EARLY, scanned(State.DELIVERED, EARLY, place=CHICAGO))

    texts = OutgoingBody.objects.order_by("id").values_list("text", flat=True)
    assert ["You can send anything back until Sunday 19 April." in text for text in texts] == [True] * 3

    set_clock(telling, EARLY, rate=0)
    path = path_of(telling, Order.objects.get())
    assert "Can be sent back untilSunday, April 19" in see(client, path)
    assert "Rückgabe möglich bisSonntag, 19. April" in see(client, f"{path}?lang=de")
    reply = answer(telling, WHERE, Order.objects.get().id, EARLY)
    assert isinstance(reply, Reply) and reply.facts["return_by"] == "2026-04-19"


def test_an_order_keeps_what_held_when_it_was_placed(telling: Brand, client: Client) -> None:
    reach(telling, NOW, placed(), promised(date(2026, 3, 20)))
    returning.publish(telling, 30, at=NOW + days(1), by="Noor")
    set_clock(telling, NOW + days(1), rate=0)
    assert "sent back" not in OutgoingBody.objects.get().text
    assert "sent back" not in see(client, path_of(telling, Order.objects.get()))


def test_the_command_sets_and_shows_it(telling: Brand) -> None:
    def told(*options: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, ["returns", "juniper", *options])
        return ran.exit_code, ran.output.strip()

    def days_by(*options: str) -> object:
        code, output = told(*options)
        return json.loads(output)["days"] if code == 0 else output

    assert days_by() is None
    assert days_by("--days", "30") == 30
    assert days_by("--check", "3") == 30, "the one policy leaves the other alone"
    assert days_by("--days", "none") is None
    for wrong in ("0", "soon"):
        code, output = told("--days", wrong)
        assert code == 1 and "days:" in output
