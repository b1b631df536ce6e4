"""From a mailbox to a ticket: a real IMAP server, a real worker, and nothing in between by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from aftercart.intake.mailboxes import services
from aftercart.intake.models import Delivery
from aftercart.plumbing import clock
from aftercart.tickets.models import Body, File, Message
from tests import world
from tests.connectors.mail.writing import multipart, part, whole
from tests.dovecot import dovecot, needs_dovecot
from tests.flows.intake_world import database_url

HELP, ORDERS = "help@juniper-and-clay.example", "orders@juniper-and-clay.example"


@needs_dovecot
@pytest.mark.django_db(transaction=True)
def test_what_a_customer_writes_to_two_mailboxes_is_one_message_of_one_ticket_within_seconds() -> None:
    brand = world.juniper()
    environment = os.environ | {"DATABASE_URL": database_url(), "AFTERCART_DATABASE_POOL": "4"}
    with dovecot() as server:
        for name, address in (("help", HELP), ("orders", ORDERS)):
            told = {"settings": server.settings(name), "since": clock.machine() - timedelta(hours=1)}
            services.add(brand, name=name, way="imap", addresses=[address], by="maren", **told)  # type: ignore[arg-type]
        worker = subprocess.Popen([sys.executable, "-m", "aftercart", "worker"], env=environment)
        try:
            parts = part("Where is my order 1042?", "text/plain"), part(b"%PDF-1.7", "application/pdf; name=a.pdf")
            date = f"{clock.machine():%a, %d %b %Y %H:%M:%S} +0000"
            sent = whole(multipart(*parts), to=f"{HELP}, {ORDERS}", date=date)
            for name in ("help", "orders"):
                server.deliver(b"Received: from x by %s; today\r\n" % name.encode() + sent, user=name)
            deadline = time.monotonic() + 60
            while not Message.objects.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(2)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0

    message, delivery = Message.objects.get(), Delivery.objects.get()
    assert delivery.state == Delivery.APPLIED and message.delivery_id == delivery.id
    body = Body.objects.get(id=message.id)
    assert (body.sender, body.text) == ("anna@berg.example", "Where is my order 1042?")
    assert [(file.name, file.type) for file in File.objects.all()] == [("a.pdf", "application/pdf")]
