"""What things are called and by what they are known: carriers, numbers, scans, versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from aftercart.facts import Clocked, Money, OrderPlaced, ParcelScanned, Place, State, ZoneSource
from aftercart.orders import rules
from tests.rules.test_orders import BRAND, SHIPPED, at

S = State


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("UPS®", "ups"),
        ("UPS Ground", "ups"),
        ("UPSDAP", "ups"),
        ("usps", "usps"),
        ("United States Postal Service", "usps"),
        ("DHL Express", "dhl_express"),
        ("dhl_express", "dhl_express"),
        ("DHLExpress", "dhl_express"),
        ("DHL", "dhl"),
        ("dhl-es", "dhl"),
        ("Deutsche Post DHL", "dhl_paket"),
        ("DHL eCommerce", "dhl_ecommerce"),
        ("Correos", "correos"),
        ("correos-spain", "correos"),
        ("La Poste", "la_poste"),
        ("Colissimo", "la_poste"),
        ("LA POSTE/COLISSIMO", "la_poste"),
        ("PostNL", "postnl"),
        ("postnl-3s", "postnl"),
        ("Royal Mail", "royal_mail"),
        ("royal-mail", "royal_mail"),
        ("Japan Post (EN)", "japan_post"),
        ("日本郵便", "japan_post"),
        ("ヤマト運輸", "yamato"),
        ("Yamato (JA)", "yamato"),
        ("FedEx", "fedex"),
        ("fedex-freight", "fedex"),
        ("dpd-uk", "dpd"),
        ("Australia Post", "australia_post"),
        ("ＤＨＬ", "dhl"),
        ("", ""),
        ("Other", ""),
        ("custom", ""),
        ("N/A", ""),
        ("Wild Geese & Sons", "wild_geese_sons"),
    ],
)
def test_a_carrier_has_one_name(word: str, slug: str) -> None:
    assert rules.carrier(word) == slug
    assert rules.carrier(slug) == slug


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1z 999 aa1", "1Z999AA1"),
        (" 9400-1000\u20131234\u00a05678 ", "9400100012345678"),
        ("\uff11\uff12\uff13", "123"),
        ("jd01.4600", "JD01.4600"),
        ("", ""),
    ],
)
def test_a_tracking_number_is_one_however_it_is_printed(text: str, number: str) -> None:
    assert rules.number(text) == number


@pytest.mark.parametrize("text", ["#AB-1042", "ab1042", " AB 1042 ", "Ab_1042"])
def test_an_order_number_is_one_however_it_is_typed(text: str) -> None:
    assert rules.order_number(text) == "AB1042"


def _fact(**other: Any) -> ParcelScanned:
    clock = Clocked(instant=SHIPPED, local=SHIPPED.replace(tzinfo=None), offset_minutes=0, zone=ZoneSource.EXPLICIT)
    known: dict[str, Any] = {
        "source": "easypost",
        "happened_at": SHIPPED,
        "reported_at": SHIPPED,
        "at": clock,
        "number": "1z-999",
    }
    known |= {"state": S.IN_TRANSIT, "code": "IT", "carrier": "UPS", "place": Place(city="Lima"), **other}
    return ParcelScanned(**known)


def _identity(fact: ParcelScanned) -> UUID:
    return rules.scan_id(rules.thread_id(BRAND, fact), fact)


@pytest.mark.parametrize("other", [{"state": S.DELIVERED}, {"reason": "weather"}, {"number": "1Z 999"}])
def test_what_we_make_of_a_scan_is_not_its_identity(other: dict[str, Any]) -> None:
    assert _identity(_fact(**other)) == _identity(_fact())


@pytest.mark.parametrize(
    "other", [{"code": "DL"}, {"carrier": "USPS"}, {"number": "1Z998"}, {"description": "!"}, {"place": Place()}]
)
def test_what_the_source_wrote_is(other: dict[str, Any]) -> None:
    assert _identity(_fact(**other)) != _identity(_fact())


def test_a_version_is_its_instant_then_its_content_and_not_when_we_heard() -> None:
    order = OrderPlaced(
        source="shopify", happened_at=SHIPPED, reported_at=SHIPPED, order_id="1", number="1", as_of=SHIPPED
    )
    version = rules.version(SHIPPED, order)
    assert rules.version(SHIPPED, replace(order, reported_at=at(4))) == version
    assert rules.version(SHIPPED, replace(order, total=Money(amount=1, currency="EUR"))) != version
    assert rules.version(at(1), order) > version > rules.version(at(-1), order)
