"""The promise behind all others: whatever is killed and whenever, nothing is lost and nothing is said twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from aftercart import pipeline
from aftercart.brands.models import Owned
from aftercart.facts import MessageReported, Outcome
from aftercart.ops.books import imbalances
from aftercart.outbox import lines, reports
from aftercart.outbox.models import Outgoing
from aftercart.plumbing import clock
from benchmarks import crash
from benchmarks.crash import books
from benchmarks.crash.killing import KINDS
from tests import world
from tests.connectors.provider_cases import SECRET
from tests.flows import folding
from tests.flows.intake_world import database_url
from tests.flows.test_outbox import owe, row
from tests.gateway import SLOW, Answer, Gateway, gateway
from tests.world import NOW

# No delivery writes to these: people do, or customers at the page.
BY_HAND = {
    "brands_auditentry", "brands_calendarentry", "brands_member", "brands_source", "brands_storefront",
    "intake_mailbox", "orders_carrierline", "orders_poll", "outbox_line", "outbox_outgoingfile", "outreach_answer",
    "outreach_correction", "outreach_experiment", "people_preference", "people_shortlink", "policies_policy",
    "selfservice_attempt", "tickets_act", "understanding_category", "understanding_example", "understanding_lesson",
    "understanding_question", "understanding_theme", "understanding_thememember",
    "words_draft", "words_wording",
}  # fmt: skip


def test_a_shop_whose_servers_are_killed_at_random_ends_as_if_nothing_had_happened() -> None:
    report = crash.experiment(crash.SMALL)

    assert report["problems"] == []
    assert report["deliveries"] == crash.SMALL.deliveries
    assert sum(report["kills"][kind] for kind in KINDS) >= 5
    # It would prove little if nobody had had anything to say.
    assert report["mails_received"] >= 10


def test_the_crash_test_judges_every_table_that_a_brand_has() -> None:
    compared = {*books.FOLDED, *books.OF_THE_MOMENT}
    counted = " ".join(books.COUNTED.values())
    owned = {model._meta.db_table for model in apps.get_models() if issubclass(model, Owned)}

    assert set(folding.TABLES) <= set(books.FOLDED)
    assert {table for table in owned - compared if table not in counted} == BY_HAND


# Hands over what is due, as a worker does.
SENDING = """
from aftercart.cli import setup
setup.django()
from aftercart import pipeline
pipeline.send()
"""


@contextmanager
def killed_in_the_act(there: Gateway) -> Iterator[None]:
    """Another process sends, and gets SIGKILL while the provider has its message in hand."""
    with_lines = {"DATABASE_URL": database_url(), "AFTERCART_DATABASE_POOL": "0", "AFTERCART_WEBHOOK_DOORS": "loopback"}
    sender = subprocess.Popen([sys.executable, "-c", SENDING], env=os.environ | with_lines)
    try:
        deadline = time.monotonic() + 60
        while not there.asked and time.monotonic() < deadline:
            time.sleep(0.01)
        assert sender.poll() is None, "it was still at it"
    finally:
        sender.kill()
        sender.wait(20)
    Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=clock.machine() - timedelta(seconds=1))
    yield


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_is_killed_before_a_provider_s_answer_never_sends_twice() -> None:
    brand = world.juniper()
    with gateway() as there:
        there.usual = Answer(201, b'{"sid":"SM77"}', manner=SLOW)
        told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
        lines.add(brand, provider="twilio", channel="sms", settings=told, by="maren")
        outgoing = owe(brand, channel="sms", address="+31612345678")
        with killed_in_the_act(there):
            for _ in range(3):
                pipeline.send()

        assert len(there.asked) == 1
        parked = row(outgoing)
        assert parked.state == Outgoing.PARKED and "may or may not have arrived" in parked.reason

    # The answer came after we were killed. The report of it comes to whoever lives.
    said = {"source": "twilio", "happened_at": NOW, "reported_at": NOW, "channel": "sms", "message_id": "SM77"}
    known = MessageReported(**said, outcome=Outcome.DELIVERED, reference=outgoing.hex)  # type: ignore[arg-type]
    reports.record(brand.id, [known], NOW)
    assert (row(outgoing).state, row(outgoing).provider_id) == (Outgoing.SENT, "SM77")
    assert imbalances() == []


@pytest.mark.django_db(transaction=True)
def test_whoever_knows_a_message_gets_it_again_after_a_kill_under_the_same_name(settings: Any) -> None:
    settings.WEBHOOK_DOORS = "loopback"
    brand = world.juniper()
    with gateway() as there:
        there.answers = [Answer(204, b"", manner=SLOW)]
        there.usual = Answer(204, b"")
        told = {"url": f"{there.url}/hook", "secret": SECRET}
        lines.add(brand, provider="webhook", channel="event", settings=told, by="maren")
        outgoing = owe(brand, channel="event")
        with killed_in_the_act(there):
            for _ in range(3):
                pipeline.send()

        assert len(there.asked) == 2 and row(outgoing).state == Outgoing.SENT
        assert len({asked.headers["webhook-id"] for asked in there.asked}) == 1
