"""Worries from the first fact to the last word, over the real tables."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.facts import Fact, NotReceived, Place, State
from aftercart.orders.models import NotReceived as Said
from aftercart.orders.models import Order, Parcel
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach import services as outreach
from aftercart.outreach.models import Decision
from aftercart.people.links import Link, tracking_token
from aftercart.policies import services as policies
from aftercart.watch.judging import WAITS, Changes
from aftercart.watch.models import Concern
from tests.flows.customer import path_of, see
from tests.flows.test_watch import hear as heard
from tests.flows.test_watch import open_kinds, wait
from tests.telling import CHICAGO, days, placed, promised, scanned, shipped, told
from tests.world import NOW

MOVING = State.IN_TRANSIT


@pytest.fixture
def speaking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    return brand


def hear(brand: Brand, now: datetime, *facts: Fact) -> Changes:
    changes = heard(brand, now, *facts)
    outreach.reassure(brand, changes.moving, now)
    return changes


def said() -> list[str]:
    return list(Outgoing.objects.order_by("created_at", "kind").values_list("kind", flat=True))


# Moving again


def on_its_way(brand: Brand) -> None:
    hear(brand, NOW, placed(), promised(date(2026, 4, 20)), shipped(NOW), scanned(MOVING, NOW))


def test_whoever_heard_that_it_stopped_hears_once_that_it_moves_again(speaking: Brand) -> None:
    on_its_way(speaking)
    wait(NOW + days(4))
    assert said() == ["stalled"]

    hear(speaking, NOW + days(5), scanned(MOVING, NOW + days(4.9), city="Gary"))

    assert said() == ["stalled", "moving_again"]
    body = OutgoingBody.objects.get(id=Outgoing.objects.get(kind="moving_again").id)
    assert "is moving again: it was scanned in Gary on Sunday 15 March" in body.text
    assert Decision.objects.get(kind="moving_again").reason == "stalled was told and is over"


def test_one_hesitation_of_hours_is_told_once_and_ends_once(speaking: Brand) -> None:
    on_its_way(speaking)
    wait(NOW + days(4))
    hear(speaking, NOW + days(5), scanned(MOVING, NOW + days(5), city="Gary"))
    concern = Concern.objects.get()
    Concern.objects.update(closed_at=None)  # it stands still again within hours: the same episode
    hear(speaking, NOW + days(5.2), scanned(MOVING, NOW + days(5.2), city="Joliet"))

    concern.refresh_from_db()
    assert concern.closed_at is not None
    assert said() == ["stalled", "moving_again"]


def test_nobody_is_told_that_a_parcel_moves_again_who_did_not_know_that_it_stood(brand: Brand) -> None:
    on_its_way(brand)
    wait(NOW + days(4))
    brand.speaks_since = NOW
    brand.save()
    hear(brand, NOW + days(5), scanned(MOVING, NOW + days(5), city="Gary"))
    assert open_kinds() == set() and said() == []


@pytest.mark.parametrize(
    "next_scan",
    [
        scanned(State.DELIVERED, NOW + days(5), place=CHICAGO),  # the parcel itself is the news
        scanned(State.HELD, NOW + days(5)),  # it stands for another reason
        scanned(State.DAMAGED, NOW + days(5), city="Gary"),  # something graver holds
    ],
    ids=["delivered", "held", "damaged"],
)
def test_good_news_is_told_only_where_it_is_the_news(speaking: Brand, next_scan: Fact) -> None:
    on_its_way(speaking)
    wait(NOW + days(4))
    hear(speaking, NOW + days(5), next_scan)
    assert "stalled" not in open_kinds() and "moving_again" not in said()


def test_the_page_says_that_it_moves_again_for_a_few_days(speaking: Brand, client: Client) -> None:
    on_its_way(speaking)
    wait(NOW + days(4))
    hear(speaking, NOW + days(5), scanned(MOVING, NOW + days(5), city="Gary"))
    path = path_of(speaking, Order.objects.get())

    set_clock(speaking, NOW + days(5.1), rate=0)
    assert "It is moving again: last scanned in Gary" in see(client, path)
    set_clock(speaking, NOW + days(9), rate=0)
    assert "Last scanned in Gary" in see(client, path)


# Not received


@pytest.fixture
def delivered(speaking: Brand) -> Order:
    hear(speaking, NOW, placed(), shipped(NOW), scanned(MOVING, NOW))
    hear(speaking, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), place=CHICAGO))
    set_clock(speaking, NOW + days(1.1), rate=0)
    return Order.objects.get()


def say(client: Client, path: str, what: str, status: int = 302) -> None:
    parcel = Parcel.objects.get()
    response = client.post(f"{path}received/", {"parcel": str(parcel.id), "say": what})
    assert response.status_code == status


def test_a_customer_who_misses_a_delivery_is_told_until_when_to_look_and_then_may_choose(
    speaking: Brand, delivered: Order, client: Client
) -> None:
    path = path_of(speaking, delivered)
    assert "I have not received it" in see(client, path)
    say(client, path, "missing")

    page = see(client, path)
    assert "Not with you yet: look until Friday, March 13" in page
    assert "If it is not there by Friday, March 13, you get a new one or your money back." in page
    wait(NOW + days(1.2))
    assert open_kinds() == set()
    wait(NOW + days(3.1))
    assert open_kinds() == {"not_received"} and said() == ["not_received"]
    set_clock(speaking, NOW + days(3.2), rate=0)
    assert "You get a new parcel or your money back: the choice is yours." in see(client, path)

    say(client, path, "found")
    wait(NOW + days(3.3))
    assert open_kinds() == set()
    assert "Delivered on Wednesday, March 11" in see(client, path)
    assert Said.objects.get().found


def test_a_brand_sets_how_long_something_is_given_to_turn_up(speaking: Brand, delivered: Order, client: Client) -> None:
    policies.publish(speaking, WAITS, {"not_received": 4}, at=NOW, by="maren")
    path = path_of(speaking, delivered)
    say(client, path, "missing")
    assert "look until Tuesday, March 17" in see(client, path), "a weekend between"
    wait(NOW + days(4))
    assert open_kinds() == set()


def test_a_scan_after_the_report_shows_that_the_carrier_has_it(
    speaking: Brand, delivered: Order, client: Client
) -> None:
    path = path_of(speaking, delivered)
    say(client, path, "missing")
    wait(NOW + days(4))
    assert open_kinds() == {"not_received"}
    hear(speaking, NOW + days(5), scanned(State.OUT_FOR_DELIVERY, NOW + days(5), place=CHICAGO))
    assert open_kinds() == set()


def test_a_system_of_the_brand_may_tell_the_same_for_all_parcels_of_an_order(speaking: Brand, delivered: Order) -> None:
    at = NOW + days(1.5)
    hear(speaking, at, NotReceived(**told(at), order_id="1", as_of=at))
    wait(NOW + days(4))
    assert open_kinds() == {"not_received"}
    later = NOW + days(5)
    hear(speaking, later, NotReceived(**told(later), order_id="1", as_of=later, found=True))
    assert open_kinds() == set()


@pytest.mark.usefixtures("mid_hour")
def test_only_whoever_holds_the_whole_link_may_say_so_and_not_all_day(
    speaking: Brand, delivered: Order, client: Client, settings: object
) -> None:
    half = f"/t/juniper/{tracking_token(speaking, Link(delivered.id, full=False))}/"
    assert "I have not received it" not in see(client, half)
    say(client, half, "missing", status=404)
    assert not Said.objects.exists()
    path = path_of(speaking, delivered)
    assert client.get(f"{path}received/").status_code == 405
    settings.LOOKUPS_PER_HOUR = 2  # type: ignore[attr-defined]
    say(client, path, "missing")
    set_clock(speaking, NOW + days(1.2), rate=0)
    say(client, path, "found")
    set_clock(speaking, NOW + days(1.3), rate=0)
    say(client, path, "missing", status=429)
    assert Said.objects.get().found


# Elsewhere


def test_a_parcel_delivered_in_another_state_is_asked_about_and_the_answer_ends_it(
    speaking: Brand, client: Client
) -> None:
    hear(speaking, NOW, placed(), shipped(NOW), scanned(MOVING, NOW))
    there = Place(city="Springfield", region="MO", country="US")
    hear(speaking, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), place=there))
    assert open_kinds() == {"wrong_region"} and said() == ["wrong_region"]
    set_clock(speaking, NOW + days(1.1), rate=0)
    path = path_of(speaking, Order.objects.get())
    assert "Is this right? Handed over in Springfield" in see(client, path)
    say(client, path, "found")
    wait(NOW + days(1.2))
    assert open_kinds() == set() and "Delivered on" in see(client, path)


def test_a_parcel_that_circles_worries_until_it_reaches_a_new_hub(speaking: Brand) -> None:
    on_its_way(speaking)
    for hour, city in enumerate(("Gary", "Toledo", "Gary", "Toledo"), 1):
        hear(speaking, NOW + days(hour / 10), scanned(MOVING, NOW + days(hour / 10), city=city))
    assert open_kinds() == {"circling"} and said() == ["circling"]
    hear(speaking, NOW + days(1), scanned(MOVING, NOW + days(1), city="Joliet"))
    assert open_kinds() == set() and said() == ["circling", "moving_again"]
