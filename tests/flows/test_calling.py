"""Whoever calls gets the ticket of their number, told in pieces that come in any order; whoever uses the form, too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest
from django.db import transaction
from django.test import Client

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery
from aftercart.intake.services import arrival, store
from aftercart.orders.models import Order
from aftercart.people.joining import roots
from aftercart.people.links import Link, tracking_token
from aftercart.risk.models import Contact
from aftercart.tickets.models import Body, Message, Ticket
from tests.connectors.payloads import body
from tests.flows.test_watch import MOVING, hear, wait
from tests.telling import NOOR, days, placed, scanned, shipped
from tests.world import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + days(6)
PIECES = ("call_completed", "transcription_completed", "recording_completed")


@pytest.fixture
def shop(brand: Brand) -> Iterator[Brand]:
    """Noor's parcel stands still in Toledo."""
    hear(brand, NOW, placed(), shipped(NOW), scanned(MOVING, NOW))
    wait(LATER)
    yield brand


def calls(brand: Brand, *names: str, at_once: bool = False) -> None:
    for name in names:
        asked = {"aftercart-asked-with": "caller=%2B31612345678"} if name.startswith("recording") else {}
        store([arrival(brand.id, "twilio", body("twilio", name), LATER, topic=name, headers=asked)])
        if not at_once:
            pipeline.settle(LATER)
    pipeline.settle(LATER)
    assert not Delivery.objects.exclude(state=Delivery.APPLIED).exists()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_call_is_one_message_and_one_contact_whatever_comes_first(shop: Brand, at_once: bool) -> None:
    seen = set()
    for order in permutations(PIECES):
        with transaction.atomic():
            calls(shop, "call_ringing", *order, order[0], at_once=at_once)
            (message,), (kept,) = Message.objects.all(), Body.objects.all()
            assert Ticket.objects.count() == Contact.objects.filter(channel="voice").count() == 1
            seen.add((message.channel, message.trust, kept.sender, kept.text, tuple(sorted(kept.call.items()))))
            transaction.set_rollback(True)
    ((channel, trust, sender, text, call),) = seen
    assert (channel, trust, sender) == ("voice", "proven", "+31612345678")
    assert text.startswith("Hi, it is Noor.")
    assert dict(call)["outcome"] == "completed" and dict(call)["seconds"] == 41
    assert str(dict(call)["recording_url"]).endswith("/Recordings/RE1")


def test_two_calls_from_one_number_are_one_customer_s(shop: Brand) -> None:
    calls(shop, "call_completed", "call_withheld", "photos")
    of_number = Message.objects.filter(channel__in=("voice", "sms"), trust="proven")
    assert {message.channel for message in of_number} == {"voice", "sms"}
    assert len({message.customer_id for message in of_number}) == 1
    withheld = Message.objects.get(channel="voice", trust="")
    assert withheld.customer_id not in {message.customer_id for message in of_number}


def test_what_was_written_on_our_page_is_a_ticket_about_that_order(shop: Brand, client: Client) -> None:
    order = Order.objects.get()
    token = tracking_token(shop, Link(order.id, full=True))
    path = f"/t/juniper/{token}/write/"
    client.post(path, {"about": "where", "text": "Where is it?", "sure": "yes"})
    pipeline.settle(LATER)
    message, ticket = Message.objects.get(), Ticket.objects.get()
    assert (message.channel, message.trust, message.order_id) == ("form", "proven", order.id)
    assert ticket.order_id == order.id and order.customer_id is not None
    assert len(set(roots(shop.id, [ticket.customer_id, order.customer_id]).values())) == 1
    assert Body.objects.get().sender == NOOR.email
