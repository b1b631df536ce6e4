"""A shop asks, before anything is ordered, when it would arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from aftercart.api import doors
from aftercart.brands import calendar, storefronts
from aftercart.brands.calendar import Entry
from aftercart.brands.models import AuditEntry, Brand, Storefront
from aftercart.cli.main import app
from aftercart.plumbing import clock
from aftercart.plumbing.buckets import Buckets
from aftercart.promises import books, terms
from aftercart.promises.models import Promise
from tests.flows.test_ledger import hear
from tests.flows.test_repromise import experienced
from tests.telling import placed
from tests.world import NOW

__all__ = ["experienced"]
SHOP = "https://juniper.example"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Each question reads the database anew."""
    doors.forget()
    books.forget()
    yield
    doors.forget()
    books.forget()


@pytest.fixture
def shop(experienced: Brand) -> Storefront:
    experienced.clock_business, experienced.clock_machine, experienced.clock_rate = NOW, clock.machine(), 0
    experienced.save()
    return storefronts.add(experienced, [SHOP], at=NOW, by="test")


def ask(client: Client, shop: Storefront, origin: str = SHOP, **query: Any) -> Any:
    asked = {"key": shop.key, "country": "US", "region": "IL"} | query
    return client.get("/api/v1/promises/quote", asked, headers={"Origin": origin} if origin else {})


def test_it_answers_what_an_order_would_be_promised(shop: Storefront, client: Client) -> None:
    answer = ask(client, shop, language="en-US")
    hear(shop.brand, NOW, placed())

    told, first = answer.json(), Promise.objects.get()
    assert (told["latest"], told["version"]) == (first.latest.isoformat(), first.version)
    assert told["earliest"] <= told["likely"] <= told["latest"] and told["confidence"] >= 0.9
    assert told["text"] == "Arrives by Monday, March\N{NO-BREAK SPACE}16" and told["reason"] is None
    assert told["basis"].startswith("network")


def test_it_speaks_the_shoppers_language(shop: Storefront, client: Client) -> None:
    said = client.get(
        "/api/v1/promises/quote",
        {"key": shop.key, "country": "DE"},
        headers={"Origin": SHOP, "Accept-Language": "fr-FR, de;q=0.8"},
    ).json()
    assert said["language"] == "fr" and said["text"].startswith("Arrive au plus tard le lundi")
    assert ask(client, shop, language="ja").json()["text"].endswith("までに届きます")


def test_a_preorder_moves_the_date_and_says_why(shop: Storefront, client: Client) -> None:
    usual = ask(client, shop).json()
    leaves = date(2026, 4, 6)
    entry = Entry(kind="preorder", name="Teapot", begins=NOW.date(), sku="POT-1", ships_from=leaves, note="By hand.")
    calendar.add(shop.brand, [entry], at=NOW, by="test")
    books.forget()

    told = ask(client, shop, sku=["BOWL", "pot-1"], language="en-US").json()
    assert told["reason"] == {
        "kind": "preorder",
        "leaves": "2026-04-06",
        "text": "It is a preorder. It leaves us on Monday, April\N{NO-BREAK SPACE}6.",
        "note": "By hand.",
    }
    shift = leaves - NOW.date()
    assert date.fromisoformat(told["latest"]) == date.fromisoformat(usual["latest"]) + shift
    assert ask(client, shop, sku="BOWL").json()["latest"] == usual["latest"]


def test_after_the_cut_off_it_counts_as_of_the_next_working_day(shop: Storefront, client: Client) -> None:
    usual = ask(client, shop)
    terms.publish(shop.brand, at=NOW, by="test", cutoff_minute=60)
    books.forget()
    later = ask(client, shop)
    assert later.json()["latest"] > usual.json()["latest"]
    hear(shop.brand, NOW, placed())
    assert later.json()["latest"] == Promise.objects.get().latest.isoformat()
    assert 0 < int(usual["Cache-Control"].removeprefix("public, max-age=")) <= 300


def test_a_brand_that_knows_nothing_names_no_day(brand: Brand, client: Client) -> None:
    shop = storefronts.add(brand, [SHOP], at=NOW, by="test")
    told = ask(client, shop).json()
    assert (told["earliest"], told["latest"], told["confidence"], told["text"]) == (None, None, None, "")


def test_a_postal_code_tells_the_region_as_the_brands_orders_have_shown(shop: Storefront, client: Client) -> None:
    hear(shop.brand, NOW, placed())
    book = books.book_of(shop.brand, NOW)
    assert book.regions == {("US", "606"): "IL"}
    assert ask(client, shop, region="", postal_code="60699").json() == ask(client, shop).json()


