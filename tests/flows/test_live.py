"""Whoever looks is told of what changes, whatever happens to connections on the way."""

from __future__ import annotations

import socket
import time
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from aftercart.brands.models import Brand, Member
from aftercart.plumbing import clock, ids
from aftercart.tickets import acting
from aftercart.tickets.models import Body, Message, Ticket
from tests.flows.chat_world import LISTENING, Browser, answered, follow, heard, until_it_listens
from tests.flows.intake_world import Server, database_url, rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(alice: Browser) -> Browser:
    alice.open()
    return alice


def signed_in(brand: Brand | None, name: str = "maren") -> dict[str, str]:
    """The cookie of somebody on the staff of this brand."""
    user = get_user_model().objects.create_user(name, password="never-used")
    if brand is not None:
        Member.objects.create(brand=brand, user=user)
    client = Client()
    client.force_login(user)
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}


def test_however_many_look_one_connection_listens_and_it_comes_back(alice: Browser, juniper: Brand) -> None:
    alice.write("Hello")
    (fact,) = heard(juniper)
    with alice.following() as one, alice.following() as other:
        assert one.lines() == other.lines() == ["Hello"]
        until_it_listens()
        (listening,) = rows(database_url(), LISTENING)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", listening)
        answered(juniper, fact.thread, "Said while nobody listened")
        for stream in (one, other):
            assert stream.next()["data"]["text"] == "Said while nobody listened"
        answered(juniper, fact.thread, "And then")
        assert one.next()["data"]["text"] == "And then"
        assert len(rows(database_url(), LISTENING)) == 1


def test_a_reader_who_takes_nothing_is_let_go_and_holds_up_nobody(alice: Browser, juniper: Brand) -> None:
    alice.write("Hello")
    (fact,) = heard(juniper)
    said_much(juniper, fact.thread)
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.settimeout(60)
        lazy.connect(("127.0.0.1", alice.server.port))
        path = alice.url("events").removeprefix(alice.server.url)
        head = [
            f"GET {path} HTTP/1.1",
            "host: 127.0.0.1",
            f"origin: {alice.origin}",
            f"authorization: Bearer {alice.token}",
        ]
        lazy.sendall("\r\n".join([*head, "", ""]).encode())
        with alice.following() as quick:
            assert len(quick.lines()) == 121
        time.sleep(12)
        taken = b""
        while part := lazy.recv(65_536):
            taken += part
        assert taken.count(b"event: line") < 121, "more than the network holds for somebody who takes nothing"


def said_much(brand: Brand, thread: str) -> None:
    """Twelve megabytes of answers."""
    first = Message.objects.get(brand=brand)
    for n in range(120):
        first.id, first.direction, first.at = ids.new(), Message.OUT, first.at + timedelta(seconds=1)
        first.save(force_insert=True)
        Body.objects.create(id=first.id, brand=brand, thread=thread, text=f"{n} " + "x" * 100_000)


def test_the_desk_hears_of_each_ticket_that_changes_and_of_no_other_brand_s(
    server: Server, alice: Browser, juniper: Brand
) -> None:
    fern = Brand.objects.create(slug="fern", name="Fern", from_email="a@fern.example", country="GB")
    with (
        follow(f"{server.url}/live/juniper/desk", signed_in(juniper)) as desk,
        follow(f"{server.url}/live/fern/desk", signed_in(fern, "fern")) as elsewhere,
    ):
        assert set(desk.next()["data"]) == set(elsewhere.next()["data"]) == {"at"}, "what is shown may be old"
        until_it_listens()
        while not desk.nothing(1):
            pass  # something may have been missed before somebody listened
        alice.write("Where is it?")
        heard(juniper)
        ticket = Ticket.objects.get()
        told = desk.next()
        assert "event" not in told and told["data"]["ticket"] == str(ticket.id)
        acting.assign(acting.Who(juniper, None), ticket.id, None, clock.business(juniper))
        assert desk.next()["data"]["ticket"] == str(ticket.id)
        elsewhere.events.queue.clear()
        assert elsewhere.nothing()


def test_only_its_staff_hears_of_a_brand(server: Server, juniper: Brand) -> None:
    url = f"{server.url}/live/juniper/desk"
    assert httpx.get(url).status_code == 403
    assert httpx.get(url, headers={"cookie": f"{settings.SESSION_COOKIE_NAME}=invented"}).status_code == 403
    assert httpx.get(url, headers=signed_in(None)).status_code == 403
    assert httpx.get(f"{server.url}/live/nobody/desk", headers=signed_in(juniper, "other")).status_code == 403
    assert httpx.get(f"{server.url}/live/juniper").status_code == 404
