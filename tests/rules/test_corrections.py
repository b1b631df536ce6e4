"""What is asked of a customer, where it is done, and what cannot be right."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import Attention
from aftercart.orders.carrier_pages import page_of_parcel
from aftercart.orders.carriers import CARRIERS
from aftercart.outreach.corrections.rules import POSTCODES, Doing, can_be_called, doing, example, plain, plausible
from aftercart.outreach.rules import PRESSING
from aftercart.selfservice.asking import asks
from aftercart.selfservice.rules import Kind
from aftercart.watch.rules import KINDS

WAITS, NONE = Attention.ACTION, Attention.NONE


@pytest.mark.parametrize(
    ("kind", "reason", "attention", "there"),
    [
        ("address_problem", "address", WAITS, Doing.ADDRESS),
        ("address_problem", "moved", NONE, Doing.ADDRESS),
        ("exception", "access", WAITS, Doing.ADDRESS),
        ("exception", "", WAITS, Doing.ADDRESS),
        ("exception", "payment", WAITS, Doing.CARRIER),
        ("exception", "weather", NONE, Doing.NOTHING),
        ("customs_document", "docs", WAITS, Doing.CARRIER),
        ("attempt_failed", "not_home", NONE, Doing.CARRIER),
        ("pickup_waiting", "", WAITS, Doing.CARRIER),
        ("pickup_expiring", "", WAITS, Doing.CARRIER),
        ("late", "", NONE, Doing.NOTHING),
        ("lost", "", NONE, Doing.NOTHING),
    ],
)
def test_where_a_worry_is_settled(kind: str, reason: str, attention: Attention, there: Doing) -> None:
    assert doing(kind, reason, attention) is there


def test_only_what_needs_the_customer_has_a_place_where_they_do_it() -> None:
    for kind, reason in product(KINDS, ("", "address", "payment", "weather")):
        assert not doing(kind, reason, NONE) or kind in PRESSING


@pytest.mark.parametrize(
    ("kind", "concerns", "reason", "there"),
    [
        (Kind.ASKED, (), "address", Doing.ADDRESS),
        (Kind.ASKED, ("address_problem",), "", Doing.ADDRESS),
        (Kind.ANSWERED, ("exception",), "access", Doing.ADDRESS),
        (Kind.ASKED, ("customs_document",), "", Doing.CARRIER),
        (Kind.ASKED, (), "payment", Doing.CARRIER),
        (Kind.ATTEMPTED, (), "not_home", Doing.CARRIER),
        (Kind.COLLECT, ("pickup_expiring",), "", Doing.CARRIER),
        (Kind.LATE, ("late",), "", Doing.NOTHING),
        (Kind.DELIVERED, (), "", Doing.NOTHING),
    ],
)
def test_the_page_asks_what_the_notice_asked(kind: Kind, concerns: tuple[str, ...], reason: str, there: Doing) -> None:
    assert asks(kind, concerns, reason, Attention.ACTION) is there


@pytest.mark.parametrize(
    ("country", "code", "right"),
    [
        ("US", "60601", True), ("US", "60601-1234", True), ("US", "6060", False),
        ("DE", "10115", True), ("DE", "1011", False), ("GB", "bs1 4dj", True), ("GB", "BS", False),
        ("NL", "1012JS", True), ("NL", "1012", False), ("CA", "M5V2T6", True), ("IE", "D02AF30", True),
        ("JP", "１５０−０００１", False), ("JP", "１５０-０００１", True), ("JP", "1500001", True),
        ("PT", "1100-148", True), ("BR", "01310100", True), ("SE", "11122", True), ("SE", "1112", False),
        ("AE", "whatever", True), ("", "", True), ("HK", "", True),
    ],
)  # fmt: skip
def test_a_postcode_is_doubted_only_where_we_know_how_they_look(country: str, code: str, right: bool) -> None:
    assert plausible(country, code) is right


def test_every_example_is_one() -> None:
    assert all(plausible(country, example(country)) for country in POSTCODES)


@pytest.mark.parametrize(
    ("phone", "right"),
    [
        ("+1 312 555 0147", True), ("030/1234567", True), ("(0)20-7946.0018", True), ("０９０ー１２３４", False),
        ("０９０ １２３４ ５６７８", True), ("12", False), ("call me", False), ("1" * 16, False),
        ("++49301234567", False), ("", False),
    ],
)  # fmt: skip
def test_a_courier_can_dial_it(phone: str, right: bool) -> None:
    assert can_be_called(phone) is right


@given(st.text(max_size=60))
def test_what_is_written_stays_what_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once and "\n" not in once


@given(st.sampled_from([*CARRIERS, "", "wagon", "https://evil.example"]), st.text(max_size=40))
def test_a_carrier_s_page_is_made_of_an_address_of_ours_and_the_number_alone(carrier: str, number: str) -> None:
    page = page_of_parcel(carrier, number)
    if page:
        assert carrier in CARRIERS and number
        assert re.fullmatch(r"https://[a-z.-]+/[!-~]*", page), "one address, with nothing in it that ends it"
        host = page_of_parcel(carrier, "1").split("/")[2]
        assert page.split("/")[2] == host
