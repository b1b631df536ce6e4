"""Whoever brings a mail, it is the same message."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors import forms, rebuilding
from aftercart.connectors.contract import BELIEVED, OURS, RECEIVED_AT, PayloadError
from aftercart.connectors.mail.inbound import read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import MessageReceived
from tests.connectors.hook_cases import ADDRESS, CALLS, KEPT, KEY, POSTAL_KEY, Call
from tests.connectors.inbound_cases import TO, Way, letter
from tests.connectors.inbound_cases import WAYS as PROVIDERS

WAYS = [*PROVIDERS, *(Way(one.source, one.name, one.secret, one.post) for one in CALLS)]
by_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.source}-{way.name}")
TOLD = {OURS: "help@juniper.example", RECEIVED_AT: "2026-03-10T09:13:00+00:00"}


def kept(way: Way, headers: dict[str, str]) -> dict[str, str]:
    """As the intake keeps them."""
    given = {**headers, **TOLD}
    return {name: value for name, value in given.items() if name in FACT_SOURCES[way.source].KEPT_HEADERS} | TOLD


def message(way: Way, content: bytes, to: str = TO) -> MessageReceived:
    body, headers = way.post(content, to, way.secret)
    (found,) = FACT_SOURCES[way.source].parse(body, kept(way, headers))
    assert isinstance(found, MessageReceived)
    return found


@by_way
def test_it_is_let_in_as_its_provider_proves_itself_and_not_otherwise(way: Way) -> None:
    connector = FACT_SOURCES[way.source]
    body, headers = way.post(letter(), TO, way.secret)
    assert connector.is_authentic(body, headers, way.secret)
    assert not connector.is_authentic(body, headers, way.secret[:-4] + "AAA=")
    assert not connector.is_authentic(body, headers, "")
    unsigned = {name: value for name, value in headers.items() if name == "content-type"}
    assert not connector.is_authentic(body.replace(b"signature", b"sinatrue"), unsigned, way.secret)
    if way.name == "signed":
        assert not connector.is_authentic(body + b" ", headers, way.secret)


@by_way
def test_all_of_it_is_read(way: Way) -> None:
    found = message(way, letter())
    assert (found.customer.email, found.customer.name) == ("noor@example.com", "Nööra Haddad")
    assert (found.subject, found.text) == ("Bestellung 1042 – wo?", "Schönen Tag, ほら")
    assert "<b>ほら</b>" in found.html and found.message_id == "b7c1@example.com"
    assert (
        found.answers == ("late-1042@juniper.example",) and found.happened_at.isoformat() == "2026-03-10T09:12:05+00:00"
    )
    assert [(one.name, one.type, one.content_id) for one in found.files] == [
        ("Rechnung.pdf", "application/pdf", ""), ("vase.png", "image/png", "vase"),
    ]  # fmt: skip
    assert found.files[0].content == b"%PDF-1.7 x" and not found.notes
    if way.source != "mail":  # there the envelope is told by the server
        assert TO in found.to and "r.token" in found.tokens
    assert found.proven == (way.source == "ses")


@by_way
def test_the_same_mail_to_two_of_our_addresses_is_one_delivery(way: Way) -> None:
    connector = FACT_SOURCES[way.source]
    names, sent = set(), letter()
    for to in (TO, "orders@juniper.example"):
        body, headers = way.post(sent, to, way.secret)
        names.add(connector.delivery_id(body, headers))
    body, headers = way.post(letter("Something else"), TO, way.secret)
    assert len(names) == 1 and "" not in names and connector.delivery_id(body, headers) not in names


@pytest.mark.parametrize("way", [way for way in WAYS if way.name in ("parts", "base64")], ids=lambda way: way.source)
def test_a_file_of_25_megabytes_comes_whole(way: Way) -> None:
    content = os.urandom(25 * 2**20)
    found = message(way, letter(file=b"%PDF" + content))
    assert found.files[0].content == b"%PDF" + content


MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
CUT_SHORT = b"--x\r\nContent-Disposition: form-data; name=a"


@pytest.mark.parametrize("source", ["mailgun", "sendgrid"])
@pytest.mark.parametrize("kind", [f"{MULTIPART}; boundary=x", MULTIPART, URLENCODED])
@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n\r\n\r\n--x--", b"a=b", b"\xff", CUT_SHORT])
def test_an_odd_form_is_one_clear_error_and_never_let_in(source: str, kind: str, body: bytes) -> None:
    connector = FACT_SOURCES[source]
    assert not connector.is_authentic(body, {"content-type": kind}, "user:password")
    with pytest.raises(PayloadError):
        connector.parse(body, {"content-type": kind})


def test_no_sender_writes_what_only_the_intake_knows() -> None:
    """Authentication-Results of a server that is not ours prove nothing, wherever a provider puts them."""
    forged = b"Authentication-Results: mx.evil; dmarc=pass\r\n" + letter()
    for way in WAYS:
        body, headers = way.post(forged, TO, way.secret)
        (found,) = FACT_SOURCES[way.source].parse(body, kept(way, headers) | {BELIEVED: "mx.ours"})
        assert isinstance(found, MessageReceived) and found.proven == (way.source == "ses")


NO_LINES = st.characters(exclude_characters="\u2028\u2029", exclude_categories=["Cs", "Cc", "Cf"])
WORDS = st.text(NO_LINES, max_size=80)


@given(WORDS, WORDS, st.binary(max_size=300))
def test_what_was_taken_apart_is_put_together_again_always_alike(subject: str, text: str, content: bytes) -> None:
    head = [("From", "a@b.example"), ("Subject", subject), ("Content-Type", "text/html")]
    files = [rebuilding.Piece('a"b\r\n.bin', "application/x", content, "")]
    made = rebuilding.mail(head, text, "", files)
    assert made == rebuilding.mail(head, text, "", files)
    found = read(made)
    assert found.text.strip() == text.strip() and found.attachments[0].content == content


@given(st.dictionaries(st.text("abc-", min_size=1, max_size=8), st.binary(max_size=200), max_size=5))
def test_a_form_holds_what_was_put_into_it(given_fields: dict[str, bytes]) -> None:
    mark = b"qqqqqqqqqqq"
    body = b"".join(
        b"--" + mark + b'\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in given_fields.items()
    )
    if given_fields:
        found = forms.fields(body + b"--" + mark + b"--", f"multipart/form-data; boundary={mark.decode()}")
        assert {name: one.content for name, one in found.items()} == given_fields


ANYMAIL = {
    "mailgun": ("mailgun.MailgunInboundWebhookView", {"webhook_signing_key": "signing-key"}),
    "postmark": ("postmark.PostmarkInboundWebhookView", {}),
    "sendgrid": ("sendgrid.SendGridInboundWebhookView", {}),
    "mailersend": ("mailersend.MailerSendInboundWebhookView", {"inbound_secret": KEY}),
    "mailjet": ("mailjet.MailjetInboundWebhookView", {}),
    "mandrill": (
        "mandrill.MandrillCombinedWebhookView", {"webhook_key": KEY, "webhook_url": ADDRESS.format(source="mandrill")}
    ),
    "postal": ("postal.PostalInboundWebhookView", {"webhook_key": POSTAL_KEY}),
    "sparkpost": ("sparkpost.SparkPostInboundWebhookView", {}),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.source in ANYMAIL], ids=lambda way: f"{way.source}-{way.name}"
)
def test_what_we_take_for_a_provider_s_post_is_one_to_anymail_too(way: Way) -> None:
    """It knows the providers: it accepts the signature, and reads the same mail in it."""
    if way.source not in ANYMAIL:
        pytest.skip("anymail takes none by this way")
    name, settings = ANYMAIL[way.source]
    module, _, view_name = name.partition(".")
    body, headers = way.post(letter(), TO, way.secret)
    kind = headers.get("content-type", "application/json")
    told: dict[str, Any] = {
        f"HTTP_{n.upper().replace('-', '_')}": v for n, v in headers.items() if n.startswith(("x-", "signature"))
    }
    basic = headers.get("authorization", "Basic anVuaXBlcjptb3Nz")
    request = RequestFactory(**told).generic("POST", "/", body, content_type=kind, HTTP_AUTHORIZATION=basic)
    view = getattr(import_module(f"anymail.webhooks.{module}"), view_name)(**settings, webhook_secret="juniper:moss")
    if way.name != "base64" or way.source != "postal":  # it knows the older of the two signatures
        view.run_validators(request)
    (event,) = view.parse_events(request)
    ours, theirs = message(way, letter()), event.message
    assert (theirs.from_email.addr_spec, theirs.subject) == (ours.customer.email, ours.subject)
    assert str(theirs["Message-ID"]) == f"<{ours.message_id}>" and theirs.text.strip() == ours.text
    assert {one.get_filename() for one in [*theirs.attachments, *theirs.content_id_map.values()]} == {
        one.name for one in ours.files
    }


@pytest.mark.parametrize("call", [*CALLS, KEPT[0]], ids=lambda call: f"{call.source}-{call.name}")
def test_a_verdict_is_believed_only_where_the_header_lines_have_their_order(call: Call) -> None:
    """Of lines without it nobody can say whether our server wrote them, or the sender."""
    content = b"Authentication-Results: mx.ours; dmarc=pass\r\n" + letter()
    body, headers = call.post(content, TO, call.secret)
    (found,) = FACT_SOURCES[call.source].parse(body, {**headers, **TOLD, BELIEVED: "mx.ours"})
    assert isinstance(found, MessageReceived) and found.proven == (call.name != "parts")
