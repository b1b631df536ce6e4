"""Who gets to see the operators' pages, and who does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery
from aftercart.ops.attempts import ALLOWED
from aftercart.outbox.models import Outgoing
from tests.flows.ops_pages import ACTS, LISTS, address, everything, text
from tests.flows.ops_rows import PASSWORD, Day, a_day, staff


@pytest.fixture
def day(brand: Brand) -> Day:
    return a_day(brand)


def test_charlie_who_is_on_no_staff_finds_no_page_and_can_do_nothing(client: Client, day: Day) -> None:
    client.force_login(staff("charlie", Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")))
    for url in everything(day):
        assert client.get(url).status_code == 404, url
    for name in ACTS:
        assert client.post(address(day, name), {"reason": "mine"}).status_code == 404, name
    assert Delivery.objects.get(id=day.quarantined).state == Delivery.QUARANTINED
    assert Outgoing.objects.get(id=day.parked).state == Outgoing.PARKED


def test_a_stranger_is_sent_to_the_log_in(client: Client, day: Day) -> None:
    for url in everything(day):
        response = client.get(url)
        assert response.status_code == 302 and response["Location"].startswith("/login/"), url
    for name in ACTS:
        assert client.post(address(day, name))["Location"].startswith("/login/"), name


def test_what_belongs_to_another_brand_is_not_found_under_ones_own(client: Client, day: Day) -> None:
    other = Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")
    client.force_login(staff("bob", other))
    for name in ("delivery", "body", "order", "notice"):
        assert client.get(address(day, name).replace("/juniper/", "/elsewhere/")).status_code == 404, name
    for name in ACTS:
        client.post(address(day, name).replace("/juniper/", "/elsewhere/"), {"reason": "mine"})
    assert Delivery.objects.get(id=day.quarantined).state == Delivery.QUARANTINED
    assert Outgoing.objects.get(id=day.parked).state == Outgoing.PARKED


@pytest.mark.parametrize("name", LISTS)
def test_no_list_of_one_brand_shows_a_row_of_another(name: str, client: Client, day: Day) -> None:
    other = Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")
    client.force_login(staff("bob", other))
    query = {"q": "1001"} if name == "search" else {}
    page = b"".join(client.get(reverse(f"ops:{name}", args=["elsewhere"]), query)).decode()
    assert "data-open" not in page and "Leipzig" not in page and "Bea" not in page


def test_the_short_address_leads_to_the_brand_last_looked_at(client: Client, brand: Brand) -> None:
    other = Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")
    client.force_login(staff("dora", brand, other))
    assert client.get("/ops/")["Location"] == "/ops/elsewhere/"
    page = text(client, "/ops/juniper/")
    assert "/ops/elsewhere/" in page, "another brand of hers is a click away"
    assert client.get("/ops/concerns/")["Location"] == "/ops/juniper/concerns/"


def test_a_superuser_sees_every_brand_and_nobody_else_does(client: Client, brand: Brand) -> None:
    client.force_login(staff("root", superuser=True))
    assert client.get("/ops/")["Location"] == "/ops/juniper/"
    client.force_login(staff("charlie"))
    response = client.get("/ops/")
    assert response.status_code == 404 and b"No brand has you on its staff" in response.content


def test_wrong_passwords_close_the_door_for_that_name_from_there_only(client: Client, brand: Brand) -> None:
    staff("alice", brand)
    staff("bob", brand)
    for _ in range(ALLOWED):
        assert client.post("/login/", {"username": "alice", "password": "guess"}).status_code == 200
    closed = client.post("/login/", {"username": "Alice", "password": PASSWORD})
    assert closed.status_code == 429 and int(closed["Retry-After"]) <= 15 * 60
    assert client.post("/login/", {"username": "bob", "password": PASSWORD})["Location"] == "/ops/"
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert elsewhere.post("/login/", {"username": "alice", "password": PASSWORD})["Location"] == "/ops/"


def test_behind_a_proxy_the_address_is_the_one_that_it_wrote_down(client: Client, brand: Brand, settings: Any) -> None:
    settings.PROXIES = 1
    staff("alice", brand)
    guess, right = ({"username": "alice", "password": word} for word in ("guess", PASSWORD))
    for _ in range(ALLOWED):
        client.post("/login/", guess, headers={"X-Forwarded-For": "203.0.113.5, 192.0.2.1"})
    assert client.post("/login/", right, headers={"X-Forwarded-For": "198.51.100.7, 192.0.2.1"}).status_code == 429
    assert client.post("/login/", right, headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}).status_code == 302


def test_logging_in_well_forgets_the_earlier_slips(client: Client, brand: Brand) -> None:
    staff("alice", brand)
    for _ in range(2):
        for _ in range(ALLOWED - 1):
            client.post("/login/", {"username": "alice", "password": "guess"})
        assert client.post("/login/", {"username": "alice", "password": PASSWORD}).status_code == 302
        client.post("/logout/")
