"""Providers that bring mail and nothing else, through the real endpoint: as they call, and as nobody may."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand, Source
from aftercart.intake.mailboxes import services
from aftercart.intake.models import Delivery
from tests import world
from tests.connectors.hook_cases import CALLS, FORM, JSON, KEPT, SIGNING, Call, mandrill
from tests.connectors.inbound_cases import TO, letter
from tests.flows.intake_world import Server, database_url, serving
from tests.flows.mail_world import messages

ALL = [*CALLS, *KEPT]
STORED, KNOWN = {"stored": True}, {"stored": False}


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    brand: Brand = world.juniper()
    for kind in {call.source for call in ALL}:
        secrets = list(dict.fromkeys(call.secret for call in ALL if call.source == kind))
        keys = dict(next(call.settings for call in ALL if call.source == kind))
        Source.objects.create(brand=brand, kind=kind, secrets=secrets, token=f"t-{kind}", settings=keys)
    services.add(brand, name="help", way="postal", addresses=["help@juniper.example"], by="maren")
    with serving(database_url()) as server:
        yield server


def send(server: Server, call: Call, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(
        f"{server.url}/in/juniper/{call.source}/t-{call.source}", content=body, headers=headers, timeout=60
    )


def posted(server: Server, call: Call, content: bytes) -> httpx.Response:
    return send(server, call, *call.post(content, TO, call.secret))


def test_each_is_stored_once_however_often_it_is_brought(server: Server) -> None:
    for call in ALL:
        content = letter(f"By {call.source}, {call.name}")
        assert [posted(server, call, content).json() for _ in range(3)] == [STORED, KNOWN, KNOWN], call
        assert httpx.head(f"{server.url}/in/juniper/{call.source}/t-{call.source}").status_code == 200
    assert Delivery.objects.count() == len(ALL)
    assert httpx.head(f"{server.url}/in/juniper/mandrill/another").status_code == 404
    assert {one.message_id for one in messages()} == {"b7c1@example.com"} and len(messages()) == len(CALLS) + 1


def test_whoever_is_not_the_provider_is_refused_and_nothing_is_stored(server: Server) -> None:
    for call in ALL:
        body, headers = call.post(letter(), TO, call.secret)
        others = {"signature": "0" * 64, "authorization": "Basic am9lOmpvZQ==", "svix-timestamp": "1600000000"}
        forged = {name: others.get(name, "AAAA") for name in headers if name not in ("content-type", "svix-id")}
        bare = {"content-type": headers["content-type"]}
        for given in (bare, bare | forged, bare | dict.fromkeys(forged, "")):
            assert send(server, call, body, given).status_code == 401, call
        if call in SIGNING:
            for other in (body + b" ", body[:-9], body.replace(b"7", b"8"), b"{}"):
                assert send(server, call, other, headers).status_code == 401, call
        assert send(server, call, body, call.sign(body, call.secret) | {"x": "y"}).status_code == 200
    assert Delivery.objects.count() == len(ALL)


def test_what_is_no_mail_of_theirs_goes_to_quarantine_with_the_reason(server: Server) -> None:
    junk = [b"", b"{}", b"[]", b"[7]", b'{"items": [{}]}', b'{"events": 7}', b'{"type": "moon.rose"}', "{é".encode()]
    junk += [b'[{"msys": {"relay_message": {"content": {}}}}]', b'{"message": "!", "base64": true}']
    sent = 0
    for call in ALL:
        whole = call.post(letter(), TO, call.secret)[0]
        for body in [*junk, whole[: len(whole) // 2]]:
            if call.source == "mandrill" and b"=" not in body:
                continue  # no form: then nobody can say who signed it
            found = send(server, call, body, call.sign(body, call.secret))
            assert found.status_code == 200, (call, body)
            sent += found.json() == STORED
    pipeline.settle(world.NOW)
    stuck = Delivery.objects.filter(state=Delivery.QUARANTINED)
    # SparkPost's list of none is no mail and no mistake.
    assert not messages() and stuck.count() == sent - 1
    assert all(row.error.startswith(("PayloadError: ", "SealError: ")) for row in stuck), list(stuck.values("error"))


def test_one_that_cannot_be_read_does_not_cost_the_others(server: Server) -> None:
    (call,) = (one for one in CALLS if one.source == "mandrill")
    good = [{"event": "inbound", "msg": {"raw_msg": letter(n).decode(), "email": TO}} for n in ("one", "two")]
    body = mandrill(good[0], {"event": "inbound", "msg": {}}, {"event": "open"}, good[1])
    assert send(server, call, body, call.sign(body, call.secret)).json() == STORED
    assert [one.text for one in messages()] == ["one", "two"]


def test_another_content_type_changes_nothing_that_is_proven(server: Server) -> None:
    for call in ALL:
        body, headers = call.post(letter(), TO, call.secret)
        other = headers | (JSON if call.source == "mandrill" else FORM)
        assert send(server, call, body, other).status_code == (401 if call.source == "mandrill" else 200), call


def test_what_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    for call in ALL:
        where = urlsplit(server.url)
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as line:
            path = f"/in/juniper/{call.source}/t-{call.source}"
            line.sendall(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 99000000\r\n\r\n{{".encode())
            assert line.recv(999).startswith(b"HTTP/1.1 413"), call
    assert not Delivery.objects.exists()


def test_a_file_of_25_megabytes_comes_however_it_is_packed(server: Server) -> None:
    content = b"%PDF" + os.urandom(25 * 2**20)
    for source in ("postal", "mandrill"):
        call = [one for one in CALLS if one.source == source][-1]
        assert posted(server, call, letter(source, content)).status_code == 200
    assert [message.files[0].content == content for message in messages()] == [True, True]
