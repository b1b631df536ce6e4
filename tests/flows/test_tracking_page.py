"""What customers see of their orders, and what the page keeps to itself."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftercart.brands.models import Brand
from aftercart.orders.models import Order, Parcel, Scan, Track
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.models import Decision
from aftercart.people.models import PageVisit
from aftercart.plumbing import ids
from aftercart.promises.models import Promise
from tests.browser import tales, world
from tests.flows.customer import path_of, see

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Brand:
    return world.shop()


# The answer


@pytest.mark.parametrize(
    ("tale", "words"),
    [
        (tales.ON_TIME, ["On time", "Arriving Thursday 26 November", "Last scanned in East Midlands", "DHL"]),
        (tales.WINDOW, ["Arriving between Thursday, November 26 and Saturday, November 28"]),
        (
            tales.LATE,
            [
                "Running 1 day late: now between Friday 27 and Saturday 28 November",
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
    page = see(client, path_of(shop, world.tell(shop, tale)))
    assert [word for word in words if word not in page] == []
    assert "in_transit" not in page and "In transit" not in page


def test_the_parcels_of_a_split_order_stand_side_by_side_with_what_is_in_each(shop: Brand, client: Client) -> None:
    page = see(client, path_of(shop, world.tell(shop, tales.SPLIT)))
    assert "Your order comes in 3 parcels: 1 is delivered, 1 is on its way and 1 is being packed." in page
    parcels, third = page.rsplit("The rest of your order", 1)
    first, second = parcels.split("Parcel 1 of 3")[1].split("Parcel 2 of 3")[0], parcels.rpartition("Parcel 2 of 3")[2]
    assert "Salt-glazed serving bowl" in first and "It is with a neighbour." in first
    assert "Washed linen throw" in second and "Tall stoneware vase" in third


def test_times_are_those_of_the_place_and_days_those_of_the_customer(shop: Brand, client: Client) -> None:
    page = see(client, path_of(shop, world.tell(shop, tales.DELIVERED)))
    assert "Friday, November 20, 2:14 PM Delivered Portland, United States" in page
    assert "Dates are those of Los Angeles" in client.get(path_of(shop, Order.objects.get())).content.decode()


def test_what_comes_after_a_parcels_last_scan_is_somebody_elses(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.DELIVERED)
    parcel = Parcel.objects.get()
    assert parcel.track_id is not None
    later = world.Seen(state=None, at=world.NOW, city="Boise", country="US", words="SOMEBODY ELSE")
    world.scan(shop.id, parcel.track_id, later, "ups")
    assert "Boise" not in see(client, path_of(shop, order))


def test_what_two_sources_tell_of_one_event_is_shown_once(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    assert "Every step: 4 scans" in see(client, path_of(shop, order))
    Scan.objects.filter(city="Leipzig").update(source="aftership")
    again = Scan.objects.get(city="Leipzig")
    again.id, again.source, again.city = ids.mirrored_event(again.at, "again"), "shopify", ""
    again.save(force_insert=True)
    page = see(client, path_of(shop, order))
    assert "Every step: 4 scans" in page and "Leipzig, Germany" in page


def test_scans_that_name_the_consignment_and_no_number_belong_to_its_only_parcel(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    parcel = Parcel.objects.get()
    Scan.objects.filter(city="Leipzig").update(track_id=parcel.fulfilment_id)
    assert "Leipzig" in see(client, path_of(shop, order))
    parcel.id = ids.new()
    parcel.number, parcel.track_id, parcel.position = "SECOND1", None, 1
    parcel.save(force_insert=True)
    first, second = see(client, path_of(shop, order)).split("Parcel 2 of 2")
    assert "Leipzig" not in first and "Leipzig" in second, "a parcel with scans of its own knows better"


def test_a_scan_of_another_carrier_under_the_same_number_is_another_parcels(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    Scan.objects.filter(city="Leipzig").update(carrier="usps")
    assert "Leipzig" not in see(client, path_of(shop, order))


def test_a_shop_that_names_no_lines_still_shows_what_was_ordered(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_fulfilment SET lines = '[]'")
    page = see(client, path_of(shop, order))
    assert "Washed linen throw" in page and "Being packed" not in page


def test_an_order_without_lines_parcels_or_promise_still_has_a_page(shop: Brand, client: Client) -> None:
    bare = world.Tale(number="9001", home=world.ALICE, placed=world.NOW)
    assert "We are packing your order" in see(client, path_of(shop, world.tell(shop, bare)))


def test_a_cancelled_order_says_so(shop: Brand, client: Client) -> None:
    gone = world.Tale(
        number="9002", home=world.ALICE, placed=world.NOW - timedelta(days=2), unsent=(world.BOWL,), cancelled=world.NOW
    )
    assert "Cancelled on Tuesday 24 November" in see(client, path_of(shop, world.tell(shop, gone)))


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
    page = see(client, path_of(shop, order) + query, headers={"accept-language": accept})
    assert word.lower() in page.lower()


# What the page writes down


def test_each_look_is_a_fact_about_a_visitor_nobody_can_name(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    path = path_of(shop, order)
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
    path = path_of(shop, world.tell(shop, late))
    assert "now between Friday 27 and Saturday 28 November" in see(client, path)
    told = Promise.objects.latest("told_at")
    assert (told.surface, told.latest, told.why, told.made_by) == ("page", date(2026, 11, 28), "stalled", Promise.US)
    assert "on this page" in see(client, path)
    assert Promise.objects.count() == 2


def test_a_page_that_shows_what_was_told_tells_nothing_new(shop: Brand, client: Client) -> None:
    see(client, path_of(shop, world.tell(shop, tales.ON_TIME)))
    assert Promise.objects.count() == 1


# The page that refreshes itself


def test_a_refresh_without_news_is_empty_and_with_news_is_the_same_page_in_part(shop: Brand, client: Client) -> None:
    path = path_of(shop, world.tell(shop, tales.ON_TIME))
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


# What keeps a page to itself


def test_a_page_is_not_stored_not_indexed_and_leaks_no_address(shop: Brand, client: Client) -> None:
    response = client.get(path_of(shop, world.tell(shop, tales.ON_TIME)))
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
    page = client.get(path_of(shop, world.tell(shop, tale))).content.decode()
    for markup in ("<script>alert", "<img src=x>", "<b>Town", "<i>words", "<u>1"):
        assert markup not in page


def test_a_picture_from_anywhere_but_https_is_not_asked_for(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_orderline SET image_url = 'http://10.0.0.1/x.png'")
    assert "10.0.0.1" not in client.get(path_of(shop, order)).content.decode()


def test_the_theme_is_the_brands_accent_and_an_odd_one_is_ours(shop: Brand, client: Client) -> None:
    assert "--accent: light-dark(#7a3e2b" in client.get("/t/juniper/theme.css").content.decode()
    Brand.objects.update(accent="red;}")
    odd = client.get("/t/juniper/theme.css").content.decode()
    assert "red;" not in odd and "--accent: light-dark(#2f5d50" in odd


def test_a_page_is_read_in_one_statement(shop: Brand, client: Client) -> None:
    path = path_of(shop, world.tell(shop, tales.SPLIT))
    client.get(path)
    assert Track.objects.count() == 0
    with CaptureQueriesContext(connection) as queries:
        client.get(path, headers={"hx-request": "true"})
    # The brand by Django, the order by one prepared statement that Django does not see.
    assert len(queries) == 1


def test_what_was_told_and_what_was_written_stand_in_one_order(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.LATE)
    assert order.customer_id is not None
    sent = Outgoing.objects.create(
        brand=shop, channel="email", kind="stalled", customer_id=order.customer_id, episode=ids.new(), state="sent",
        created_at=world.NOW, due_at=world.NOW, sent_at=world.NOW - timedelta(days=3), message_id="<x@y>",
    )  # fmt: skip
    OutgoingBody.objects.create(
        id=sent.id, brand=shop, person_id=order.customer_id, address="a@example.com", subject="Your parcel has stopped"
    )
    Decision.objects.create(
        brand=shop, concern_id=ids.new(), order_id=order.id, kind="stalled", spoken=True, reason="", at=world.NOW,
        outgoing_id=sent.id,
    )  # fmt: skip
    page = see(client, path_of(shop, order)).split("What we told you")[1]
    places = [
        page.index(words)
        for words in ("Mon 23 Nov, in a message", "Your parcel has stopped", "Mon 16 Nov, at checkout")
    ]
    assert places == sorted(places)
