from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from aftercart.brands.models import Brand, Source
from aftercart.intake.models import Delivery, Payload
from tests import world
from tests.flows.intake_world import (
    SHOP,
    Server,
    database_url,
    delivery,
    order,
    request,
    rows,
    send_at_once,
    serving,
    shopify,
    stored_keys,
)

NEW, KNOWN = (200, {"stored": True}), (200, {"stored": False})

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def juniper(transactional_db: None) -> Brand:
    return world.juniper()


@pytest.fixture
def server(juniper: Brand) -> Iterator[Server]:
    with serving(database_url(), AFTERCART_INTAKE_MAX_BYTES="100000") as running:
        yield running


def test_a_signed_delivery_is_stored_when_it_is_answered(server: Server, juniper: Brand) -> None:
    body = order(1001)
    headers = shopify(body, delivery="w-1", **{"x-forwarded-for": "203.0.113.9"})
    answer = httpx.post(server.url + SHOP, content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"stored": True})
    kept = Delivery.objects.get(brand=juniper)
    payload = Payload.objects.get(id=kept.id)
    assert (kept.source, kept.topic, kept.state) == ("shopify", "orders/updated", "waiting")
    assert bytes(payload.body) == body
    assert payload.headers["x-shopify-topic"] == "orders/updated"
    assert "x-forwarded-for" not in payload.headers and "x-shopify-hmac-sha256" not in payload.headers


def test_a_second_attempt_and_a_twin_under_another_id_are_both_known(server: Server) -> None:
    answers = []
    for name, body in (("w-1", order(1)), ("w-1", order(1)), ("w-1", order(2)), ("w-2", order(1))):
        answer = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery=name))
        answers.append((answer.status_code, answer.json()["stored"]))
    assert answers == [(200, True), (200, False), (200, False), (200, False)]
    assert stored_keys(database_url()) == ["w-1"]


def test_two_shops_may_use_the_same_delivery_id(juniper: Brand) -> None:
    other = Brand.objects.create(slug="fern", name="Fern", from_email="a@fern.example", country="GB")
    Source.objects.create(brand=other, kind="shopify", secrets=["fern-secret"], token="token-fern")
    body = order(1)
    with serving(database_url()) as server:
        first = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery="w-1"))
        headers = shopify(body, delivery="w-1", secret="fern-secret")
        second = httpx.post(server.url + "/in/fern/shopify/token-fern", content=body, headers=headers)
    assert first.json() == second.json() == {"stored": True}


def test_odd_bytes_in_headers_and_body_are_kept_and_harm_nobody(server: Server) -> None:
    body = order(1, note="\0") + b"\xff\xfe\0"
    headers = shopify(body, delivery="w-\xe9\xff" + "x" * 300, **{"x-shopify-topic": "orders/\xff"})
    with socket.create_connection(("127.0.0.1", server.port), 10) as sender:
        sender.sendall(request(SHOP, headers, body))
        assert sender.recv(1000).startswith(b"HTTP/1.1 200")
    assert bytes(Payload.objects.get().body) == body


def test_five_hundred_at_once_share_commits(server: Server) -> None:
    assert send_at_once(server, [delivery(n) for n in range(500)]) == [NEW] * 500
    database = database_url()
    assert stored_keys(database) == sorted(f"w-{n}" for n in range(500))
    ((commits,),) = rows(database, "SELECT count(DISTINCT xmin::text) FROM intake_delivery")
    assert commits < 100


def test_two_processes_that_hear_the_same_store_it_once(juniper: Brand) -> None:
    with serving(database_url(), workers=2) as server:
        answers = send_at_once(server, [delivery(n) for n in range(150)] * 2)
    assert (answers.count(NEW), answers.count(KNOWN)) == (150, 150)
    assert len(stored_keys(database_url())) == 150


def test_senders_who_hang_up_leave_nothing_half_stored(server: Server) -> None:
    for number in range(50):
        with socket.create_connection(("127.0.0.1", server.port), 10) as sender:
            sender.sendall(delivery(number))
    again = send_at_once(server, [delivery(n) for n in range(50)])
    assert {status for status, _ in again} == {200}
    database = database_url()
    assert len(stored_keys(database)) == 50
    assert rows(database, "SELECT count(*) FROM intake_seen") == [(50,)]


def test_one_port_serves_deliveries_health_and_pages(server: Server) -> None:
    health = httpx.get(server.url + "/health")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    page = httpx.get(server.url + "/login/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert httpx.get(server.url + "/nothing-here").status_code == 404


def test_a_slow_sender_holds_up_nobody(server: Server) -> None:
    slow_body, body = order(1), order(2)
    content = request(SHOP, shopify(slow_body, delivery="slow"), slow_body)
    with socket.create_connection(("127.0.0.1", server.port), 10) as slow:
        slow.sendall(content[:-10])
        quick = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery="quick"))
        assert quick.elapsed.total_seconds() < 2
        for byte in content[-10:]:
            slow.sendall(bytes([byte]))
            time.sleep(0.02)
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
    assert stored_keys(database_url()) == ["quick", "slow"]


def test_on_sigterm_what_was_begun_is_finished(server: Server) -> None:
    answered: list[str] = []
    senders = [threading.Thread(target=_send_until_refused, args=(server, answered, n)) for n in range(8)]
    for sender in senders:
        sender.start()
    deadline = time.monotonic() + 20
    while len(answered) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(server.process.pid, signal.SIGTERM)
    assert server.process.wait(20) == 0
    for sender in senders:
        sender.join(20)
    assert len(answered) >= 20
    assert stored_keys(database_url()) == sorted(answered)


def _send_until_refused(server: Server, answered: list[str], sender: int) -> None:
    with httpx.Client(timeout=20) as client:
        for number in range(10_000):
            body, name = order(number, sender=sender), f"{sender}-{number}"
            try:
                answer = client.post(server.url + SHOP, content=body, headers=shopify(body, delivery=name))
            except httpx.TransportError:
                return
            assert answer.status_code == 200
            answered.append(name)
