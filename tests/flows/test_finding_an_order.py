"""How a customer gets to the page of an order, and how a stranger does not."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftercart.brands.models import Brand
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.people.links import (
    Expired,
    Link,
    Unreadable,
    read_tracking_token,
    tracking_token,
)
from aftercart.people.models import PageVisit
from aftercart.plumbing import ids
from tests.browser import tales, world
from tests.flows.customer import path_of, see, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Brand:
    return world.shop()


# Links


def test_a_link_opens_one_order_of_one_brand(shop: Brand) -> None:
    order = world.tell(shop, tales.ON_TIME)
    token = tracking_token(shop, Link(order.id, full=True))
    assert read_tracking_token(shop, token) == Link(order.id, full=True)
    other = Brand.objects.create(slug="other", name="Other", from_email="x@other.example", country="NL")
    for wrong in (token[:-1], "x" + token, "", "....", token.replace("f", "l", 1)):
        with pytest.raises(Unreadable):
            read_tracking_token(shop, wrong)
    with pytest.raises(Unreadable):
        read_tracking_token(other, token)


def test_a_link_of_an_order_that_does_not_exist_says_no_more_than_a_broken_one(shop: Brand, client: Client) -> None:
    token = tracking_token(shop, Link(ids.new(), full=True))
    unknown = see(client, f"/t/juniper/{token}/", 404)
    assert unknown == see(client, "/t/juniper/broken/", 404)
    assert "This link is not complete or not ours." in unknown


def test_an_unknown_brand_is_not_found(db: None, client: Client) -> None:
    for path in ("/t/nobody/", "/t/nobody/x/", "/t/nobody/theme.css"):
        assert client.get(path).status_code == 404


@pytest.mark.usefixtures("mid_hour")
def test_an_expired_link_shows_nothing_and_offers_a_fresh_one_to_the_address_on_the_order(
    shop: Brand, client: Client, settings: Any
) -> None:
    order = world.tell(shop, tales.SPANISH)
    path = path_of(shop, order)
    settings.TRACKING_LINK_DAYS = -1
    with pytest.raises(Expired):
        read_tracking_token(shop, path.split("/")[3])
    page = see(client, path, 410)
    assert "Este enlace ha caducado" in page and "d•••@example.com" in page
    assert "Valencia" not in page and "dolores" not in page and PageVisit.objects.count() == 0
    sent = client.post(path + "link/")
    assert "Su enlace está en camino" in text_of(sent)
    client.post(path + "link/")
    owed = Outgoing.objects.get()
    body = OutgoingBody.objects.get(id=owed.id)
    assert (owed.kind, owed.state, body.address, body.language) == ("fresh_link", "due", "dolores@example.com", "es")
    assert body.subject == "Su enlace al pedido 1049"
    settings.TRACKING_LINK_DAYS = 120
    link = re.search(r"http://\S+", body.text)
    assert link and "Valencia" in see(client, urlsplit(link[0]).path)


def test_a_fresh_link_needs_a_link_that_was_ours(shop: Brand, client: Client) -> None:
    assert client.post("/t/juniper/made-up/link/").status_code == 404
    assert client.get("/t/juniper/made-up/link/").status_code == 405
    assert Outgoing.objects.count() == 0


# Finding an order by its number


def _find(client: Client, number: str, proof: str, **headers: Any) -> Any:
    return client.post("/t/juniper/", {"number": number, "proof": proof}, **headers)


@pytest.mark.parametrize(
    ("number", "proof"),
    [("1042", "alice@example.com"), (" #1042", "Alice@Example.com "), ("1042", "BS1 4QA"), ("1042", "bs14qa")],
)
def test_an_order_is_found_by_number_and_e_mail_or_postcode(
    shop: Brand, client: Client, number: str, proof: str
) -> None:
    world.tell(shop, tales.ON_TIME)
    answer = _find(client, number, proof)
    assert answer.status_code == 302
    page = see(client, answer.headers["Location"])
    assert "Arriving Thursday 26 November" in page and "East Midlands" in page
    for private in ("4 Quayside Walk", "Alice Moreau", "£187.00", "JJD0104207731", "Salt-glazed", "Bristol, United"):
        assert (private in page) == (private == "Bristol, United"), private


def test_what_a_carrier_wrote_itself_is_not_shown_to_who_knows_only_a_number(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.LATE)
    assert "HUB BACKLOG 4" in see(client, path_of(shop, order))
    limited = see(client, _find(client, "1044", "BS1 4QA").headers["Location"])
    assert "HUB BACKLOG 4" not in limited and "Leipzig" in limited


def test_what_was_found_may_ask_for_the_full_link(shop: Brand, client: Client) -> None:
    world.tell(shop, tales.ON_TIME)
    limited = _find(client, "1042", "BS1 4QA").headers["Location"]
    assert "Send me the link" in see(client, limited)
    client.post(limited + "link/")
    assert OutgoingBody.objects.get().address == "alice@example.com"


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("1042", "dolores@example.com"),
        ("1042", "46003"),
        ("4711", "alice@example.com"),
        ("1042", "@"),
        ("1042", "a"),
        ("1042", "’; DROP TABLE"),
    ],
)
def test_wrong_and_unknown_get_the_same_answer_at_the_same_cost(
    shop: Brand, client: Client, number: str, proof: str
) -> None:
    world.tell(shop, tales.ON_TIME)
    _find(client, "0", "0")  # the first look from an address also clears away old counts
    with CaptureQueriesContext(connection) as right:
        assert _find(client, "1042", "alice@example.com").status_code == 302
    with CaptureQueriesContext(connection) as wrong:
        answer = _find(client, number, proof)
    assert answer.status_code == 200
    assert "We find no order with this number and this e-mail address or postcode." in text_of(answer)
    assert len(wrong) == len(right)


def test_an_order_without_address_and_postcode_is_found_by_nobody(shop: Brand, client: Client) -> None:
    world.tell(shop, tales.ON_TIME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET postal_code = ''; UPDATE people_customer SET email = ''")
    for proof in ("-", " . ", "#", "@"):
        assert _find(client, "1042", proof).status_code == 200


def test_who_refuses_cookies_finds_an_order_too(shop: Brand) -> None:
    world.tell(shop, tales.ON_TIME)
    found = _find(Client(enforce_csrf_checks=True), "1042", "alice@example.com")

    assert found.status_code == 302 and not found.cookies


def test_an_empty_form_says_what_is_missing_where_it_is(shop: Brand, client: Client) -> None:
    page = client.post("/t/juniper/", {"number": "", "proof": ""}).content.decode()
    assert "Enter the number of your order." in page and 'aria-invalid="true"' in page


@pytest.mark.usefixtures("mid_hour")
def test_trying_many_numbers_from_one_address_is_stopped(shop: Brand, client: Client, settings: Any) -> None:
    settings.LOOKUPS_PER_HOUR = 3
    world.tell(shop, tales.ON_TIME)
    codes = [_find(client, str(number), "alice@example.com").status_code for number in range(4)]
    assert codes == [200, 200, 200, 429]
    assert _find(client, "1042", "alice@example.com").status_code == 429
    elsewhere = _find(client, "1042", "alice@example.com", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


@pytest.mark.usefixtures("mid_hour")
def test_trying_one_number_from_many_addresses_is_stopped(shop: Brand, client: Client, settings: Any) -> None:
    settings.LOOKUPS_PER_HOUR = 3
    world.tell(shop, tales.ON_TIME)
    codes = [_find(client, "1042", "guess", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(4)]
    assert codes == [200, 200, 200, 429]
    assert _find(client, "#1042", "alice@example.com", REMOTE_ADDR="192.0.2.99").status_code == 429


@pytest.mark.usefixtures("mid_hour")
def test_behind_a_proxy_the_visitors_own_address_counts_and_one_they_claim_does_not(
    shop: Brand, client: Client, settings: Any
) -> None:
    settings.LOOKUPS_PER_HOUR, settings.PROXIES = 1, 1

    def tried(number: int, forwarded: str) -> int:
        return int(_find(client, str(number), "x@y.example", headers={"x-forwarded-for": forwarded}).status_code)

    assert tried(1, "198.51.100.1, 192.0.2.1") == 200
    assert tried(2, "198.51.100.2, 192.0.2.1") == 429
    assert tried(3, "192.0.2.2") == 200
