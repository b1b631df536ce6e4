"""The pages of lanes, promises and a parcel's story: what they say, and where they lead.

The tests' today is Tuesday 10 March 2026, 12:00 UTC.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.outreach.models import Decision
from aftercart.plumbing import ids
from aftercart.promises.lanes import Lane
from aftercart.watch.models import Concern
from tests.flows.ops_pages import text
from tests.flows.ops_rows import staff
from tests.flows.road_rows import BERLIN, LOS_ANGELES, at, march, ordered, promised, sent, settled
from tests.world import NOW

WEST = Lane(carrier="ups", service="Standard", origin="US-OH", destination="US-CA")


@pytest.fixture
def shop(brand: Brand) -> Brand:
    set_clock(brand, NOW, rate=0)
    return brand


@pytest.fixture
def alice(client: Client, shop: Brand) -> Client:
    client.force_login(staff("alice", shop))
    return client


def story_of_the_west(shop: Brand) -> str:
    """One kept, one broken; one parcel under way with a concern, a date told by us and a notice withheld: its id."""
    for number, arrived in (("1", "3-5 18:00"), ("2", "3-8 18:00")):
        order = ordered(shop, number, LOS_ANGELES, placed=at("3-1 12:00"))
        sent(order, left=at("3-2 18:00"), arrived=at(arrived))
        promised(order, march(6))
    order = ordered(shop, "3", LOS_ANGELES, placed=at("3-1 12:00"))
    parcel = sent(order, left=at("3-2 18:00"), scans=[(at("3-2 18:00"), "accepted"), (at("3-4 18:00"), "in_transit")])
    promised(order, march(12), made_by="us", surface="notice:stalled", confidence=0.9, told=at("3-8 09:00"))
    evidence = {"since": "2026-03-04T18:00:00+00:00", "limit_business_days": 2, "n": 240, "basis": "lane"}
    concern = Concern.objects.create(
        brand=shop,
        order_id=order.id,
        subject_id=parcel.id,
        kind="stalled",
        opened_at=at("3-7 09:00"),
        evidence=evidence,
    )
    Decision.objects.create(
        brand=shop, concern_id=concern.id, order_id=order.id, kind="stalled", spoken=False, reason="held out", at=NOW
    )
    settled(shop)
    return str(parcel.id)


def test_the_pages_say_it_in_words_and_lead_on(alice: Client, shop: Brand) -> None:
    parcel = story_of_the_west(shop)
    page = text(alice, reverse("ops:lanes", args=[shop.slug]))
    assert "Half of 2 parcels took at most 3 days, nine of ten 6 days." in page
    assert "US-OH → US-CA, UPS Standard" in page
    lane = text(alice, f"{reverse('ops:lane', args=[shop.slug])}?lane={WEST.key}")
    assert "Under way for longest" in lane and f"/parcels/{parcel}/" in lane
    kept = text(alice, reverse("ops:promises", args=[shop.slug])).replace("\N{NO-BREAK SPACE}", " ")
    assert "In the last 4 weeks 50 % of 2 dates were kept." in kept and "Aftercart, notice: stalled" in kept
    broken = text(alice, reverse("ops:broken", args=[shop.slug]))
    assert "Sun 8 Mar" in broken and "2 days" in broken
    story = text(alice, reverse("ops:parcel", args=[shop.slug, parcel]))
    for said in (
        "learned from 240 on this lane",
        "Not said: Not moving",
        "held out",
        "The promised day is over",
        "Thu 12 March",
    ):
        assert said in story, said


def test_the_overview_asks_for_its_week_when_it_is_there(alice: Client, shop: Brand) -> None:
    story_of_the_west(shop)
    assert f'hx-get="{reverse("ops:week", args=[shop.slug])}"' in text(alice, reverse("ops:overview", args=[shop.slug]))
    part = text(alice, reverse("ops:week", args=[shop.slug])).replace("\N{NO-BREAK SPACE}", " ")
    assert "50 % of 2 dates were kept in the last 7 days" in part and "<html" not in part
    assert "1 parcel under way for longer than nine of ten took" in part and "1 of 1" in part


def test_lists_narrow_sort_and_can_be_taken_away(alice: Client, shop: Brand) -> None:
    story_of_the_west(shop)
    lanes_page = reverse("ops:lanes", args=[shop.slug])
    assert "US-CA" in text(alice, f"{lanes_page}?to=US&carrier=ups&sort=slow&shade=on-time&days=7")
    assert "No lane matches" in text(alice, f"{lanes_page}?to=JP")
    assert "Select a valid choice" in text(alice, f"{lanes_page}?sort=upside-down")
    assert '"US-OH → US-CA, UPS Standard",ups,Standard,US-OH,US-CA,2,3,6,6' in text(
        alice, reverse("ops:lanes-csv", args=[shop.slug])
    )
    broken = reverse("ops:broken", args=[shop.slug])
    assert "No broken date matches" in text(alice, f"{broken}?status=waiting")
    of_lane = text(alice, f"{broken}?lane={WEST.key}")
    assert f'<option value="{WEST.key}" selected>' in of_lane and "Sun 8 Mar" in of_lane
    assert "No broken date matches" in text(alice, f"{broken}?lane=||JP|DE")
    assert "Enter a valid date" in text(alice, f"{broken}?week=yesterday")
    assert "2,The shop,checkout" in text(alice, reverse("ops:broken-csv", args=[shop.slug]))


def test_addresses_that_name_nothing_are_not_found(alice: Client, shop: Brand) -> None:
    assert alice.get(f"{reverse('ops:lane', args=[shop.slug])}?lane=nonsense").status_code == 404
    assert alice.get(reverse("ops:parcel", args=[shop.slug, ids.new()])).status_code == 404
    other = Brand.objects.create(slug="other", name="Other", country="US", time_zone="UTC", language="en")
    theirs = sent(ordered(other, "1", BERLIN, placed=at("3-1 12:00")), left=at("3-2 12:00"))
    assert alice.get(reverse("ops:parcel", args=[shop.slug, theirs.id])).status_code == 404


def test_every_page_has_something_to_say_when_it_is_empty(alice: Client, shop: Brand) -> None:
    for name in ("lanes", "promises", "broken"):
        assert 'class="empty"' in text(alice, reverse(f"ops:{name}", args=[shop.slug])), name
    assert 'class="empty"' in text(alice, f"{reverse('ops:lane', args=[shop.slug])}?lane={WEST.key}")


@pytest.mark.parametrize(
    ("name", "most"), [("lanes", 12), ("lane", 16), ("promises", 10), ("broken", 10), ("parcel", 30)]
)
def test_no_page_asks_more_however_much_there_is(
    name: str, most: int, alice: Client, shop: Brand, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    parcel = story_of_the_west(shop)
    address = reverse(f"ops:{name}", args=[shop.slug, *([parcel] if name == "parcel" else [])])
    with django_assert_max_num_queries(most):
        alice.get(f"{address}?lane={WEST.key}" if name == "lane" else address)
