"""A parcel of which the shop says no carrier, or "Other"."""

from __future__ import annotations

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.orders.models import Parcel
from tests.flows.test_ledger import hear
from tests.flows.test_repromise import run
from tests.rules.test_numbers import complete
from tests.telling import days, placed, scanned, shipped
from tests.world import NOW


def carriers() -> list[tuple[str, str]]:
    return list(Parcel.objects.values_list("told_carrier", "carrier"))


def test_its_number_says_who_brings_it(brand: Brand) -> None:
    hear(brand, NOW, placed(), shipped(NOW, carrier="Other", number=complete("ups", "1Z4F7K90031234567")))
    assert carriers() == [("", "ups")]


def test_a_scan_knows_better_and_no_scan_is_lost_by_a_guess(brand: Brand) -> None:
    number = complete("fedex", "78118823719")
    hear(brand, NOW, placed(), shipped(NOW, carrier="", number=number))
    assert carriers() == [("", "fedex")]

    hear(brand, NOW, scanned(State.IN_TRANSIT, NOW + days(1), number=number, carrier="purolator"))
    assert carriers() == [("", "purolator")] and Parcel.objects.get().scans == 1


def test_the_shops_later_word_counts(brand: Brand) -> None:
    hear(brand, NOW, placed(), shipped(NOW, carrier="", number="1234"))
    assert carriers() == [("", "")]
    hear(brand, NOW, shipped(NOW, carrier="GLS", number="1234", as_of=NOW + days(1)))
    assert carriers() == [("gls", "gls")]


def test_a_brand_says_whom_it_ships_with(brand: Brand) -> None:
    assert run("policy", brand.slug, "--carriers", "UPS, Canada Post").exit_code == 0
    wrong = run("policy", brand.slug, "--carriers", "UPS, Pigeon Post")
    assert wrong.exit_code == 1 and wrong.stderr.startswith("aftercart: carriers: 'pigeon_post'")
