"""What customers see of their orders, and what strangers do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from aftercart.brands.models import Brand
from aftercart.orders.models import Order, Parcel, Track
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.people.links import (
    Expired,
    Link,
    Unreadable,
    read_tracking_token,
    tracking_token,
    tracking_url,
)
from aftercart.people.models import PageVisit
from aftercart.plumbing import ids
from aftercart.promises.models import Promise
from aftercart.selfservice.limits import PER_NUMBER
from tests.browser import tales, world

pytestmark = pytest.mark.django_db

Look = Callable[..., str]


@pytest.fixture
def shop(db: None) -> Brand:
    return world.shop()


def _path(shop: Brand, order: Order) -> str:
    return urlsplit(tracking_url(shop, order.id)).path


def _text(response: Any) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


def _seen(client: Client, path: str, status: int = 200, **headers: Any) -> str:
    response = client.get(path, **headers)
    assert response.status_code == status
    return _text(response)


# The answer


@pytest.mark.parametrize(
    ("tale", "words"),
    [
        (tales.ON_TIME, ["On time", "Arriving Thursday 26 November", "Last scanned in East Midlands", "DHL"]),
        (tales.WINDOW, ["Arriving between Thursday, November 26 and Saturday, November 28"]),
        (
            tales.LATE,
            [
                "Running 2 days late: now between Friday 27 and Saturday 28 November",
                "It has not moved since Thursday 19 November in Leipzig, Germany.",
                "We first told you Thursday 26 November.",
                "It stood still on the way.",
                "HUB BACKLOG 4",
            ],
        ),
        (tales.DELIVERED, ["Delivered on Friday, November 20", "UPS delivered it in Portland"]),
        (tales.ASKED, ["Waiting for you: the courier needs your full address", "the flat and a phone number"]),
        (tales.PACKING, ["We received your order on", "Being packed"]),
        (tales.COLLECT, ["Ready for you to collect in Bristol", "Take an identity card with you."]),
        (tales.SPANISH, ["Llega hoy, martes 24 de noviembre", "En reparto", "156,00 €"]),
        (tales.JAPANESE, ["お届け予定 11月27日(金)〜11月30日(月)", "通関手続き中", "合計"]),
    ],
)
def test_the_page_answers_at_the_top(shop: Brand, client: Client, tale: world.Tale, words: list[str]) -> None:
    page = _seen(client, _path(shop, world.tell(shop, tale)))
    assert [word for word in words if word not in page] == []
    assert "in_transit" not in page and "In transit" not in page


def test_the_parcels_of_a_split_order_stand_side_by_side_with_what_is_in_each(shop: Brand, client: Client) -> None:
    page = _seen(client, _path(shop, world.tell(shop, tales.SPLIT)))
    assert "Your order comes in 3 parcels: 1 is delivered, 1 is on its way and 1 is being packed." in page
    first, second, third = page.split("Parcel 1 of 3")[1].split("Parcel 2 of 3")[0], *page.split("of 3")[-2:]
    assert "Salt-glazed serving bowl" in first and "It is with a neighbour." in first
    assert "Washed linen throw" in second and "Tall stoneware vase" in third


def test_times_are_those_of_the_place_and_days_those_of_the_customer(shop: Brand, client: Client) -> None:
    page = _seen(client, _path(shop, world.tell(shop, tales.DELIVERED)))
    assert "Friday, November 20, 2:14 PM Delivered Portland, United States" in page
    assert "Dates are those of Los Angeles" in client.get(_path(shop, Order.objects.get())).content.decode()


def test_what_comes_after_a_parcels_last_scan_is_somebody_elses(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.DELIVERED)
    parcel = Parcel.objects.get()
    assert parcel.track_id is not None
    later = world.Seen(state=None, at=world.NOW, city="Boise", country="US", words="SOMEBODY ELSE")
    world.scan(shop.id, parcel.track_id, later, "ups")
    assert "Boise" not in _seen(client, _path(shop, order))


def test_a_shop_that_names_no_lines_still_shows_what_was_ordered(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_fulfilment SET lines = '[]'")
    page = _seen(client, _path(shop, order))
    assert "Washed linen throw" in page and "Being packed" not in page


def test_an_order_without_lines_parcels_or_promise_still_has_a_page(shop: Brand, client: Client) -> None:
    bare = world.Tale(number="9001", home=world.ALICE, placed=world.NOW)
    assert "We are packing your order" in _seen(client, _path(shop, world.tell(shop, bare)))


def test_a_cancelled_order_says_so(shop: Brand, client: Client) -> None:
    gone = world.Tale(
        number="9002", home=world.ALICE, placed=world.NOW - timedelta(days=2), unsent=(world.BOWL,), cancelled=world.NOW
    )
    assert "Cancelled on Tuesday 24 November" in _seen(client, _path(shop, world.tell(shop, gone)))


# Languages


@pytest.mark.parametrize(
    ("query", "accept", "brand_language", "tale", "word"),
    [
        ("?lang=fr", "de", "en", tales.SPANISH, "Aujourd’hui"),
        ("", "de", "en", tales.SPANISH, "Llega hoy"),
        ("", "de-AT,de;q=0.9,en;q=0.5", "en", None, "Kommt am"),
        ("", "nl,sv;q=0.5", "pt", None, "Chega"),
        ("?lang=xx", "", "en", tales.SPANISH, "Llega hoy"),
    ],
)
def test_the_page_speaks_what_was_chosen_then_the_orders_then_the_browsers_then_the_brands_language(
    shop: Brand, client: Client, query: str, accept: str, brand_language: str, tale: world.Tale | None, word: str
) -> None:
    Brand.objects.update(language=brand_language)
    order = world.tell(shop, tale or tales.ON_TIME)
    if tale is None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE orders_order SET locale = ''; UPDATE people_customer SET locale = ''")
    page = _seen(client, _path(shop, order) + query, headers={"accept-language": accept})
    assert word.lower() in page.lower()


# What the page writes down


def test_each_look_is_a_fact_about_a_visitor_nobody_can_name(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    path = _path(shop, order)
    client.get(path, headers={"user-agent": "phone"})
    visit = PageVisit.objects.get()
    assert (visit.order_id, visit.surface, visit.at.date()) == (order.id, "page", world.NOW.date())
    assert "phone" not in visit.visitor and "127.0.0.1" not in visit.visitor
    client.head(path)
    client.get(path, headers={"hx-request": "true"})
    assert PageVisit.objects.count() == 1, "a preview and a page that refreshes itself are no looks"


def test_a_date_that_the_page_is_first_to_tell_enters_the_ledger_once(shop: Brand, client: Client) -> None:
    late = world.Tale(
        number="9003",
        home=world.ALICE,
        placed=tales.LATE.placed,
        boxes=tales.LATE.boxes,
        told=tales.LATE.told[:1],
    )
    path = _path(shop, world.tell(shop, late))
    assert "now between Friday 27 and Saturday 28 November" in _seen(client, path)
    told = Promise.objects.latest("told_at")
    assert (told.surface, told.latest, told.why, told.made_by) == ("page", date(2026, 11, 28), "stalled", Promise.US)
    assert "on this page" in _seen(client, path)
    assert Promise.objects.count() == 2


def test_a_page_that_shows_what_was_told_tells_nothing_new(shop: Brand, client: Client) -> None:
    _seen(client, _path(shop, world.tell(shop, tales.ON_TIME)))
    assert Promise.objects.count() == 1


# The page that refreshes itself


def test_a_refresh_without_news_is_empty_and_with_news_is_the_same_page_in_part(shop: Brand, client: Client) -> None:
    path = _path(shop, world.tell(shop, tales.ON_TIME))
    whole = client.get(path).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', whole)
    assert seen
    again = client.get(path, {"seen": seen[1]}, headers={"hx-request": "true"})
    assert (again.status_code, again.content) == (204, b"")
    out = world.Seen(state=None, at=world.NOW - timedelta(minutes=4), city="Bristol", country="GB", words="AT THE GATE")
    parcel = Parcel.objects.get()
    assert parcel.track_id is not None
    world.scan(shop.id, parcel.track_id, out, "dhl")
    Parcel.objects.update(last_scan_at=out.at)
    news = client.get(path, {"seen": seen[1]}, headers={"hx-request": "true"})
    assert news.status_code == 200
    assert "AT THE GATE" in news.content.decode() and "<html" not in news.content.decode()


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
    unknown = _seen(client, f"/t/juniper/{token}/", 404)
    assert unknown == _seen(client, "/t/juniper/broken/", 404)
    assert "This link is not complete or not ours." in unknown


def test_an_unknown_brand_is_not_found(db: None, client: Client) -> None:
    for path in ("/t/nobody/", "/t/nobody/x/", "/t/nobody/theme.css"):
        assert client.get(path).status_code == 404


def test_an_expired_link_shows_nothing_and_offers_a_fresh_one_to_the_address_on_the_order(
    shop: Brand, client: Client, settings: Any
) -> None:
    order = world.tell(shop, tales.SPANISH)
    path = _path(shop, order)
    settings.TRACKING_LINK_DAYS = -1
    with pytest.raises(Expired):
        read_tracking_token(shop, path.split("/")[3])
    page = _seen(client, path, 410)
    assert "Este enlace ha caducado" in page and "d•••@example.com" in page
    assert "Valencia" not in page and "dolores" not in page and PageVisit.objects.count() == 0
    sent = client.post(path + "link/")
    assert "Su enlace está en camino" in _text(sent)
    client.post(path + "link/")
    owed = Outgoing.objects.get()
    body = OutgoingBody.objects.get(id=owed.id)
    assert (owed.kind, owed.state, body.address, body.language) == ("fresh_link", "due", "dolores@example.com", "es")
    assert body.subject == "Su enlace al pedido 1049"
    settings.TRACKING_LINK_DAYS = 120
    link = re.search(r"http://\S+", body.text)
    assert link and "Valencia" in _seen(client, urlsplit(link[0]).path)


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
    page = _seen(client, answer.headers["Location"])
    assert "Arriving Thursday 26 November" in page and "East Midlands" in page
    for private in ("4 Quayside Walk", "Alice Moreau", "£187.00", "JJD0104207731", "Salt-glazed", "Bristol, United"):
        assert (private in page) == (private == "Bristol, United"), private


def test_what_was_found_may_ask_for_the_full_link(shop: Brand, client: Client) -> None:
    world.tell(shop, tales.ON_TIME)
    limited = _find(client, "1042", "BS1 4QA").headers["Location"]
    assert "Send me the link" in _seen(client, limited)
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
    assert "We find no order with this number and this e-mail address or postcode." in _text(answer)
    assert len(wrong) == len(right)


def test_an_order_without_address_and_postcode_is_found_by_nobody(shop: Brand, client: Client) -> None:
    world.tell(shop, tales.ON_TIME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET postal_code = ''; UPDATE people_customer SET email = ''")
    for proof in ("-", " . ", "#", "@"):
        assert _find(client, "1042", proof).status_code == 200


def test_an_empty_form_says_what_is_missing_where_it_is(shop: Brand, client: Client) -> None:
    page = client.post("/t/juniper/", {"number": "", "proof": ""}).content.decode()
    assert "Enter the number of your order." in page and 'aria-invalid="true"' in page


def test_trying_many_numbers_from_one_address_is_stopped(shop: Brand, client: Client, settings: Any) -> None:
    settings.LOOKUPS_PER_HOUR = 3
    world.tell(shop, tales.ON_TIME)
    codes = [_find(client, str(number), "alice@example.com").status_code for number in range(4)]
    assert codes == [200, 200, 200, 429]
    assert _find(client, "1042", "alice@example.com").status_code == 429
    elsewhere = _find(client, "1042", "alice@example.com", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_trying_one_number_from_many_addresses_is_stopped(shop: Brand, client: Client) -> None:
    world.tell(shop, tales.ON_TIME)
    codes = [_find(client, "1042", "guess", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(PER_NUMBER + 1)]
    assert codes == [200] * PER_NUMBER + [429]
    assert _find(client, "#1042", "alice@example.com", REMOTE_ADDR="192.0.2.99").status_code == 429


def test_behind_a_proxy_the_visitors_own_address_counts_and_one_they_claim_does_not(
    shop: Brand, client: Client, settings: Any
) -> None:
    settings.LOOKUPS_PER_HOUR, settings.PROXIES = 1, 1

    def tried(number: int, forwarded: str) -> int:
        return int(_find(client, str(number), "x@y.example", headers={"x-forwarded-for": forwarded}).status_code)

    assert tried(1, "198.51.100.1, 192.0.2.1") == 200
    assert tried(2, "198.51.100.2, 192.0.2.1") == 429
    assert tried(3, "192.0.2.2") == 200


# What keeps a page to itself


def test_a_page_is_not_stored_not_indexed_and_leaks_no_address(shop: Brand, client: Client) -> None:
    response = client.get(_path(shop, world.tell(shop, tales.ON_TIME)))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"] and "private" in response.headers["Cache-Control"]
    page = response.content.decode()
    assert 'content="noindex"' in page
    assert "&quot;allowEval&quot;:false" in page or '"allowEval":false' in page
    assert "sessionid" not in response.cookies


def test_what_a_shop_writes_is_text_and_never_markup(shop: Brand, client: Client) -> None:
    nasty = world.Thing(title="<script>alert(1)</script>", variant='"><img src=x>', picture="x.svg", price=1)
    seen = world.Seen(state=None, at=world.NOW, city="<b>Town</b>", country="GB", words="<i>words</i>")
    tale = world.Tale(
        number="<u>1</u>", home=world.ALICE, placed=world.NOW, boxes=(world.Box(things=(nasty,), seen=(seen,)),)
    )
    page = client.get(_path(shop, world.tell(shop, tale))).content.decode()
    for markup in ("<script>alert", "<img src=x>", "<b>Town", "<i>words", "<u>1"):
        assert markup not in page


def test_a_picture_from_anywhere_but_https_is_not_asked_for(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_orderline SET image_url = 'http://10.0.0.1/x.png'")
    assert "10.0.0.1" not in client.get(_path(shop, order)).content.decode()


def test_the_theme_is_the_brands_accent_and_an_odd_one_is_ours(shop: Brand, client: Client) -> None:
    assert "--accent: light-dark(#7a3e2b" in client.get("/t/juniper/theme.css").content.decode()
    Brand.objects.update(accent="red;}")
    odd = client.get("/t/juniper/theme.css").content.decode()
    assert "red;" not in odd and "--accent: light-dark(#2f5d50" in odd


def test_a_page_is_read_in_one_statement(shop: Brand, client: Client) -> None:
    path = _path(shop, world.tell(shop, tales.SPLIT))
    client.get(path)
    assert Track.objects.count() == 0
    with CaptureQueriesContext(connection) as queries:
        client.get(path, headers={"hx-request": "true"})
    # The brand by Django, the order by one prepared statement that Django does not see.
    assert len(queries) == 1
