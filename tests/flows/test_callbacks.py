"""Providers' reports over HTTP, to a real server: the true ones are taken, and no forged one is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx
import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand, Source
from aftercart.connectors.contract import ADDRESSED_TO
from aftercart.intake.models import Delivery
from aftercart.outbox import handover
from aftercart.outbox.models import Outgoing, Reach
from aftercart.people.models import Consent
from tests import world
from tests.connectors.cases import ADDRESS, SENDERS, Sender
from tests.connectors.payloads import body
from tests.flows.intake_world import Server, database_url, serving
from tests.flows.test_outbox import owe
from tests.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)

# SendGrid signs the time too, and its fixture is of another day.
REPORTERS = {sender.source: sender for sender in SENDERS if sender.source in ("twilio", "postmark", "ses")}
PUBLIC = ADDRESS.partition("/in/")[0]


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    juniper = world.juniper()
    for name, sender in REPORTERS.items():
        Source.objects.create(brand=juniper, kind=name, secrets=[sender.secret], token=f"token-{name}")
    with serving(database_url(), AFTERCART_PUBLIC_URL=PUBLIC) as running:
        yield running


def post(server: Server, sender: Sender, sent: bytes, headers: Mapping[str, str], query: str = "") -> httpx.Response:
    told = {name: value for name, value in headers.items() if name != ADDRESSED_TO}
    return httpx.post(
        f"{server.url}/in/juniper/{sender.source}/token-{sender.source}{query}", content=sent, headers=told
    )


def test_a_true_report_is_taken_and_applied_to_the_message_that_it_names(server: Server) -> None:
    brand = Brand.objects.get()
    outgoing = owe(brand, channel="sms", address="+31612345678")
    handover.drain({"sms": lambda message: "SM77"})
    twilio = REPORTERS["twilio"]
    sent, query = body("twilio", twilio.fixture), ADDRESS[ADDRESS.index("?") :]

    assert post(server, twilio, sent, twilio.sign(sent, twilio.secret), query).status_code == 200
    pipeline.settle(NOW)

    found = Outgoing.objects.get(id=outgoing)
    assert (found.outcome, found.provider_id) == ("delivered", "SM77")
    assert Delivery.objects.get().state == Delivery.APPLIED


def test_no_forged_report_is_taken_whoever_it_claims_to_come_from(server: Server) -> None:
    for sender in REPORTERS.values():
        sent = body(sender.source, sender.fixture)
        for headers in ({}, dict(sender.sign(sent, "another secret"))):
            answer = post(server, sender, sent, headers)
            assert (answer.status_code, answer.json()["error"]["param"]) == (401, "signature"), sender.source
    pipeline.settle(NOW)

    assert not Delivery.objects.exists() and not Reach.objects.exists() and not Consent.objects.exists()


def test_a_report_cannot_be_bent_to_another_message_or_claim_another_address(server: Server) -> None:
    """Twilio's signature covers the address, and what an attacker writes into our own headers is not believed."""
    twilio = REPORTERS["twilio"]
    sent = body("twilio", twilio.fixture)
    signed = twilio.sign(sent, twilio.secret)
    other = "?reference=" + "f" * 32

    assert post(server, twilio, sent, signed, other).status_code == 401
    named = {name: value for name, value in signed.items() if name != ADDRESSED_TO} | {ADDRESSED_TO: ADDRESS}
    answer = httpx.post(f"{server.url}/in/juniper/twilio/token-twilio{other}", content=sent, headers=named)
    assert answer.status_code == 401
    assert not Delivery.objects.exists()
