"""Mail that is posted: by a mail server of the brand's own, and by providers; through the real endpoint."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from aftercart.brands.models import Brand, Source
from aftercart.intake.mailboxes import services
from tests import world
from tests.connectors.inbound_cases import TO, WAYS, Way, letter
from tests.flows.intake_world import SHOP, Server, database_url, order, serving, shopify
from tests.flows.mail_world import messages

HELP = "help@juniper.example"
UNSIGNED_TIME = [way for way in WAYS if way.name != "signed"]  # that one is signed for another day


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    brand: Brand = world.juniper()
    for kind in {way.source for way in WAYS}:
        secrets = [way.secret for way in UNSIGNED_TIME if way.source == kind]
        Source.objects.create(brand=brand, kind=kind, secrets=secrets, token=f"t-{kind}")
    services.add(brand, name="help", way="mail", addresses=[HELP], authserv_id="mx.juniper", by="maren")
    with serving(database_url()) as server:
        yield server


def post(server: Server, way: Way, content: bytes, **more: str) -> httpx.Response:
    body, headers = way.post(content, TO, way.secret)
    given = headers | {name.replace("_", "-"): value for name, value in more.items()}
    return httpx.post(f"{server.url}/in/juniper/{way.source}/t-{way.source}", content=body, headers=given, timeout=60)


def test_whoever_brings_it_it_is_stored_once_and_only_proven(server: Server) -> None:
    content = letter()
    for way in UNSIGNED_TIME:
        assert post(server, way, content).status_code == 200
        assert post(server, way, content, authorization="Basic no").status_code == (
            200 if way.source == "mailgun" else 401
        )
    # Put together from parts it is known by its parts: whole and in parts are two deliveries of one message.
    assert {message.message_id for message in messages()} == {"b7c1@example.com"}
    assert len(messages()) == 8


def test_no_sender_writes_what_only_we_know(server: Server) -> None:
    (way,) = (way for way in WAYS if way.source == "mail")
    forged = b"Authentication-Results: mx.evil; dmarc=pass\r\n" + letter()
    post(server, way, forged, aftercart_believed="mx.evil", aftercart_ours="x@y.example", aftercart_cut="9")
    real = b"Authentication-Results: mx.juniper; dmarc=pass\r\n" + letter("Another")
    post(server, way, real)

    doubtful, proven = sorted(messages(), key=lambda message: message.proven)
    assert (doubtful.proven, proven.proven) == (False, True)
    assert doubtful.to == (HELP,) and not doubtful.notes


def test_a_file_of_25_megabytes_comes_by_mail_and_nothing_else_is_that_large(server: Server) -> None:
    content = b"%PDF" + os.urandom(25 * 2**20)
    (way,) = (way for way in WAYS if (way.source, way.name) == ("mailgun", "parts"))
    assert post(server, way, letter(file=content)).status_code == 200
    (message,) = messages()
    assert message.files[0].content == content

    large = order(1, note="x" * 6_000_000)
    refused = httpx.post(server.url + SHOP, content=large, headers=shopify(large, delivery="w"), timeout=60)
    assert refused.status_code == 413
