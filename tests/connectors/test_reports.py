"""What providers tell of our messages, and what recipients ask of us through them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from aftercart.connectors import mailgun, twilio
from aftercart.connectors.contract import ADDRESSED_TO, ASKED_WITH, RECEIVED_AT, Read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.connectors.ses.signing import signed
from aftercart.facts import ConsentTold, MessageReceived, MessageReported, Outcome, Unread
from tests.connectors.payloads import body, read

REFERENCE = "0198c0de1111822283334444444444ab"
D, S, H, C, F = (
    Outcome.DELIVERED, Outcome.SOFT_BOUNCED, Outcome.HARD_BOUNCED, Outcome.COMPLAINED, Outcome.FAILED,
)  # fmt: skip


def told(one: Read) -> object:
    if isinstance(one, MessageReported):
        return one.outcome, one.reason
    return one.granted if isinstance(one, ConsentTold) else one


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("postmark", "delivery", [(D, "250 2.0.0 OK, queued")]),
        ("postmark", "hard_bounce", [(H, "The server was unable to deliver your message (unknown user).")]),
        ("postmark", "soft_bounce", [(S, "smtp;452 mailbox full")]),
        ("postmark", "complaint", [(C, "SpamComplaint")]),
        ("postmark", "unsubscribed", [False]),
        ("postmark", "opened", []),
        ("postmark", "new_word", [Unread("Type", "Beamed")]),
        ("mailgun", "delivered", [(D, "OK")]),
        ("mailgun", "failed_for_good", [(H, "No such mailbox")]),
        ("mailgun", "failed_for_now", [(S, "Mailbox full")]),
        ("mailgun", "complained", [(C, "")]),
        ("mailgun", "unsubscribed", [False]),
        ("mailgun", "opened", []),
        ("ses", "delivery", [(D, "250 2.6.0 Message received")]),
        ("ses", "bounce", [(H, "smtp; 550 5.1.1 user unknown")]),
        ("ses", "soft_bounce", [(S, "MailboxFull")]),
        ("ses", "complaint", [(C, "abuse")]),
        ("ses", "reject", [(F, "Bad content")]),
        ("ses", "greeting", []),
        ("twilio", "delivered", [(D, "")]),
        ("twilio", "sent", []),
        ("twilio", "undelivered", [(H, "error 30005")]),
        ("twilio", "opted_out", [(F, "error 21610"), False]),
        ("twilio", "whatsapp_read", [(D, "")]),
        ("twilio", "stop", [False]),
        ("twilio", "stop_advanced", [False]),
        ("twilio", "start", [True]),
    ],
)
def test_each_says_in_its_words_what_we_know_in_ours(source: str, name: str, expected: list[object]) -> None:
    assert [told(one) for one in read(source, name)] == expected


def test_sendgrid_tells_many_things_at_once_and_one_odd_event_costs_no_other() -> None:
    assert [told(one) for one in read("sendgrid", "events")] == [
        (D, "250 OK"),
        (S, "421 try later"),
        (H, "550 no such user"),
        (F, "554 content refused"),
        (H, "Bounced Address"),
        (C, ""),
        False,
        True,
        Unread("event", "beamed"),
        Unread("events[10].event", "is missing"),
        (D, ""),
    ]


@pytest.mark.parametrize(
    ("source", "name", "message_id"),
    [
        ("postmark", "delivery", "5f1c6d0e-0000-4c00-8000-00000000ab01"),
        ("sendgrid", "events", "juniper7"),
        ("mailgun", "delivered", "late-1042@juniper.example"),
        ("ses", "delivery", "ses-77"),
    ],
)
def test_a_report_names_the_message_by_both_names_and_when_it_happened(source: str, name: str, message_id: str) -> None:
    report = read(source, name)[0]

    assert isinstance(report, MessageReported)
    assert (report.reference, report.message_id, report.channel) == (REFERENCE, message_id, "email")
    assert report.address == "noor@example.com"
    assert report.happened_at.replace(microsecond=0) == datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)


def test_a_report_about_a_message_that_is_not_ours_claims_none_of_ours() -> None:
    last = read("sendgrid", "events")[-1]
    assert isinstance(last, MessageReported) and last.reference == ""


def test_twilio_says_which_message_in_the_address_that_we_gave_it() -> None:
    headers = {ASKED_WITH: f"reference={REFERENCE}", RECEIVED_AT: "2026-03-09T13:00:05Z"}
    (report,) = FACT_SOURCES["twilio"].parse(body("twilio", "whatsapp_read"), headers)

    assert isinstance(report, MessageReported)
    assert (report.reference, report.message_id, report.channel) == (REFERENCE, "SM77", "whatsapp")
    assert (report.address, report.happened_at) == ("+31612345678", datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC))


@pytest.mark.parametrize(("name", "category"), [("help", "help"), ("question", "")])
def test_what_recipients_write_beyond_that_is_a_contact(name: str, category: str) -> None:
    (written,) = read("twilio", name)

    assert isinstance(written, MessageReceived)
    assert (written.channel, written.customer.phone, written.category) == ("sms", "+31612345678", category)


def test_mailgun_signs_inside_the_body() -> None:
    sent = body("mailgun", "delivered")

    assert mailgun.is_authentic(sent, {}, "mg-signing-key")
    assert mailgun.delivery_id(sent, {}) == "0c5d2f3a4b01delivered"
    for other, secret in (
        (sent.replace(b"0c5d", b"0c5e"), "mg-signing-key"),
        (sent, "another"),
        (sent, ""),
        (b"{", "x"),
    ):
        assert not mailgun.is_authentic(other, {}, secret)


def test_twilio_s_signatures_are_those_of_its_documentation() -> None:
    """The worked example of twilio.com/docs/usage/security."""
    told = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212"}
    headers = {
        ADDRESSED_TO: "https://mycompany.com/myapp.php?foo=1&bar=2",
        "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    }
    assert twilio.is_authentic(urlencode(told | {"Caller": "+14158675309"}).encode(), headers, "12345")


def test_aws_signatures_are_those_of_its_published_examples() -> None:
    """`post-vanilla` of the signature test suite that AWS publishes."""
    proof = signed(
        "https://example.amazonaws.com/",
        b"",
        key_id="AKIDEXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
        service="service",
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    assert proof["authorization"].endswith(
        "SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    )
