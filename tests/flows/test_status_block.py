"""The shop's own order page says how the order stands, to whoever the shop itself shows it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from aftercart.api import doors
from aftercart.brands import storefronts
from aftercart.brands.models import Brand, Storefront
from aftercart.cli.main import app
from aftercart.orders.models import Order
from aftercart.people.models import PageVisit
from aftercart.promises.models import Promise
from tests.browser import tales, world

pytestmark = pytest.mark.django_db
SHOP = "https://juniper.example"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    doors.forget()
    yield
    doors.forget()


@pytest.fixture
def brand(db: None) -> Brand:
    return world.shop()


@pytest.fixture
def door(brand: Brand) -> Storefront:
    return storefronts.add(brand, [SHOP], at=world.NOW, by="test")


def tell(brand: Brand, tale: world.Tale) -> Order:
    world.tell(brand, tale)
    return Order.objects.latest("placed_at")


def ask(client: Client, door: Storefront, order: Order, origin: str = SHOP, **query: Any) -> Any:
    asked = {"key": door.key, "order": order.external_id, "proof": storefronts.proof(door.key, order.external_id)}
    return client.get("/api/v1/orders/status", asked | query, headers={"Origin": origin} if origin else {})


@pytest.mark.parametrize(
    ("tale", "state", "tone", "text"),
    [
        (tales.ON_TIME, "arriving", "good", "Arriving Thursday 26 November"),
        (tales.LATE, "late", "late", "Running 1 day late: now between"),
        (tales.DELIVERED, "delivered", "done", "Delivered on Friday, November"),
        (tales.ASKED, "asked", "act", "Waiting for you: the courier needs your full address"),
        (tales.PACKING, "arriving", "good", "Arriving"),
        (tales.COLLECT, "collect", "act", "Ready for you to collect"),
        (tales.SPANISH, "today", "good", "Llega hoy, martes 24 de noviembre"),
    ],
)
def test_it_says_what_the_tracking_page_says(
    brand: Brand, door: Storefront, client: Client, tale: world.Tale, state: str, tone: str, text: str
) -> None:
    answer = ask(client, door, tell(brand, tale))
    told = answer.json()
    assert answer.status_code == 200 and (told["state"], told["tone"]) == (state, tone)
    assert told["text"].replace("\N{NO-BREAK SPACE}", " ").startswith(text)
    assert answer["Access-Control-Allow-Origin"] == SHOP and answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("tale", [tales.ON_TIME, tales.COLLECT, tales.LATE, tales.DELIVERED, tales.JAPANESE])
def test_it_names_nobody_and_no_place(brand: Brand, door: Storefront, client: Client, tale: world.Tale) -> None:
    order = tell(brand, tale)
    said = ask(client, door, order).content.decode()
    private = [order.city, order.postal_code, "@", "Bristol", "Leipzig", "East Midlands", "Portland"]
    assert [word for word in private if word and word in said] == []
    assert not {"address", "total", "number", "name", "carrier"} & ask(client, door, order).json().keys()


def test_its_link_opens_nothing_by_itself(brand: Brand, door: Storefront, client: Client) -> None:
    told = ask(client, door, tell(brand, tales.ON_TIME), language="de").json()
    assert told["link"].endswith("/t/juniper/?lang=de") and told["link_text"] == "Wo ist meine Bestellung?"
    assert told["language"] == "de"


def test_the_proof_is_what_any_server_can_make_with_the_secret(brand: Brand, door: Storefront, client: Client) -> None:
    secret = CliRunner().invoke(app, ["storefront", "secret", "juniper", "shop"]).output.strip()
    order = tell(brand, tales.ON_TIME)
    proof = hmac.new(secret.encode(), order.external_id.encode(), hashlib.sha256).hexdigest()
    assert ask(client, door, order, proof=proof).status_code == 200
    assert ask(client, door, order, proof=proof.upper()).status_code == 200
    assert secret not in ask(client, door, order).content.decode() and secret != door.key


def test_a_wrong_proof_and_an_order_that_is_not_there_get_the_same_answer(
    brand: Brand, door: Storefront, client: Client
) -> None:
    order = tell(brand, tales.ON_TIME)
    elsewhere = storefronts.add(brand, [SHOP], at=world.NOW, by="test", name="other")
    doors.forget()
    unknown = Order(external_id="no such order")
    answers = [
        ask(client, door, order, proof="0" * 64),
        ask(client, door, order, proof=storefronts.proof(elsewhere.key, order.external_id)),
        ask(client, door, order, proof=storefronts.proof(door.key, "another order")),
        ask(client, door, unknown),
    ]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert answers[0].json()["error"]["code"] == "no_such_order"
    assert not PageVisit.objects.exists()


def test_another_brand_s_key_opens_no_order_of_ours(brand: Brand, door: Storefront, client: Client) -> None:
    order = tell(brand, tales.ON_TIME)
    other = Brand.objects.create(slug="fennel", name="Fennel", from_email="a@fennel.example", country="NL")
    theirs = storefronts.add(other, [SHOP], at=world.NOW, by="test")
    doors.forget()
    assert ask(client, theirs, order).status_code == 404


@pytest.mark.parametrize("origin", ["https://elsewhere.example", ""])
def test_only_pages_of_the_shop_are_answered(brand: Brand, door: Storefront, client: Client, origin: str) -> None:
    refused = ask(client, door, tell(brand, tales.ON_TIME), origin=origin)
    assert refused.status_code == 403 and "Access-Control-Allow-Origin" not in refused


def test_whoever_asks_too_often_waits(brand: Brand, client: Client) -> None:
    door = storefronts.add(brand, [SHOP], at=world.NOW, by="test", per_minute=2)
    order = tell(brand, tales.ON_TIME)
    codes = [ask(client, door, order, proof="0" * 64).status_code for _ in range(3)]
    assert codes == [404, 404, 429], "guesses count too"


@pytest.mark.parametrize("missing", ["order", "proof"])
def test_what_is_left_out_is_named(brand: Brand, door: Storefront, client: Client, missing: str) -> None:
    asked = {"key": door.key, "order": "1", "proof": "0"}
    del asked[missing]
    answer = client.get("/api/v1/orders/status", asked, headers={"Origin": SHOP})
    assert answer.status_code == 400 and answer.json()["error"]["param"] == missing


def test_browsers_that_ask_first_are_told(door: Storefront, client: Client) -> None:
    answer = client.options("/api/v1/orders/status", headers={"Origin": SHOP})
    assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (204, "GET")


def test_it_counts_as_a_look_and_a_date_that_it_shows_is_told(brand: Brand, door: Storefront, client: Client) -> None:
    order = tell(brand, tales.LATE)
    before = Promise.objects.filter(order_id=order.id).count()
    ask(client, door, order)
    assert PageVisit.objects.get().surface == "shop page"
    told = Promise.objects.filter(order_id=order.id).order_by("told_at", "id")
    assert told.count() in (before, before + 1)
