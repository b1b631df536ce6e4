"""What a customer chooses to hear, and where: seen as it is in force, changed in the same second, by whoever may."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from aftercart import facts as f
from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, SMS, WHATSAPP
from aftercart.facts import State
from aftercart.orders.models import Order
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.people import consent
from aftercart.people.links import Choices, Link, choices_token, read_choices, stop_url, tracking_token
from aftercart.people.models import Consent, Customer, Preference
from aftercart.people.preferences import prefer
from aftercart.plumbing import clock
from aftercart.plumbing.addresses import address_hash
from tests.flows.customer import path_of, see
from tests.flows.test_outbox import owe, row
from tests.flows.test_outreach import HOUR, MORNING, can_text, silent
from tests.flows.test_watch import hear
from tests.telling import scanned
from tests.world import NOW

NOOR, PHONE = "noor@example.com", "+13125550147"
DAY_TIME = MORNING + 3 * HOUR


@pytest.fixture
def noor(brand: Brand) -> Customer:
    return Customer.objects.create(
        id=UUID(int=7), brand=brand, version=UUID(int=1), source="shopify", name="Noor", email=NOOR, phone=PHONE
    )


def lines_for(brand: Brand, *channels: str) -> None:
    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": "http://127.0.0.1:9"}
    for channel in channels:
        Line.objects.create(brand=brand, channel=channel, provider="twilio", name=channel, settings=told, made_at=NOW)


def page_of(brand: Brand, customer: Customer, *, full: bool = True) -> str:
    return f"/t/{brand.slug}/messages/{choices_token(brand, Choices(customer.id, full))}/"


def ticked(client: Client, path: str) -> set[str]:
    html = client.get(path).content.decode()
    return set(re.findall(r'name="(?:on|preferred)" value="([^"]+)" checked', html))


def keep(client: Client, path: str, *on: str, was: set[str] | None = None, preferred: str = "") -> None:
    shown = ticked(client, path) if was is None else was
    answer = client.post(path, {"on": on, "was": sorted(shown), "preferred": preferred})
    assert answer.status_code == 302 and client.get(answer["Location"]).status_code == 200


def test_it_says_at_once_what_is_in_force_for_the_channels_that_there_are(
    brand: Brand, noor: Customer, client: Client
) -> None:
    page = page_of(brand, noor)
    text = see(client, page)
    assert ticked(client, page) == {"email:service"} and "n•••@example.com" in text
    assert "By text message" not in text and "Where we write first" not in text, "the brand cannot text"

    lines_for(brand, EMAIL, SMS, WHATSAPP)
    assert ticked(client, page) == {"email:service"}, "nobody is texted who has not asked for it"
    text = see(client, page)
    assert "By WhatsApp" in text and "Where we write first" in text

    consent.tell(brand.id, address_hash(brand.id, PHONE), channel=SMS, purpose="service", granted=True, at=NOW)
    consent.tell(brand.id, address_hash(brand.id, NOOR), channel=EMAIL, purpose="service", granted=False, at=NOW)
    assert ticked(client, page) == {"sms:service"}


def test_a_choice_is_kept_and_stops_what_is_owed_in_the_same_second(
    brand: Brand, noor: Customer, client: Client
) -> None:
    lines_for(brand, EMAIL, SMS)
    page, outgoing = page_of(brand, noor), owe(brand)

    keep(client, page, "sms:service", "sms:marketing", preferred=SMS)

    assert ticked(client, page) == {"sms:service", "sms:marketing", SMS}
    assert "holds from now on" in see(client, f"{page}?kept=1")
    Line.objects.filter(channel=EMAIL).delete()
    pipeline.send()
    assert row(outgoing).state == Outgoing.CANCELLED
    keep(client, page, "email:service", "sms:service")
    assert ticked(client, page) == {"email:service", "sms:service"} and not Preference.objects.exists()


def test_what_was_left_as_it_was_is_not_said_again(brand: Brand, noor: Customer, client: Client) -> None:
    """A STOP between looking and keeping stands, and who keeps everything as it is has said nothing."""
    lines_for(brand, EMAIL, SMS)
    page = page_of(brand, noor)
    keep(client, page, "email:service")
    assert not Consent.objects.exists()

    keep(client, page, "email:service", "sms:service")
    seen = ticked(client, page)
    stop(brand, granted=False, at=clock.machine() + timedelta(seconds=1))
    keep(client, page, "email:service", "sms:service", "email:marketing", was=seen)
    assert ticked(client, page) == {"email:service", "email:marketing"}


def stop(brand: Brand, *, granted: bool, at: object) -> None:
    told = f.ConsentTold(source="twilio", happened_at=at, reported_at=at, channel=SMS, address=PHONE, granted=granted)  # type: ignore[arg-type]
    consent.record(brand.id, [told])


def test_whoever_answered_stop_is_told_that_only_start_lets_messages_through(
    brand: Brand, noor: Customer, client: Client
) -> None:
    lines_for(brand, EMAIL, SMS)
    page, at = page_of(brand, noor), clock.machine() - HOUR
    stop(brand, granted=False, at=at)
    assert "You answered STOP" in see(client, page)

    keep(client, page, "email:service", "sms:service")
    assert "sms:service" in ticked(client, page) and "You answered STOP" in see(client, page)
    assert consent.answers(brand, [(SMS, PHONE)]) == {(SMS, PHONE): False}, "the provider would take none"
    outgoing = owe(brand, channel=SMS, address=PHONE)
    pipeline.send()
    assert row(outgoing).state == Outgoing.CANCELLED

    stop(brand, granted=True, at=clock.machine())
    assert "You answered STOP" not in see(client, page)
    assert consent.answers(brand, [(SMS, PHONE)]) == {(SMS, PHONE): True}


def test_what_the_customer_prefers_comes_first(brand: Brand, client: Client) -> None:
    brand.speaks_since = NOW
    brand.save()
    can_text(brand)
    hear(brand, NOW, *silent())
    customer = Customer.objects.get()
    Customer.objects.update(phone=PHONE)
    consent.tell(brand.id, address_hash(brand.id, PHONE), channel=SMS, purpose="service", granted=True, at=NOW)
    prefer(brand, customer.id, EMAIL, at=NOW)
    hear(brand, DAY_TIME, scanned(State.HELD, DAY_TIME, number="1Z1", reason="address"))

    assert Outgoing.objects.get().channel == EMAIL, "what presses is texted, unless they rather have it by mail"
    foot = OutgoingBody.objects.get().text.rsplit("\n\n", 1)[1]
    label, _, address = foot.partition(": ")
    assert label == "Choose what we write to you, and where"
    assert "<button" in client.get(address.removeprefix("http://127.0.0.1:8000")).content.decode()


def test_the_page_of_an_order_and_the_page_that_ends_mails_lead_there(brand: Brand, client: Client) -> None:
    lines_for(brand, EMAIL, SMS)
    hear(brand, NOW, *silent())
    order, customer = Order.objects.get(), Customer.objects.get()
    Customer.objects.update(phone=PHONE)

    def linked(path: str) -> str:
        found = re.search(r'href="(/t/juniper/messages/[^"?]+)', client.get(path).content.decode())
        assert found
        return found[1]

    mine = linked(path_of(brand, order))
    assert "<button" in client.get(mine).content.decode()
    ended = stop_url(brand, address_hash(brand.id, NOOR), EMAIL, "service", customer.id)
    assert "<button" in client.get(linked(ended.removeprefix("http://127.0.0.1:8000"))).content.decode()


def test_who_knows_only_number_and_address_sees_no_full_number_and_changes_nothing(
    brand: Brand, client: Client
) -> None:
    lines_for(brand, EMAIL, SMS)
    hear(brand, NOW, *silent())
    order, customer = Order.objects.get(), Customer.objects.get()
    Customer.objects.update(phone=PHONE)
    little = client.get(f"/t/juniper/{tracking_token(brand, Link(order.id, full=False))}/").content.decode()
    found = re.search(r'href="(/t/juniper/messages/[^"?]+)', little)
    assert found and PHONE not in little

    html = client.get(found[1]).content.decode()
    assert "••• ••47" in html and "312555" not in html and customer.email not in html and "<button" not in html
    assert client.post(found[1], {"on": ["sms:service"]}).status_code == 404
    assert not Consent.objects.exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: (clock.machine() + 3 * HOUR).timestamp())
        assert client.get(found[1]).status_code == 404, "it is not for ever"
        whole = page_of(brand, customer)
    assert client.get(whole).status_code == 200


@pytest.mark.parametrize("spoilt", [lambda path: path[:-3] + "x/", lambda path: "/t/juniper/messages/f.x.y/"])
def test_a_link_that_is_not_ours_opens_nothing(brand: Brand, noor: Customer, client: Client, spoilt: object) -> None:
    assert callable(spoilt)
    assert client.get(spoilt(page_of(brand, noor))).status_code == 404
    Brand.objects.create(slug="moss", name="Moss", from_email="a@moss.example", country="NL")
    assert client.get(page_of(brand, noor).replace("/juniper/", "/moss/")).status_code == 404
    assert read_choices(brand, page_of(brand, noor).split("/")[-2]) == Choices(noor.id, full=True)


def test_a_number_without_its_country_is_none_and_a_strange_choice_chooses_nothing(
    brand: Brand, noor: Customer, client: Client
) -> None:
    lines_for(brand, EMAIL, SMS)
    page = page_of(brand, noor)
    keep(client, page, "email:service", "pigeon:service", "sms:provider", preferred="pigeon")
    assert not Consent.objects.exists() and not Preference.objects.exists()
    Customer.objects.update(phone="06 12345678")
    assert "By text message" not in see(client, page)


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Neues zu meinen Bestellungen"), ("ja", "ご注文に関するお知らせ")]
)
def test_the_page_speaks_the_customer_s_language(
    brand: Brand, noor: Customer, client: Client, language: str, words: str
) -> None:
    assert words in see(client, f"{page_of(brand, noor)}?lang={language}")
