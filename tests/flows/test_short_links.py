"""Short links of text messages: one for each order and channel, as old as the message, and not to be guessed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from aftercart.brands.models import Brand
from aftercart.connectors.sending import SMS, WHATSAPP
from aftercart.facts import State
from aftercart.outbox.models import OutgoingBody
from aftercart.people import consent
from aftercart.people.models import Customer, ShortLink
from aftercart.people.shortlinks import LENGTH, opened, short_url
from aftercart.plumbing import clock
from aftercart.plumbing.addresses import address_hash
from aftercart.selfservice.models import WrongGuesses
from tests.browser import tales, world
from tests.flows.customer import text_of
from tests.flows.test_outreach import HOUR, MORNING, can_text, silent
from tests.flows.test_watch import hear
from tests.telling import scanned
from tests.world import NOW

pytestmark = pytest.mark.django_db
PHONE = "+13125550147"


@pytest.fixture
def shop(db: None) -> Brand:
    return world.shop()


def path_of(url: str) -> str:
    return url.removeprefix("http://127.0.0.1:8000")


def test_a_text_message_has_a_short_link_that_opens_all_of_its_order(brand: Brand, client: Client) -> None:
    brand.speaks_since = NOW
    brand.save()
    can_text(brand)
    hear(brand, NOW, *silent())
    Customer.objects.update(phone=PHONE)
    consent.tell(brand.id, address_hash(brand.id, PHONE), channel=SMS, purpose="service", granted=True, at=NOW)
    at = MORNING + 3 * HOUR
    hear(brand, at, scanned(State.HELD, at, number="1Z1", reason="address"))

    found = re.search(r"http://127\.0\.0\.1:8000(/o/\w{11})/a$", OutgoingBody.objects.get().text)
    assert found, OutgoingBody.objects.get().text
    answer = client.get(found[1], follow=True)
    assert answer.status_code == 200 and len(answer.redirect_chain) == 1
    assert "Total" in text_of(answer) or "Going to" in text_of(answer)
    there = text_of(client.get(found[1] + "/a", follow=True))
    assert "What the courier needs" in there, "and that in the message opens what does it"


def test_an_order_has_one_link_for_each_channel_and_keeps_it(shop: Brand) -> None:
    order, other = world.tell(shop, tales.ON_TIME), world.tell(shop, tales.SPANISH)
    first = short_url(shop, order.id, SMS)
    assert short_url(shop, order.id, SMS) == first
    links = {first, short_url(shop, order.id, WHATSAPP), short_url(shop, other.id, SMS)}
    assert len(links) == 3 == ShortLink.objects.count()
    assert {len(link.rpartition("/")[2]) for link in links} == {LENGTH}


def test_it_grows_as_old_as_a_signed_one_and_what_has_expired_is_never_given_again(
    shop: Brand, client: Client, settings: Any
) -> None:
    order = world.tell(shop, tales.SPANISH)
    path = path_of(short_url(shop, order.id, SMS))
    days = timedelta(days=settings.TRACKING_LINK_DAYS)
    ShortLink.objects.update(given_at=clock.machine() - days + HOUR)
    assert client.get(path, follow=True).status_code == 200

    ShortLink.objects.update(given_at=clock.machine() - days - HOUR)
    gone = client.get(path, follow=True)
    assert gone.status_code == 410 and "d•••@example.com" in text_of(gone)
    fresh = path_of(short_url(shop, order.id, SMS))
    assert fresh != path and client.get(fresh, follow=True).status_code == 200
    assert client.get(path).status_code == 404 and ShortLink.objects.count() == 1


def test_a_link_that_is_given_again_lives_on(shop: Brand, client: Client) -> None:
    order = world.tell(shop, tales.ON_TIME)
    path = path_of(short_url(shop, order.id, SMS))
    ShortLink.objects.update(given_at=clock.machine() - timedelta(days=60))
    assert path_of(short_url(shop, order.id, SMS)) == path
    assert clock.machine() - ShortLink.objects.get().given_at < timedelta(minutes=1)


@pytest.mark.parametrize("code", ["A" * LENGTH, "a", "é" * 11, "x" * 300])
def test_what_is_no_link_of_ours_says_so_in_the_reader_s_language(shop: Brand, client: Client, code: str) -> None:
    world.tell(shop, tales.ON_TIME)
    answer = client.get(f"/o/{code}", headers={"accept-language": "de"})
    assert answer.status_code == 404 and "nicht von uns" in answer.content.decode()
    assert opened(code) is None


@pytest.mark.usefixtures("mid_hour")
def test_who_guesses_is_stopped_and_nobody_else(shop: Brand, client: Client, settings: Any) -> None:
    settings.LOOKUPS_PER_HOUR = 3
    mine = path_of(short_url(shop, world.tell(shop, tales.ON_TIME).id, SMS))
    for _ in range(5):
        assert client.get(mine).status_code == 302, "a right one is no guess"
    assert [client.get(f"/o/{n:011}").status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert client.get(mine).status_code == 429, "nothing that a guess could find is found"
    assert client.get(mine, REMOTE_ADDR="203.0.113.7").status_code == 302
    assert WrongGuesses.objects.get().count == 3

    WrongGuesses.objects.update(hour=clock.machine() - timedelta(days=3), id="00000000-0000-0000-0000-000000000001")
    assert client.get("/o/nothing").status_code == 404
    assert WrongGuesses.objects.count() == 1, "the old ones are forgotten"


def test_a_mail_keeps_its_signed_link(brand: Brand) -> None:
    brand.speaks_since = NOW
    brand.save()
    hear(brand, NOW, *silent())
    at = MORNING + 3 * HOUR
    hear(brand, at, scanned(State.HELD, at, number="1Z1", reason="address"))
    assert not ShortLink.objects.exists() and "/t/juniper/" in OutgoingBody.objects.get().text
