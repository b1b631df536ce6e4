from __future__ import annotations

from uuid import UUID

import pytest

from aftercart.facts import Person
from aftercart.people.rules import customer_id, given_name, identities, in_force, normal_email
from aftercart.plumbing.addresses import normal_phone

BRAND = UUID(int=7)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Ida@Example.COM ", "ida@example.com"),
        ("ida+shop@example.com", "ida+shop@example.com"),
        ("not an address", ""),
        ("@example.com", ""),
        ("ida@", ""),
        ("", ""),
    ],
)
def test_an_email_address_is_one_however_it_is_written(written: str, address: str) -> None:
    assert normal_email(written) == address


@pytest.mark.parametrize(
    ("written", "number"),
    [("+31 (0)6-1234 5678", "+310612345678"), ("0031612345678", "+31612345678"), ("06 1234 5678", ""), ("+12", "")],
)
def test_a_phone_number_without_its_country_tells_nobody_apart(written: str, number: str) -> None:
    assert normal_phone(written) == number


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Noor Haddad", "Noor"), ("  Anne-Marie  O\u2019Neil", "Anne-Marie"), ("O'Neil", "O'Neil"), ("J. Lund", "J."),
        ("Zo\u0065\u0308", "Zo\u0065\u0308"), ("田中 太郎", "田中"), ("", ""), ("  ", ""), ("-", ""), ("n/a", ""),
        ("https://win.example/now Ada", ""), ("www.win.example", ""), ("win.example", ""), ("ada@example.com", ""),
        ("1000\u20ac", ""), ("{link}", ""), ("<b>Ada", ""), ("x" * 41, ""),
    ],
)  # fmt: skip
def test_a_customer_is_greeted_by_a_name_and_by_nothing_that_only_stands_in_its_place(name: str, greeted: str) -> None:
    """Anybody can order in the name of another's address: what they call themselves is said by us."""
    assert given_name(name) == greeted


def test_a_customer_is_who_the_shop_says_else_who_holds_the_address_else_nobody() -> None:
    account = Person(external_id="51", email="ida@example.com")
    assert customer_id(BRAND, "shopify", account) == customer_id(BRAND, "shopify", Person(external_id="51"))
    assert customer_id(BRAND, "shopify", account) != customer_id(BRAND, "other", account)
    guest = Person(email="Ida@example.com")
    assert customer_id(BRAND, "shopify", guest) == customer_id(BRAND, "other", Person(email="ida@example.com "))
    assert customer_id(BRAND, "shopify", Person(name="Ida")) is None


def test_a_customer_is_known_by_address_phone_and_shop_id() -> None:
    person = Person(external_id="51", email="Ida@example.com", phone="+31 612345678")
    assert identities("shopify", person) == [
        ("email", "ida@example.com"),
        ("phone", "+31612345678"),
        ("shopify", "51"),
    ]


@pytest.mark.parametrize(
    ("channel", "purpose", "said", "holds"),
    [
        ("email", "service", None, True),
        ("email", "service", False, False),
        ("email", "marketing", None, False),
        ("email", "marketing", True, True),
        ("sms", "service", None, False),
        ("sms", "service", True, True),
        ("sms", "marketing", None, False),
        ("whatsapp", "service", None, False),
        ("whatsapp", "service", False, False),
        ("event", "service", None, True),
    ],
)
def test_what_was_never_asked_is_news_of_ones_orders_by_mail(
    channel: str, purpose: str, said: bool | None, holds: bool
) -> None:
    assert in_force(channel, purpose, said) is holds
