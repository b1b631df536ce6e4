"""The operators' pages: who may see them, what they say, and what may be done there."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aftercart.brands.models import AuditEntry, Brand
from aftercart.intake.models import Delivery
from aftercart.orders.polling.models import CarrierLine
from aftercart.outbox.models import Outgoing
from aftercart.people.models import PageVisit
from aftercart.promises.models import Promise
from tests.flows.ops_pages import LISTS, address, text
from tests.flows.ops_rows import BODY, Day, a_day, staff
from tests.world import NOW


@pytest.fixture
def day(brand: Brand) -> Day:
    return a_day(brand)


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    """On the staff of Juniper & Clay."""
    client.force_login(staff("alice", brand))
    return client


def test_the_overview_says_what_came_what_worries_what_was_said_and_what_failed(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "overview"))
    assert "1 parcel is worrying." in page
    assert "2 deliveries came in today; 1 had by this time a week ago" in page
    assert "DHL in Leipzig" in page and "US-OH → DE, DHL express" in page
    assert "2 notices today, 1 of them sent" in page and "Told already" in page
    assert "PayloadError: order_number: is not a number" in page
    assert "The line broke while handing it over." in page
    assert "easypost: 1 word" in page


def test_the_overview_refreshes_the_part_that_changes(alice: Client, day: Day) -> None:
    part = alice.get(address(day, "overview"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="now"' in part and 'hx-swap-oob="true"' in part


def test_the_overview_asks_few_questions_however_much_there_is(
    alice: Client, day: Day, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    alice.get(address(day, "overview"))
    with django_assert_max_num_queries(18):
        alice.get(address(day, "overview"))


@pytest.mark.parametrize("name", [*LISTS, "delivery", "order", "notice"])
def test_no_page_asks_more_than_a_score_of_questions(
    name: str, alice: Client, day: Day, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(24):
        alice.get(address(day, name))


def test_every_list_has_something_to_say_when_it_is_empty(alice: Client, brand: Brand) -> None:
    for name in LISTS:
        if not name.endswith("csv"):
            assert 'class="empty"' in text(alice, reverse(f"ops:{name}", args=[brand.slug])), name


def test_a_delivery_shows_its_bytes_its_fault_and_no_secret(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "delivery"))
    assert "&lt;b&gt;the very line&lt;/b&gt;" in page and "<b>the very line" not in page
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
    assert "c2VjcmV0LXNpZ25hdHVyZQ==" not in page and "•••••• (24 characters)" in page
    response = alice.get(address(day, "body"))
    assert response.content == BODY and response["Content-Disposition"].startswith("attachment")


def test_a_source_that_nobody_has_seen_at_work_says_so(alice: Client, day: Day) -> None:
    inbox = reverse("ops:inbox", args=[day.brand.slug])
    assert ">unverified<" not in text(alice, inbox) and "Unverified:" not in text(alice, address(day, "delivery"))
    Delivery.objects.filter(brand=day.brand, id=day.quarantined).update(source="twilio")
    assert text(alice, inbox).count(">unverified<") == 1
    assert text(alice, address(day, "overview")).count(">unverified<") == 1
    assert "Unverified: it is written from twilio's documentation" in text(alice, address(day, "delivery"))


def test_a_carrier_that_refuses_our_credentials_needs_a_hand(alice: Client, day: Day) -> None:
    assert "Carriers that do not answer" not in text(alice, address(day, "overview"))
    line = CarrierLine.objects.create(
        brand=day.brand, source="canadapost", tokens=1, filled_at=NOW, failures=1, refused_at=NOW, closed_until=NOW,
        error="E002: AAA Authentication Failure",
    )  # fmt: skip
    page = text(alice, address(day, "overview"))
    assert "Canada Post refuses our credentials: E002: AAA Authentication Failure" in page
    CarrierLine.objects.filter(id=line.id).update(refused_at=None, error="no answer (ReadTimeout)")
    assert "Canada Post is in trouble: no answer (ReadTimeout)" in text(alice, address(day, "overview"))


def test_a_quarantined_delivery_waits_again_after_a_replay_and_the_log_says_by_whom(alice: Client, day: Day) -> None:
    page = alice.post(address(day, "replay"), follow=True).content.decode()
    assert "It waits to be read again" in page
    assert Delivery.objects.get(id=day.quarantined).state == Delivery.WAITING
    entry = AuditEntry.objects.get(brand=day.brand, action="intake.replay")
    assert (entry.actor, entry.subject) == ("alice", str(day.quarantined))
    assert "Nothing to replay" in alice.post(address(day, "replay"), follow=True).content.decode()


def test_replaying_all_touches_what_the_filter_names_and_nothing_else(alice: Client, day: Day) -> None:
    alice.post(address(day, "replays"), {"source": "easypost"})
    assert Delivery.objects.filter(brand=day.brand, state=Delivery.WAITING).count() == 0
    refused = alice.post(address(day, "replays"), {"since": "no date"})
    assert refused.status_code == 400 and b"since" in refused.content
    assert Delivery.objects.get(id=day.quarantined).state == Delivery.QUARANTINED
    alice.post(address(day, "replays"), {"source": "shopify", "topic": "orders/"})
    assert list(Delivery.objects.filter(state=Delivery.WAITING).values_list("id", flat=True)) == [day.quarantined]
    assert AuditEntry.objects.get(brand=day.brand).detail["count"] == 1


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 3), ("state=quarantined", 1), ("source=shopify&topic=orders/c", 2), ("topic=orders/x", 0),
        ("since=2026-03-10T00:00", 2), ("until=2026-03-10T00:00", 1), ("source=nobody", 3),
    ],
)  # fmt: skip
def test_the_inbox_narrows_by_what_is_asked(query: str, rows: int, alice: Client, day: Day) -> None:
    page = text(alice, f"{address(day, 'inbox')}?{query}")
    assert page.count("data-open") == rows


def test_long_lists_go_on_where_the_last_page_ended(alice: Client, day: Day) -> None:
    error = {"source": "shopify", "topic": "orders/paid", "state": "applied"}
    template = Delivery.objects.get(id=day.quarantined)
    Delivery.objects.bulk_create(
        Delivery(brand=day.brand, received_at=template.received_at, **error) for _ in range(120)
    )
    url, seen = f"{address(day, 'inbox')}?topic=orders/paid", []
    while url:
        page = alice.get(url).content.decode()
        seen.append(page.count("data-open"))
        _, more, rest = page.partition('rel="next" href="')
        url = address(day, "inbox") + rest.partition('"')[0].replace("&amp;", "&") if more else ""
    assert seen == [50, 50, 20]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 2), ("kind=stalled", 1), ("carrier=ups", 0), ("country=DE", 2), ("country=FR", 0), ("city=Leipzig", 2),
        ("age=1", 1), ("age=7", 0), ("order=%231001", 2), ("order=9", 0), ("status=closed", 0), ("status=all", 2),
        ("lane=dhl|express|US-OH|DE&sort=longest", 2),
    ],
)  # fmt: skip
def test_concerns_narrow_by_what_is_asked(query: str, rows: int, alice: Client, day: Day) -> None:
    page = text(alice, f"{address(day, 'concerns')}?{query}")
    assert page.count("data-open") == rows


def test_a_concern_says_who_waits_since_when_why_and_what_was_said(alice: Client, day: Day) -> None:
    page = text(alice, f"{address(day, 'concerns')}?kind=stalled")
    for part in ("1001", "Bea, DE", "Not moving", "2 days", "DHL in Leipzig", "since Fri 6 March", "Sent"):
        assert part in page, part
    assert "Nothing: told already" in text(alice, f"{address(day, 'concerns')}?kind=late")


def test_places_count_a_parcel_once_however_many_worries_it_has(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "places"))
    assert "DHL in Leipzig" in page and '<td class="number">1</td>' in page
    assert "Not moving 1" in page and "Will be late 1" in page


def test_an_order_tells_its_story_newest_first(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "order"))
    story = page[page.index('class="timeline"') :]
    told = [
        "The customer looked at the tracking page", "Told: Not moving", "Concern: Will be late", "Concern: Not moving",
        "Unknown code", "In transit", "Shipped, the shop says", "Aftercart promised Wed 11 March 2026", "Order placed",
    ]  # fmt: skip
    places = [story.find(part) for part in told]
    assert -1 not in places and places == sorted(places), dict(zip(told, places, strict=True))
    assert "€89.00" in story and "/t/juniper/" in page and "70 % to miss the promise" in page


@pytest.mark.parametrize("text_", ["1001", "#1001", "jd0140", "Bea@Post.example", " 1001 "])
def test_an_order_is_found_by_its_number_its_tracking_number_or_its_customer(
    text_: str, alice: Client, day: Day
) -> None:
    response = alice.get(address(day, "search"), {"q": text_})
    assert response.status_code == 302 and response["Location"] == address(day, "order")


def test_a_parked_notice_is_sent_when_somebody_says_so(alice: Client, day: Day) -> None:
    assert "This one needs you" in text(alice, address(day, "notice"))
    page = alice.post(address(day, "releases"), follow=True).content.decode()
    assert Outgoing.objects.get(id=day.parked).state == Outgoing.DUE
    assert "alice: outbox.release" in page
    assert "only a parked notice" in alice.post(address(day, "releases"), follow=True).content.decode()


def test_a_notice_is_cancelled_with_a_reason_and_not_without(alice: Client, day: Day) -> None:
    assert "say why" in alice.post(address(day, "cancellations"), {"reason": " "}, follow=True).content.decode()
    assert Outgoing.objects.get(id=day.parked).state == Outgoing.PARKED
    alice.post(address(day, "cancellations"), {"reason": "She has it already"})
    row = Outgoing.objects.get(id=day.parked)
    assert (row.state, row.reason) == (Outgoing.CANCELLED, "She has it already")
    entry = AuditEntry.objects.exclude(action="viewed").get(brand=day.brand, subject=str(day.parked))
    assert (entry.actor, entry.action) == ("alice", "outbox.cancel")


def test_what_was_sent_cannot_be_called_back(alice: Client, day: Day) -> None:
    url = address(day, "cancellations").replace(str(day.parked), str(day.sent))
    assert "it was sent already" in alice.post(url, {"reason": "oh no"}, follow=True).content.decode()
    assert Outgoing.objects.get(id=day.sent).state == Outgoing.SENT


def test_the_words_of_a_notice_are_shown_as_text(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "notice"))
    assert "has not moved since Friday in Leipzig" in page and "<script>alert(1)" not in page


@pytest.mark.parametrize("name", ["concerns-csv", "notices-csv"])
def test_an_export_holds_no_formula(name: str, alice: Client, day: Day) -> None:
    whole = b"".join(alice.get(address(day, name))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(whole)))
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert name != "notices-csv" or "'=HYPERLINK: your parcel rests in Leipzig" in rows[1]


def test_what_staff_look_at_is_no_look_of_the_customers(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "order"))
    link = page.partition('href="http://127.0.0.1:8000')[2].partition('"')[0]
    looks, told = PageVisit.objects.filter(order_id=day.order), Promise.objects.filter(order_id=day.order)
    before = looks.count(), told.count()
    assert alice.get(link).status_code == 200
    assert (looks.count(), told.count()) == before
    assert Client().get(link).status_code == 200
    assert looks.count() == before[0] + 1
