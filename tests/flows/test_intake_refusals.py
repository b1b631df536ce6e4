from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from aftercart.brands.models import Source
from aftercart.intake.models import Delivery, Payload
from tests import world
from tests.flows.intake_world import SHOP, Server, database_url, order, request, serving, shopify

pytestmark = pytest.mark.django_db(transaction=True)

BODY = order(1)
SIGNED = shopify(BODY, delivery="w-1")


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    juniper = world.juniper()
    Source.objects.filter(kind="shippo").update(secrets=[])
    Source.objects.create(brand=juniper, kind="shopify", name="old", secrets=["x"], token="closed", enabled=False)
    Source.objects.create(
        brand=juniper, kind="shopify", name="bound", secrets=["new", "old"], token="bound", bound_to="a.example"
    )
    with serving(database_url(), AFTERCART_INTAKE_MAX_BYTES="100000") as running:
        yield running


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["type"], error["param"]


def test_each_wrong_delivery_is_refused_with_one_clear_reason(server: Server) -> None:
    unknown = (404, "not_found", "address")
    for path in (
        "/in/nobody/shopify/token-shopify",
        "/in/juniper/nothing/token-shopify",
        "/in/juniper/easypost/token-shopify",
        "/in/juniper/shopify/wrong",
        "/in/juniper/shopify/t%C3%B6k%00n",
        "/in/juniper/shopify/closed",
        "/in/juniper/shopify",
        "/in/juniper/shopify/token-shopify/",
        "/in/",
    ):
        assert refused(httpx.post(server.url + path, content=BODY, headers=SIGNED)) == unknown, path
    wrong = (401, "unauthorized", "signature")
    for headers in ({}, SIGNED | {"x-shopify-hmac-sha256": "AAAA"}, shopify(BODY + b" ", delivery="w-1")):
        assert refused(httpx.post(server.url + SHOP, content=BODY, headers=headers)) == wrong
    got = httpx.get(server.url + SHOP)
    assert refused(got) == (405, "method_not_allowed", "method") and got.headers["allow"] == "POST"
    assert not Delivery.objects.exists()


def test_a_body_over_the_limit_is_refused_however_it_comes(server: Server) -> None:
    large = b"x" * 100_001
    announced = httpx.post(server.url + SHOP, content=large, headers=shopify(large, delivery="w-1"))
    assert refused(announced) == (413, "too_large", "body")
    chunked = httpx.post(server.url + SHOP, content=iter([large]), headers=shopify(large, delivery="w-1"))
    assert refused(chunked) == (413, "too_large", "body")
    most = b"x" * 100_000
    assert httpx.post(server.url + SHOP, content=iter([most]), headers=shopify(most, delivery="w-1")).is_success


def test_a_body_over_the_limit_is_refused_before_it_is_sent(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 10) as sender:
        head = request(SHOP, SIGNED, b"").replace(b"content-length: 0", b"content-length: 999999999999")
        sender.sendall(head)
        assert sender.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_shops_address_takes_no_other_shops_deliveries(server: Server) -> None:
    path = server.url + "/in/juniper/shopify/bound"
    for secret in ("new", "old"):
        body = order(2, secret=secret)
        other = httpx.post(path, content=body, headers=shopify(body, delivery=secret, secret=secret))
        assert refused(other) == (401, "unauthorized", "account")
        headers = shopify(body, delivery=secret, secret=secret, **{"x-shopify-shop-domain": "A.example"})
        assert httpx.post(path, content=body, headers=headers).json() == {"stored": True}


def test_a_signature_is_good_for_five_minutes(server: Server) -> None:
    body = json.dumps({"facts": []})
    for minutes, status in ((-6, 401), (-4, 200), (4, 200), (6, 401)):
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        delivery = f"msg_{minutes}"
        headers = {
            "webhook-id": delivery,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(world.SECRETS["aftercart"]).sign(delivery, at, body),
        }
        answer = httpx.post(server.url + "/in/juniper/aftercart/token-aftercart", content=body, headers=headers)
        assert answer.status_code == status, (minutes, answer.text)
        if status == 401:
            assert refused(answer) == (401, "unauthorized", "timestamp")


def test_an_unsigned_sender_is_proven_by_its_address_alone(server: Server) -> None:
    body = b'{"event":"track_updated","data":{}}'
    path = server.url + "/in/juniper/shippo/token-shippo"
    assert httpx.post(path, content=body).json() == {"stored": True}
    assert refused(httpx.post(path + "x", content=body))[0] == 404


def test_half_a_body_is_never_stored(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 10) as sender:
        sender.sendall(request("/in/juniper/shippo/token-shippo", {}, b'{"event":"track_updated"}')[:-5])
    whole = httpx.post(server.url + "/in/juniper/shippo/token-shippo", content=b"{}")
    assert whole.json() == {"stored": True}
    assert [bytes(payload.body) for payload in Payload.objects.all()] == [b"{}"]


def test_an_unsigned_sender_that_has_a_secret_must_sign(transactional_db: None) -> None:
    world.juniper()
    with serving(database_url()) as server:
        answer = httpx.post(server.url + "/in/juniper/shippo/token-shippo", content=b"{}")
    assert refused(answer) == (401, "unauthorized", "signature")


def test_a_signing_sender_without_a_secret_is_never_let_in(transactional_db: None) -> None:
    world.juniper()
    Source.objects.filter(kind="shopify").update(secrets=[])
    with serving(database_url()) as server:
        headers = shopify(BODY, delivery="w-1", secret="")
        answer = httpx.post(server.url + SHOP, content=BODY, headers=headers)
    assert refused(answer) == (401, "unauthorized", "signature")
