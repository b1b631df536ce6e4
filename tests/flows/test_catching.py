"""The demo's own providers: what leaves arrives where it can be read, and whoever holds the phone can answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client

from aftercart.brands.models import Brand
from aftercart.connectors import twilio
from aftercart.connectors.contract import ADDRESSED_TO
from aftercart.outbox import handover
from aftercart.outbox.models import Line, Outgoing
from aftercart.rehearsal import catching, demo, mailbox, speaking
from tests.flows.test_outbox import owe, row
from tests.gateway import Gateway, gateway


@pytest.fixture
def there() -> Iterator[Gateway]:
    """Stands where Aftercart takes reports."""
    with gateway() as found:
        yield found


@pytest.fixture
def maren(db: None, tmp_path: Path, settings: Any, there: Gateway) -> Iterator[Brand]:
    settings.VAR, settings.PUBLIC_URL = tmp_path, there.url
    sender = "Maren & Oak <hello@maren.example>"
    brand = Brand.objects.create(slug=demo.SLUG, name="Maren & Oak", from_email=sender, country="NL")
    demo.path().write_text("{}")
    smtp, sms = (int(port) for port in speaking.open_lines())
    stop = threading.Event()
    known: dict[str, Any] = {"smtp_port": smtp, "sms_port": sms, "stop": stop}
    doors = threading.Thread(target=catching.catch, args=(tmp_path,), kwargs=known)
    doors.start()
    for port in (smtp, sms):
        until_open(port)
    yield brand
    stop.set()
    doors.join(10)


def until_open(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 10).close()
        except OSError:
            assert time.monotonic() < deadline, "nobody takes what is sent"
            time.sleep(0.05)


def until_told(there: Gateway, times: int) -> None:
    deadline = time.monotonic() + 10
    while len(there.asked) < times:
        assert time.monotonic() < deadline, "no report came"
        time.sleep(0.05)


def test_mails_and_text_messages_arrive_and_can_be_read(maren: Brand, client: Client, tmp_path: Path) -> None:
    mail = owe(maren, html="<html><head></head><body><a href='https://x.example'>Order 1042</a></body></html>")
    sms = owe(maren, channel="sms", address="+31612345678", kind="lost")
    assert handover.drain({}).sent == 2

    letters = {letter.channel: letter for letter in mailbox.newest(tmp_path)}
    assert (letters["email"].to, letters["email"].subject) == ("noor@example.com", "Order 1042 will be late")
    assert (letters["sms"].to, letters["sms"].text.split()) == ("+31612345678", [".Hello", "ñ"])
    assert letters["sms"].name == f"{row(sms).provider_id}.json" and row(mail).state == Outgoing.SENT

    page = client.get("/demo/inbox/?to=noor").content.decode()
    assert "Order 1042 will be late" in page and "+31612345678" not in page
    framed = client.get(f"/demo/inbox/{letters['email'].name}/letter/")
    assert "Order 1042" in framed.content.decode() and "sandbox" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


def test_the_gateway_reports_signed_as_twilio_signs(maren: Brand, there: Gateway) -> None:
    outgoing = owe(maren, channel="sms", address="+31612345678")
    handover.drain({})
    until_told(there, 1)

    (told,) = there.asked
    token = Line.objects.filter(channel="sms").get().settings["auth_token"]
    assert twilio.is_authentic(told.body, {**told.headers, ADDRESSED_TO: there.url + told.path}, token)
    assert told.path.endswith(f"?reference={outgoing.hex}")


def test_whoever_holds_the_phone_can_write_stop(maren: Brand, there: Gateway, client: Client, tmp_path: Path) -> None:
    owe(maren, channel="sms", address="+31612345678")
    handover.drain({})
    until_told(there, 1)
    (letter,) = mailbox.newest(tmp_path)

    assert client.post(f"/demo/inbox/{letter.name}/answers/", {"say": "STOP"}).status_code == 302
    told = parse_qs(there.asked[1].body.decode())
    assert (told["From"], told["Body"]) == (["+31612345678"], ["STOP"])
    assert client.post(f"/demo/inbox/{letter.name}/answers/", {"say": "anything"}).status_code == 404


@pytest.mark.parametrize("name", ["", "nothing.eml/letter/", "..%2Fdemo.json/letter/"])
def test_there_is_no_inbox_where_there_is_no_demo_and_no_other_file_in_it(
    maren: Brand, client: Client, name: str
) -> None:
    if not name:
        demo.path().unlink()
    assert client.get(f"/demo/inbox/{name}").status_code == 404
