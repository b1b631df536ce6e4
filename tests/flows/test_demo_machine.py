"""The demo brand's easy questions are answered by a machine, on the way that everything takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.orders.models import Order
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.people.models import Customer
from aftercart.rehearsal import catching, demo, mailbox, services, shop, speaking
from aftercart.rehearsal.mailbox import Letter
from aftercart.tickets.models import Body, Message, Ticket
from tests.flows.chat_world import Browser
from tests.flows.intake_world import Server, database_url, serving
from tests.flows.test_demo import NOW, small


@pytest.fixture
def maren(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[tuple[Brand, Server]]:
    """The brand with a history and its lines open, behind a server that takes what comes in."""
    settings.VAR = tmp_path
    pipeline.channels.cache_clear()
    scenario = small(days=3, orders_a_day=9)
    brand, stop = services.found(scenario), threading.Event()
    # It is not as new as its history is short.
    brand.speaks_since = NOW - timedelta(days=1)
    brand.save(update_fields=["speaks_since"])
    services.load(brand, scenario)
    with serving(database_url()) as server:
        settings.PUBLIC_URL = server.url
        demo.path().write_text("{}")
        shop.open_shop(brand)
        smtp, sms = (int(port) for port in speaking.open_lines())
        doors = threading.Thread(
            target=catching.catch, args=(tmp_path,), kwargs={"smtp_port": smtp, "sms_port": sms, "stop": stop}
        )
        doors.start()
        set_clock(brand, NOW, rate=1)
        yield brand, server
        stop.set()
        doors.join(10)
    pipeline.channels.cache_clear()


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """The worker's part is done here."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, list(MachineAnswer.objects.order_by("-at").values("reason", "at")[:3])
        pipeline.settle()
        pipeline.send()
        time.sleep(0.05)


def asked_about(brand: Brand, nth: int) -> Order:
    """An order that nothing worries, whose customer has written nothing yet."""
    wrote = Message.objects.filter(brand=brand).values("customer_id")
    calm = Order.objects.filter(brand=brand, cancelled_at=None).exclude(customer_id__in=wrote)
    return calm.order_by("-placed_at")[nth]


def test_a_mail_and_a_chat_are_answered_by_machine(maren: tuple[Brand, Server], client: Client, tmp_path: Path) -> None:
    brand, server = maren
    write_a_mail(brand, client, tmp_path)
    write_in_the_chat(brand, server, client)


def write_a_mail(brand: Brand, client: Client, var: Path) -> None:
    order = asked_about(brand, 0)
    buyer = Customer.objects.get(id=str(order.customer_id))
    letter = a_letter(var, buyer.email)

    sent = client.post(f"/demo/inbox/{letter.name}/answers/", {"say": f"Where is my order {order.number}?"})
    waiting = client.get(sent["Location"])
    assert "looks for the answer" in waiting.content.decode() and waiting["Refresh"].startswith("2; url=/demo/inbox/?")
    until(lambda: len(mailbox.newest(var, to=buyer.email)) > 1)

    there = client.get(sent["Location"])
    assert "Refresh" not in there
    answer = mailbox.newest(var, to=buyer.email)[0]
    assert order.number in answer.text and "automatic" in answer.text
    # Whoever answers that comes back to a person, in the same ticket.
    assert "+" in answer.answers_go_to
    client.post(f"/demo/inbox/{answer.name}/answers/", {"say": "That does not help me. I want to speak to a person."})
    written = Body.objects.filter(brand=brand, sender=buyer.email)
    until(lambda: written.count() == 2)
    (ticket,) = Ticket.objects.filter(id__in=Message.objects.filter(id__in=written.values("id")).values("ticket_id"))
    assert ticket.state == Ticket.OPEN and ticket.waiting_since


def a_letter(var: Path, to: str) -> Letter:
    content = f"From: Maren & Oak <hello@maren-and-oak.example>\r\nTo: {to}\r\nSubject: On its way\r\n\r\nHello.\r\n"
    catching.keep(var / catching.MAIL, "first.eml", content.encode())
    found = mailbox.letter(var, "first.eml")
    assert found is not None
    return found


def test_what_cannot_be_handed_over_is_said(db: None, client: Client, settings: Any, tmp_path: Path) -> None:
    settings.VAR, settings.PUBLIC_URL = tmp_path, "http://127.0.0.1:9"
    brand = services.found(small(days=1, orders_a_day=1))
    assert services.found(small(days=1, orders_a_day=1)) == brand  # a second time nothing is added
    demo.path().write_text("{}")
    letter = a_letter(tmp_path, "somebody@example.com")
    sent = client.post(f"/demo/inbox/{letter.name}/answers/", {"say": "Where is it?"})
    assert "could not be handed over" in client.get(sent["Location"]).content.decode()


def write_in_the_chat(brand: Brand, server: Server, client: Client) -> None:
    """The shop's page knows who is logged in, and the chat on it hears it."""
    order = asked_about(brand, 1)
    buyer = Customer.objects.get(id=str(order.customer_id))
    page = client.get(f"/shop/{brand.slug}/order/?number={order.number}").content.decode()
    assert f"logged in as {buyer.name}" in page
    identity, key = (page.partition(f'{name}="')[2].partition('"')[0] for name in ("data-identity", "data-key"))
    browser = Browser(server, key, slug=brand.slug, origin=server.url).let_in()
    browser.open(identity=identity)
    browser.write(f"Where is my order {order.number}?", identity=identity)
    asked = Message.objects.filter(brand=brand, channel="chat", direction=Message.IN).order_by("-at", "-id")
    until(lambda: MachineAnswer.objects.filter(message_id__in=asked.values("id")[:1]).exists())
    decided = MachineAnswer.objects.get(message_id=asked[0].id)
    assert decided.answered and decided.facts["order"] == order.number, decided.reason
    with browser.following() as told:
        assert any("automatic" in line for line in told.lines())
