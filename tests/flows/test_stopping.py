"""A customer ends the messages: with one click in a mail program, or on the page behind the link."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.connectors.mail.smtp import Smtp
from aftercart.outbox import handover
from aftercart.outbox.models import Outgoing
from aftercart.outbox.services import ASKED
from aftercart.people.consent import consents, refused_of
from aftercart.people.links import stop_url
from aftercart.plumbing.addresses import address_hash
from tests.flows.test_outbox import CUSTOMER, owe, row
from tests.mailserver import mail_server

NOOR = "noor@example.com"


def path(brand: Brand) -> str:
    url = stop_url(brand, address_hash(brand.id, NOOR), "email", "service", CUSTOMER)
    return url.removeprefix("http://127.0.0.1:8000")


def test_a_mail_says_how_to_end_such_mails_and_one_click_does(brand: Brand, client: Client) -> None:
    first = owe(brand)
    with mail_server() as box:
        handover.drain({"email": Smtp(box.url)}, consents=consents)
    (mail,) = box.received
    link = re.sub(r"\s", "", str(mail["List-Unsubscribe"])).strip("<>")
    assert (
        mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and link == f"http://127.0.0.1:8000{path(brand)}"
    )
    assert NOOR not in link and row(first).state == Outgoing.SENT

    clicked = client.post(path(brand), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert clicked.status_code == 200 and refused_of(brand, [NOOR]) == {NOOR}
    second = owe(brand, kind="lost")
    pipeline.send()
    assert row(second).state == Outgoing.CANCELLED


def test_a_mail_that_was_asked_for_offers_no_end(brand: Brand) -> None:
    owe(brand, purpose=ASKED)
    with mail_server() as box:
        handover.drain({"email": Smtp(box.url)}, consents=consents)

    assert box.received[0]["List-Unsubscribe"] is None


def test_to_look_is_not_to_end_and_the_page_takes_it_back_too(brand: Brand, client: Client) -> None:
    looked = client.get(path(brand))
    assert looked.status_code == 200 and "Send me no more of these" in looked.content.decode()
    assert refused_of(brand, [NOOR]) == set()

    stopped = client.post(path(brand), {"say": "stop"})
    assert "Write to me again" in stopped.content.decode() and refused_of(brand, [NOOR]) == {NOOR}
    client.post(path(brand), {"say": "again"})
    assert refused_of(brand, [NOOR]) == set()


@pytest.mark.parametrize("spoilt", [lambda link: link[:-3] + "x/", lambda link: "/t/juniper/stop/email:service:AAAA/"])
def test_a_link_that_is_not_ours_ends_nothing(brand: Brand, client: Client, spoilt: object) -> None:
    assert callable(spoilt)
    answer = client.post(spoilt(path(brand)))

    assert answer.status_code == 404 and refused_of(brand, [NOOR]) == set()


def test_a_link_of_one_brand_ends_nothing_of_another(brand: Brand, client: Client) -> None:
    Brand.objects.create(slug="moss", name="Moss", from_email="a@moss.example", country="NL")

    assert client.post(path(brand).replace("/juniper/", "/moss/")).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("de", "Keine mehr senden"), ("ja", "今後は受け取らない")])
def test_the_page_speaks_the_reader_s_language(brand: Brand, client: Client, language: str, words: str) -> None:
    assert words in client.get(f"{path(brand)}?lang={language}").content.decode()
