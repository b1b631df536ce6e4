"""Mail handed over by real LMTP clients, over real sockets, into a real PostgreSQL."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aftercart.brands.models import Brand
from aftercart.intake.mailboxes import services as mailboxes
from tests import world
from tests.connectors.mail.writing import mail, multipart, part, whole
from tests.flows.intake_world import database_url, free_port
from tests.flows.mail_world import hand_over, messages

HELP, ORDERS = "help@juniper-and-clay.example", "orders@juniper-and-clay.example"


@contextmanager
def listening(database: str, **environment: str) -> Iterator[int]:
    port = free_port()
    given = os.environ | {"DATABASE_URL": database, "AFTERCART_DATABASE_POOL": "0"} | environment
    process = subprocess.Popen([sys.executable, "-m", "aftercart", "lmtp", "--port", str(port)], env=given)
    try:
        _let_in(port).quit()
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def _let_in(port: int) -> smtplib.LMTP:
    """Once it has started, and has room."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return smtplib.LMTP("127.0.0.1", port, timeout=20)
        except (OSError, smtplib.SMTPException):
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(0.05)


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    brand = world.juniper()
    mailboxes.add(brand, name="all", way="lmtp", addresses=[HELP, ORDERS], authserv_id="mx.juniper", by="maren")
    return brand


@pytest.fixture
def client(brand: Brand) -> Iterator[smtplib.LMTP]:
    with listening(database_url()) as port, smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
        yield client


def test_a_mail_is_answered_once_it_is_stored(client: smtplib.LMTP) -> None:
    assert hand_over(client, mail(), HELP) == {HELP: 250}
    (message,) = messages()
    assert (message.customer.email, message.to) == ("anna@berg.example", (HELP,))
    assert message.text == "Hello,\n\nwhere is my parcel?\n\nAnna"


def test_a_mail_to_two_of_our_addresses_is_there_once_and_knows_both(client: smtplib.LMTP) -> None:
    token = "orders+r.abc@juniper-and-clay.example"
    hand_over(client, mail(to=f"{HELP}, {ORDERS}"), HELP, token)
    assert hand_over(client, mail(to=f"{HELP}, {ORDERS}", received="from a by b; today"), ORDERS) == {ORDERS: 250}

    (message,) = messages()
    assert set(message.to) == {HELP, ORDERS, token}
    assert "r.abc" in message.tokens


def test_each_recipient_has_an_answer_of_its_own(client: smtplib.LMTP) -> None:
    nobody = "nobody@juniper-and-clay.example"
    assert hand_over(client, mail(), HELP, nobody, ORDERS) == {HELP: 250, nobody: 550, ORDERS: 250}
    assert len(messages()) == 1


def test_the_verdict_of_the_server_that_hands_it_over_is_believed_and_no_other(client: smtplib.LMTP) -> None:
    for who, verdict in (
        ("1", "mx.juniper; dmarc=pass"),
        ("2", "mx.evil; dmarc=pass"),
        ("3", "mx.juniper; dmarc=fail"),
    ):
        hand_over(client, mail(message_id=f"<{who}@b.example>", authentication_results=verdict), HELP)

    assert [(m.proven, m.doubted) for m in messages()] == [(True, False), (False, False), (False, True)]


def test_a_file_of_25_megabytes_comes_in_whole(client: smtplib.LMTP) -> None:
    content = os.urandom(25 * 2**20)
    sent = whole(multipart(part("See the picture", "text/plain"), part(content, "image/jpeg; name=vase.jpg")))
    assert hand_over(client, sent, HELP) == {HELP: 250}

    (message,) = messages()
    assert message.files[0].content == content and message.text == "See the picture"


def test_what_is_too_large_is_said_to_each_recipient_and_the_line_goes_on(brand: Brand) -> None:
    with (
        listening(database_url(), AFTERCART_MAIL_MAX_BYTES="100000", AFTERCART_INTAKE_MAX_BYTES="1000") as port,
        smtplib.LMTP("127.0.0.1", port, timeout=20) as client,
    ):
        assert client.ehlo()[0] == 250 and client.esmtp_features["size"] == "100000"
        assert hand_over(client, mail("long\r\n" * 30_000), HELP, ORDERS) == {HELP: 552, ORDERS: 552}
        assert hand_over(client, mail(), HELP) == {HELP: 250}
    assert len(messages()) == 1


def test_without_a_database_it_is_asked_to_come_again(brand: Brand) -> None:
    gone = "host=127.0.0.1 port=1 dbname=none"
    with listening(gone) as port, smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
        assert hand_over(client, mail(), HELP) == {HELP: 451}


def test_lines_longer_than_smtp_allows_are_taken(client: smtplib.LMTP) -> None:
    hand_over(client, mail("word " * 20_000), HELP)

    (message,) = messages()
    assert message.text.count("word") == 20_000


def test_more_lines_than_it_can_hold_are_asked_to_come_again(brand: Brand) -> None:
    with listening(database_url()) as port:
        held = [_let_in(port) for _ in range(10)]
        with pytest.raises(smtplib.SMTPConnectError) as error:
            smtplib.LMTP("127.0.0.1", port, timeout=20)
        assert error.value.smtp_code == 421
        held.pop().quit()
        with _let_in(port) as again:
            assert hand_over(again, mail(), HELP) == {HELP: 250}
        for line in held:
            line.close()
    assert len(messages()) == 1
