from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

import pytest

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Clocked
from tests.connectors.cases import SENDERS, Sender
from tests.connectors.payloads import body, every_body, read

by_sender = pytest.mark.parametrize("sender", SENDERS, ids=lambda s: f"{s.source}-{s.fixture}")
by_payload = pytest.mark.parametrize(("source", "name"), every_body())
by_source = pytest.mark.parametrize("source", sorted(FACT_SOURCES))


@by_sender
def test_what_the_sender_signed_is_let_in(sender: Sender) -> None:
    sent = body(sender.source, sender.fixture)
    assert FACT_SOURCES[sender.source].is_authentic(sent, sender.sign(sent, sender.secret), sender.secret)


@by_sender
def test_a_body_changed_on_its_way_is_refused(sender: Sender) -> None:
    sent = body(sender.source, sender.fixture)
    headers = sender.sign(sent, sender.secret)
    refused = not FACT_SOURCES[sender.source].is_authentic(sent + b" ", headers, sender.secret)
    assert refused == sender.covers_the_body


@by_sender
def test_another_secret_is_refused_and_an_empty_one_always(sender: Sender) -> None:
    connector = FACT_SOURCES[sender.source]
    sent = body(sender.source, sender.fixture)
    headers = sender.sign(sent, sender.secret)
    assert not connector.is_authentic(sent, headers, sender.secret[:-4] + "AAA=")
    assert not connector.is_authentic(sent, headers, "")
    assert not connector.is_authentic(sent, sender.sign(sent, ""), "")


@by_sender
def test_a_missing_or_odd_signature_is_refused(sender: Sender) -> None:
    connector = FACT_SOURCES[sender.source]
    sent = body(sender.source, sender.fixture)
    signed = sender.sign(sent, sender.secret)
    assert not connector.is_authentic(sent, {}, sender.secret)
    for odd in ("", "é", "v1", "=", ",", "t=é,v1=é", "hmac-sha256=", "hmac-sha256-hex="):
        assert not connector.is_authentic(sent, dict.fromkeys(signed, odd), sender.secret)


@by_payload
def test_reading_twice_gives_the_same(source: str, name: str) -> None:
    assert read(source, name) == read(source, name)


@by_payload
def test_every_time_is_an_instant(source: str, name: str) -> None:
    for fact in read(source, name):
        assert naive_times(fact) == []


# Whatever comes in as a mail is one, and is shown.
READS_ANYTHING = {"mail"}


@pytest.mark.parametrize("source", sorted(FACT_SOURCES.keys() - READS_ANYTHING))
@pytest.mark.parametrize(
    "garbage", [b"", b"{", b"\xff\xfe", b"<xml/>", b"nul", b"[" * 5000, b'{"a":1e999}', b"null", b"7", b'"text"', b"{}"]
)
def test_what_is_no_payload_is_one_clear_error(source: str, garbage: bytes) -> None:
    with pytest.raises(PayloadError) as error:
        FACT_SOURCES[source].parse(garbage, {})
    assert error.value.field
    assert error.value.reason
    assert str(error.value) == f"{error.value.field}: {error.value.reason}"


@by_source
def test_what_the_intake_asks_never_fails(source: str) -> None:
    connector = FACT_SOURCES[source]
    for sent in (b"", b"[" * 5000, b"\xff", b"null", b'{"event":{},"id":[],"description":7,"kind":null}'):
        connector.topic(sent, {})
        connector.delivery_id(sent, {})
        connector.sent_at({"webhook-timestamp": "soon", "shippo-auth-signature": "t=,v1"})
        connector.bound_to({})


def test_deliveries_are_known_by_the_senders_own_id() -> None:
    def id_of(source: str, name: str, **headers: str) -> str:
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        return FACT_SOURCES[source].delivery_id(body(source, name), given)

    assert id_of("shopify", "order", x_shopify_webhook_id="b1c2") == "b1c2"
    assert id_of("easypost", "tracker_updated") == "evt_jc_0001"
    assert id_of("easypost", "tracker_returned") == ""
    assert id_of("aftership", "tracking_update") == "6f1f7a60-7f4b-4f0a-9d0e-0c5d2f3a4b01"
    assert id_of("aftership", "return_approved") == "9f2e0c5a1b"
    assert id_of("aftercart", "order", webhook_id="msg_1") == "msg_1"


def test_only_signed_times_speak_of_freshness() -> None:
    for sender in SENDERS:
        headers = {**sender.sign(b"{}", sender.secret), "x-shopify-triggered-at": "2026-03-09T13:00:00Z"}
        sent_at = FACT_SOURCES[sender.source].sent_at(headers)
        assert (sent_at is not None) == (sender.source in ("shippo", "aftercart", "chat", "sendgrid"))


def test_only_shippo_may_come_unsigned_and_only_shopify_is_bound_to_an_account() -> None:
    assert [name for name, source in FACT_SOURCES.items() if not source.SIGNED] == ["shippo"]
    headers = {"x-shopify-shop-domain": " Juniper.Example "}
    bound = {name: source.bound_to(headers) for name, source in FACT_SOURCES.items()}
    assert {name: to for name, to in bound.items() if to} == {"shopify": "juniper.example"}


def naive_times(thing: Any, path: str = "") -> list[str]:
    """The paths of times without a zone, but for the local time of a scan, which has none by its nature."""
    if isinstance(thing, datetime):
        return [path] if thing.tzinfo is None else []
    if is_dataclass(thing):
        found = [(field.name, getattr(thing, field.name)) for field in fields(thing)]
        inner = [(name, value) for name, value in found if not (isinstance(thing, Clocked) and name == "local")]
        return [hit for name, value in inner for hit in naive_times(value, f"{path}.{name}")]
    return [hit for value in thing for hit in naive_times(value, path)] if isinstance(thing, tuple) else []