@pytest.mark.parametrize(
    ("query", "status", "type_", "code", "param"),
    [
        ({"country": "Narnia"}, 400, "invalid_request", "invalid", "country"),
        ({"country": ""}, 400, "invalid_request", "invalid", "country"),
        ({"sku": ["x"] * 51}, 400, "invalid_request", "invalid", "sku"),
        ({"key": "pk_invented"}, 401, "authentication", "unknown_key", "key"),
        ({"origin": "https://elsewhere.example"}, 403, "permission", "origin_not_allowed", None),
        ({"origin": ""}, 403, "permission", "origin_not_allowed", None),
    ],
)
def test_every_error_has_one_shape_and_names_what_is_wrong(
    shop: Storefront, client: Client, query: dict[str, Any], status: int, type_: str, code: str, param: str | None
) -> None:
    answer = ask(client, shop, **query)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"], error["param"]) == (status, type_, code, param)
    assert error["message"] and set(answer.json()) == {"error"} and answer["Cache-Control"] == "no-store"


def test_what_is_left_out_and_what_is_not_there_are_said_in_the_same_shape(shop: Storefront, client: Client) -> None:
    bare = client.get("/api/v1/promises/quote", {"key": shop.key}, headers={"Origin": SHOP})
    assert bare.status_code == 400 and bare.json()["error"]["code"] == "missing"
    assert bare.json()["error"]["param"] == "country"
    nowhere = client.get("/api/v1/nowhere")
    assert nowhere.status_code == 404 and nowhere.json()["error"]["code"] == "no_such_address"


def test_only_pages_of_its_own_origins_may_read_an_answer(shop: Storefront, client: Client) -> None:
    allowed = ask(client, shop)
    assert allowed["Access-Control-Allow-Origin"] == SHOP and "Origin" in allowed["Vary"]
    wrong = ask(client, shop, country="QQ")
    assert wrong["Access-Control-Allow-Origin"] == SHOP, "the shop may read what it did wrong"
    assert "Access-Control-Allow-Origin" not in ask(client, shop, origin="https://elsewhere.example")


@pytest.mark.parametrize(("origin", "let_in"), [(SHOP, True), ("https://elsewhere.example", False)])
def test_browsers_that_ask_first_are_told(shop: Storefront, client: Client, origin: str, let_in: bool) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    answer = client.options("/api/v1/promises/quote", headers=headers)
    assert answer.status_code == 204
    assert (answer.get("Access-Control-Allow-Methods") == "GET") is let_in
    assert (answer.get("Access-Control-Allow-Origin") == origin) is let_in


def test_whoever_asks_too_often_waits_and_others_do_not(shop: Storefront, client: Client) -> None:
    Storefront.objects.update(per_minute=3)
    doors.forget()
    answers = [ask(client, shop).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    limited = ask(client, shop)
    assert int(limited["Retry-After"]) >= 1 and limited.json()["error"]["code"] == "too_many_questions"
    assert ask(Client(REMOTE_ADDR="10.9.9.9"), shop).status_code == 200


def test_a_key_that_was_revoked_opens_nothing(shop: Storefront, client: Client) -> None:
    assert storefronts.revoke(shop.brand, "shop", at=NOW, by="test")
    doors.forget()
    assert ask(client, shop).status_code == 401


def test_a_bucket_fills_again_in_a_minute() -> None:
    buckets, key = Buckets[tuple[UUID, str]](), (Storefront().id, "v")
    assert [buckets.take(key, 2, 0.0) for _ in range(3)] == [0.0, 0.0, 30.0]
    assert buckets.take(key, 2, 30.0) == 0.0 and buckets.take(key, 2, 31.0) > 28
    assert [buckets.take(key, 2, 1000.0) for _ in range(3)] == [0.0, 0.0, 30.0]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["storefront", *words])


def test_keys_are_made_listed_and_revoked_on_the_command_line(brand: Brand) -> None:
    made = json.loads(run("add", brand.slug, "HTTPS://Juniper.example/", "http://localhost:3000", "--json").output)
    assert made["origins"] == ["https://juniper.example", "http://localhost:3000"] and made["key"].startswith("pk_")
    assert made["key"] in run("list", brand.slug).output
    assert run("add", brand.slug, SHOP).stderr.startswith("aftercart: name: there is a key called 'shop'")
    assert run("revoke", brand.slug, "shop").output == "Revoked.\n"
    assert json.loads(run("list", brand.slug, "--json").output)[0]["revoked_at"]
    assert run("revoke", brand.slug, "shop").exit_code == 1
    shown = run("add", brand.slug, SHOP).output
    assert "data-key=" in shown and "data-arrives" in shown
    assert AuditEntry.objects.filter(action__startswith="storefront.").count() == 3


@pytest.mark.parametrize(
    "origin", ["juniper.example", "https://juniper.example/shop", "ftp://x.example", "https://x:99999"]
)
def test_what_is_no_origin_is_refused(brand: Brand, origin: str) -> None:
    ended = run("add", brand.slug, origin)
    assert ended.exit_code == 1 and ended.stderr.startswith("aftercart: origin:")


def test_a_quote_may_be_kept_until_its_day_ends(shop: Storefront, client: Client) -> None:
    brand = shop.brand
    brand.clock_business = NOW.replace(hour=23, minute=59) + timedelta(hours=0)
    brand.time_zone = "UTC"
    brand.save()
    doors.forget()
    books.forget()
    assert ask(client, shop)["Cache-Control"] in ("public, max-age=60", "public, max-age=59")
