"""A process that dies between the message and its answer, or between the answer and the post: once, in the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.mail.smtp import Smtp
from aftercart.connectors.sending import EMAIL
from aftercart.intake import services as intake
from aftercart.ops.books import imbalances
from aftercart.outbox import handover
from aftercart.outbox.answering import ANSWER
from aftercart.outbox.models import Outgoing
from aftercart.outreach.automatic import terms
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.tickets.models import Message, Ticket
from tests.flows.intake_world import database_url
from tests.flows.test_automatic import CATEGORY, on_their_way
from tests.flows.test_taking import LATER
from tests.mailserver import mail_server
from tests.telling import NOOR

# Dies as nobody can foresee, at the place that is named, while it takes in what waits.
DYING = """
import os, signal, sys
from datetime import datetime
from aftercart.cli import setup
setup.django()
from aftercart import pipeline
from aftercart.outreach.automatic import services

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

place, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
if place == "before it is answered":
    services._say = die
if place == "before the commit":
    pipeline.intake.mark_applied = die
pipeline.settle(now)
die()
"""


def dies(place: str) -> None:
    given = os.environ | {"DATABASE_URL": database_url(), "AFTERCART_DATABASE_POOL": "0"}
    died = subprocess.run([sys.executable, "-c", DYING, place, LATER.isoformat()], env=given, timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_killed_before_during_and_after_it_is_answered_once(brand: Brand) -> None:
    on_their_way(brand, [1])
    terms.publish(brand, at=LATER - timedelta(hours=1), by="maren", categories={CATEGORY: 0.7}, channels=["email"])
    said = {
        "kind": "message_received", "message_id": "m-1", "channel": "email", "text": "Where is my order 101?",
        "customer": {"email": NOOR.email}, "happened_at": LATER.isoformat(),
    }  # fmt: skip
    intake.store([intake.arrival(brand.id, "aftercart", json.dumps({"facts": [said]}).encode(), LATER)])
    for place in ("before it is answered", "before the commit"):
        dies(place)
        assert not Message.objects.exists() and not Outgoing.objects.exists() and not MachineAnswer.objects.exists()
    dies("before it is sent")
    assert Ticket.objects.get().state == Ticket.WAITING and Outgoing.objects.get(kind=ANSWER).state == Outgoing.DUE
    dies("again")
    with mail_server() as there:
        for _ in range(2):
            handover.drain({EMAIL: Smtp(there.url, 5)}, now=LATER)
    assert len(there.received) == Message.objects.filter(direction=Message.OUT).count() == 1
    assert imbalances() == []
