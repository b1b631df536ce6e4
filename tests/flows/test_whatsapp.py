"""WhatsApp: our own words within a day of the customer's; else an approved template, or else another channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
from typer.testing import CliRunner, Result

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.connectors.sending import EMAIL, WHATSAPP
from aftercart.facts import MessageReceived, Person
from aftercart.ops.books import imbalances
from aftercart.outbox import lines
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach import terms
from aftercart.outreach.models import Decision
from aftercart.people import consent, hearing
from aftercart.people.models import Customer, ShortLink
from aftercart.plumbing import clock
from aftercart.plumbing.addresses import address_hash
from aftercart.words import approved
from tests.flows.test_outreach import HOUR, MORNING, silent
from tests.flows.test_watch import hear, wait
from tests.gateway import Answer, Gateway, gateway
from tests.world import NOW

PHONE, SID = "+13125550147", "HX" + "0a" * 16
DAY_TIME = MORNING + 2 * HOUR


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as found:
        found.usual = Answer(201, b'{"sid":"SM1"}')
        yield found


@pytest.fixture
def chatty(brand: Brand, there: Gateway) -> Brand:
    """It writes by WhatsApp first, to a customer who asked for it, and knows two orders that stand still."""
    brand.speaks_since = NOW
    brand.save()
    terms.publish(brand, at=NOW, by="Noor", order=[WHATSAPP, EMAIL])
    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
    lines.add(brand, provider="twilio", channel=WHATSAPP, settings=told, by="maren")
    hear(brand, NOW, *silent("1"))
    Customer.objects.update(phone=PHONE)
    consent.tell(brand.id, address_hash(brand.id, PHONE), channel=WHATSAPP, purpose="service", granted=True, at=NOW)
    return brand


def wrote(brand: Brand, at: datetime, number: str = PHONE) -> None:
    fact = MessageReceived(
        source="twilio", happened_at=at, reported_at=at, message_id="SM9", channel=WHATSAPP,
        customer=Person(phone=number), text="Where is it?",
    )  # fmt: skip
    hearing.record(brand.id, [fact])


def said(there: Gateway) -> dict[str, str]:
    (asked,) = there.asked
    return {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}


def test_an_approved_template_goes_with_our_variables_in_order(chatty: Brand, there: Gateway) -> None:
    approved.approve(chatty, "stalled", "en", SID, ["number", "expectation", "link"], by="maren")
    wait(DAY_TIME)
    assert pipeline.send(DAY_TIME).sent == 1

    told = said(there)
    assert told["ContentSid"] == SID and "Body" not in told and told["To"] == f"whatsapp:{PHONE}"
    variables = json.loads(told["ContentVariables"])
    assert list(variables) == ["1", "2", "3"] and variables["1"] == "101"
    assert variables["3"].endswith(f"/o/{ShortLink.objects.get().code}") and variables["2"]
    assert OutgoingBody.objects.get().template == SID and Decision.objects.get().reason == "stalled deserves words"


@pytest.mark.parametrize(
    ("kind", "language", "variables", "reason"),
    [
        ("late", "en", ["number"], "no approved WhatsApp template for this kind (stalled) in English"),
        ("stalled", "de", ["number"], "no approved WhatsApp template for this kind (stalled) in English"),
        ("stalled", "en", ["number", "note"], "its approved WhatsApp template asks for note, which is not known"),
    ],
)
def test_without_one_that_fits_the_next_channel_says_it_and_the_decision_says_why(
    chatty: Brand, kind: str, language: str, variables: list[str], reason: str
) -> None:
    approved.approve(chatty, kind, language, SID, variables, by="maren")
    wait(DAY_TIME)

    assert Outgoing.objects.get().channel == EMAIL and not ShortLink.objects.exists()
    assert Decision.objects.get().reason == f"stalled deserves words ({reason})"


def test_where_there_is_no_other_channel_it_is_not_said_and_says_why(chatty: Brand) -> None:
    terms.publish(chatty, at=NOW, by="Noor", order=[WHATSAPP])
    wait(DAY_TIME)

    assert not Outgoing.objects.exists()
    assert Decision.objects.get().reason == "no approved WhatsApp template for this kind (stalled) in English"


@pytest.mark.parametrize(("ago", "free"), [(0.0, True), (23.99, True), (24.0, False), (100.0, False), (-1.0, False)])
def test_our_own_words_go_within_a_day_of_the_customer_s(chatty: Brand, there: Gateway, ago: float, free: bool) -> None:
    wrote(chatty, DAY_TIME - ago * HOUR)
    wait(DAY_TIME)
    assert Outgoing.objects.get().channel == (WHATSAPP if free else EMAIL)
    if free:
        assert pipeline.send(DAY_TIME).sent == 1
        assert "has not moved since" in said(there)["Body"] and "ContentSid" not in said(there)


def test_free_words_that_could_not_leave_within_the_day_are_decided_again(chatty: Brand, there: Gateway) -> None:
    wrote(chatty, DAY_TIME - 23.5 * HOUR)
    wait(DAY_TIME)
    there.usual = Answer(500)
    pipeline.send(DAY_TIME)
    Outgoing.objects.update(due_at=clock.machine())
    there.usual, late = Answer(201, b'{"sid":"SM1"}'), DAY_TIME + 40 * timedelta(minutes=1)

    assert pipeline.send(late).void == 1 and len(there.asked) == 1
    wait(late)
    assert Outgoing.objects.exclude(state=Outgoing.VOID).get().channel == EMAIL and imbalances() == []


def test_two_templates_are_two_messages_and_what_is_capped_waits(chatty: Brand, there: Gateway) -> None:
    terms.publish(chatty, at=NOW, by="Noor", order=[WHATSAPP, EMAIL], per_day=2)
    approved.approve(chatty, "stalled", "en", SID, ["number"], by="maren")
    for order in ("2", "3"):
        first, *rest = silent(order)
        hear(chatty, NOW, replace(first, customer=replace(first.customer, phone=PHONE)), *rest)
    wait(DAY_TIME)
    pipeline.send(DAY_TIME)

    assert len(there.asked) == 2 and Decision.objects.filter(spoken=False, waits_until__isnull=False).count() == 1
    sent = {parse_qs(asked.body.decode())["ContentVariables"][0] for asked in there.asked}
    assert len(sent) == 2 and imbalances() == []


def test_a_brand_that_sends_by_its_own_tool_needs_no_template(chatty: Brand) -> None:
    Line.objects.update(provider="webhook")
    wait(DAY_TIME)
    assert Outgoing.objects.get().channel == WHATSAPP


def test_what_is_heard_keeps_the_latest_in_any_order(brand: Brand) -> None:
    for hours in (5, 9, 2):
        wrote(brand, NOW + hours * HOUR, "0013125550147")
    assert hearing.heard_of(brand, [PHONE, "", "+3161"]) == {PHONE: NOW + 9 * HOUR}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["channel", *words])


def test_templates_are_told_listed_and_withdrawn_on_the_command_line(brand: Brand) -> None:
    done = run("template", "juniper", "late", "de", SID, "--variables", "number, window,link")
    assert done.exit_code == 0 and done.output.startswith(f"late in de is said by {SID}: number, window, link")
    assert json.loads(run("templates", "juniper").output) == {
        "late": {"de": {"sid": SID, "variables": ["number", "window", "link"]}}
    }
    assert run("template", "juniper", "late", "de", "--remove").exit_code == 0
    assert json.loads(run("templates", "juniper").output) == {}
    assert run("template", "juniper", "late", "de", "--remove").exit_code == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["never", "de", SID], "kind: 'never' is none of"),
        (["late", "nl", SID], "language: 'nl' is none of"),
        (["late", "de", "HX12"], "sid: 'HX12' is no content of Twilio"),
        (["late", "de", SID, "--variables", "number,password"], "variables: 'password' is none of"),
    ],
)
def test_a_template_that_cannot_be_is_refused_by_its_field(brand: Brand, words: list[str], reason: str) -> None:
    done = run("template", "juniper", *words)
    assert done.exit_code == 1 and reason in done.output + done.stderr
    assert approved.templates_of(brand) == {}
