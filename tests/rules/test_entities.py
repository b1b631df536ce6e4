"""Orders, parcels, phones and e-mails are found in a text, and nothing else is."""

from __future__ import annotations

import re
from string import digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.understanding.entities import Found, entities, entities_of


def found(text: str, **told: object) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in entities(text, **told)]


def parcels(text: str) -> list[Found]:
    return [one for one in entities(text) if one.kind == "parcel"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("my order #1042 is late", [("order", "1042")]),
        ("Order no. 55512 please", [("order", "55512")]),
        ("Bestellnummer: 2024-118 fehlt", [("order", "2024-118")]),
        ("ma commande n° 77120", [("order", "77120")]),
        ("mi pedido 90817 no llega", [("order", "90817")]),
        ("zamówienie nr 66012", [("order", "66012")]),
        ("encomenda 48213", [("order", "48213")]),
        ("beställningen 30111", [("order", "30111")]),
        ("注文番号 123456 はどこですか", [("order", "123456")]),
        ("write to Mara.Lind+shop@Example.co.uk", [("email", "mara.lind+shop@example.co.uk")]),
        ("call +49 30 1234567", [("phone", "+49301234567")]),
        ("call 0044 20 7946 0958", [("phone", "+442079460958")]),
        ("on 2024-05-12 at 10:30 I paid 120.50 for 3", []),
        ("12.05.2024", []),
        ("I was born in 1984, flat 12", []),
        ("parcel TBA302481776254 lost", [("parcel", "TBA302481776254")]),
        ("rr 473 124 829 gb", []),
        ("my parcel RR 473 124 829 GB", [("parcel", "RR473124829GB")]),
        ("parcel RR473124828GB", []),
        ("parcel RR473124829XX", []),
        ("parcel 000000000000", []),
    ],
)
def test_what_stands_in_a_text(text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text) == wanted


def test_a_national_number_is_a_phone_only_in_its_country() -> None:
    assert found("ring 030 1234567", region="DE") == [("phone", "+49301234567")]
    assert found("ring 030 1234567") == []


def test_what_the_shop_knows_comes_first() -> None:
    asked: list[set[str]] = []

    def known(names: object) -> set[str]:
        asked.append(set(names))  # type: ignore[call-overload]
        return {"419276503112"} & asked[-1]

    text = "where is 4192 7650 3112?"
    (one,) = entities(text, known_orders=known)
    assert (one.kind, one.value, one.written, one.confidence) == ("order", "419276503112", "4192 7650 3112", 1.0)
    assert len(asked) == 1, "one question for the whole text"
    assert found(text, known_parcels=known) == [("parcel", "419276503112")]

    asked.clear()
    assert entities_of([text, "no 0077120?", "hello"], known_orders=known)[0] == [one]
    assert len(asked) == 1 and {"419276503112", "0077120", "77120"} <= asked[0], "one question for all of them"


def test_a_brands_own_pattern_of_order_numbers() -> None:
    assert found("about JNP-88123", order_patterns=(re.compile(r"\bJNP-(\d{5})\b"),)) == [("order", "88123")]
    own = (re.compile(r"(?<!\w)(jc[ -]?\d{5})(?!\w)", re.IGNORECASE),)
    assert found("about jc 88123", order_patterns=own) == [("order", "JC88123")]
    (known,) = entities("about jc-88123", order_patterns=own, known_orders=lambda names: {"JC88123"} & set(names))
    assert (known.value, known.written, known.confidence) == ("JC88123", "jc-88123", 1.0)


def test_digits_alone_are_surer_where_the_text_is_about_a_parcel() -> None:
    number = next(f"7811882371{a}{b}" for a in digits for b in digits if parcels(f"parcel 7811882371{a}{b}"))
    sure = {text: parcels(text)[0].confidence for text in (f"my parcel {number}", number, f"I wonder about {number}")}
    assert list(sure.values()) == sorted(sure.values(), reverse=True) and len(set(sure.values())) == 3


def test_no_number_is_cut_out_of_a_longer_row_of_digits() -> None:
    (whole,) = [f"419276503{d}" for d in digits if parcels(f"parcel 419276503{d}")]
    assert parcels(f"parcel {whole[:4]} {whole[4:]}")[0].value == whole
    assert [one.value for one in parcels(f"parcel 5566 {whole}")] != [whole]
    assert [one.value for one in parcels(f"parcel {whole} 55")] != [whole]
    assert parcels("parcel RR473124829GB-7") == [], "a hyphen ties what follows"


@pytest.mark.parametrize("number", ["RR473124829GB", "1Z4F7K900312345672", "9400111899561234567899"])
def test_a_slip_of_one_digit_is_refused(number: str) -> None:
    """The checks of S10, UPS (a digit that is not doubled) and GS1 notice any single wrong digit."""
    if not parcels(number):
        number = next(number[:-1] + d for d in digits if parcels(number[:-1] + d))
    for place, digit in enumerate(number):
        doubled = number.startswith("1Z") and (place < 2 or place % 2)
        for other in digits if digit.isdigit() and not doubled else ():
            slipped = number[:place] + other + number[place + 1 :]
            if other != digit and place >= len(number) - 8:
                assert not any(one.carriers[0] == parcels(number)[0].carriers[0] for one in parcels(slipped)), slipped


@given(st.text("0123456789 -+()#/.@abZJ1TRRGBé注文", max_size=120))
def test_what_is_found_stands_there_and_does_not_overlap(text: str) -> None:
    last = 0
    for one in entities(text, region="DE"):
        assert text[one.start : one.end] == one.written and last <= one.start < one.end
        assert one.kind in ("order", "parcel", "phone", "email") and one.value
        last = one.end


@given(st.from_regex(r"[a-z]{1,9}[0-9]?@[a-z]{2,9}\.(com|de|co\.uk)", fullmatch=True))
def test_every_address_is_found(address: str) -> None:
    assert found(f"Please write to {address}, thanks") == [("email", address)]
