"""A carrier is recognised by its number where the shop names none, and never guessed."""

from __future__ import annotations

from string import digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.orders.fold import Told, fold
from aftercart.orders.numbers import FAINT, SHAPES, Candidate, candidates, faint, recognised
from aftercart.plumbing import ids
from tests.world import NOW


def whose(number: str) -> set[str]:
    return {one.carrier for one in candidates(number)}


def complete(carrier: str, begun: str) -> str:
    """`begun` with the one check digit with which it is this carrier's."""
    (made,) = [begun + digit for digit in digits if carrier in whose(begun + digit)]
    return made


MADE = {
    "ups": "1Z4F7K90031234567",
    "fedex": "78118823719",
    "usps": "940011189956123456789",
    "canada_post": "402310078123456",
    "dhl_express": "419276503",
}


@pytest.mark.parametrize(("carrier", "begun"), MADE.items())
def test_a_number_with_its_check_digit_is_recognised(carrier: str, begun: str) -> None:
    assert recognised(complete(carrier, begun)) == carrier


@pytest.mark.parametrize("carrier", MADE)
def test_a_slip_of_one_digit_is_nobodys_or_nearly_never_theirs(carrier: str) -> None:
    number = complete(carrier, MADE[carrier])
    place = len(number) - 3
    slipped = [number[:place] + d + number[place + 1 :] for d in digits if d != number[place]]
    theirs = [n for n in slipped if any(c.carrier == carrier and c.checked for c in candidates(n))]
    # UPS doubles without carrying, FedEx throws a ten away, DHL counts by seven: each lets some slips pass.
    assert len(theirs) <= (1 if carrier in ("ups", "fedex", "dhl_express") else 0)


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("TBA302481776254", "amazon"),
        ("GM295117413390021748", "dhl_ecommerce"),
        ("JJD0116340027", "dhl_express"),
        ("YT2434521272099171", "yunexpress"),
        ("3SKABA4827193", "postnl"),
        ("GFUS01023318774461", "gofo"),
        ("RR473124829GB", "royal_mail"),
        ("RR473124829US", "usps"),
        ("RR473124829DE", "dhl_paket"),
        ("RR473124828GB", ""),
        ("RR473124829XX", ""),
        ("1234", ""),
        ("", ""),
        ("A" * 80, ""),
    ],
)
def test_letters_say_whose_it_is(number: str, carrier: str) -> None:
    assert recognised(number) == carrier


def test_a_zip_code_before_it_does_not_hide_a_number_of_usps() -> None:
    number = complete("usps", "940011189956123456789")
    assert recognised("42060601" + number) == recognised("420606011234" + number) == "usps"


def test_what_several_carriers_may_have_printed_is_left_open_unless_the_brand_ships_with_one() -> None:
    numbers = (f"30{serial:010}" for serial in range(10_000))
    both = next(number for number in numbers if {"fedex", "purolator"} <= whose(number))
    assert recognised(both) == ""
    assert recognised(both, own=("purolator", "usps")) == "purolator"
    assert recognised(both, own=("fedex_smartpost",)) == "fedex", "brands of one house share labels"
    assert recognised(both, own=("fedex", "purolator")) == ""
    assert recognised(both, own=("dpd",)) == "", "a brand may ship with more than it has told us"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=40))
def test_any_text_has_candidates_in_order_and_at_most_one_answer(number: str) -> None:
    found = candidates(number)
    assert list(found) == sorted(found, key=lambda one: (not one.named, not one.checked))
    assert recognised(number) in {"", *(one.carrier for one in found)}
    assert len({one.carrier for one in found}) == len(found)


def test_digits_alone_are_never_recognised_without_a_check_digit() -> None:
    assert all(shape.named or shape.check is not None for shape in SHAPES)
    assert candidates("1Z4F7K900312345670") in ((), (Candidate("ups", named=True, checked=True),))


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("10293847561234", "dhl_ecommerce"),
        ("C1029384756", "amazon"),
        ("RR473124829TO", ""),
    ],
)
def test_a_faint_number_is_nobodys_by_itself_and_somebodys_in_a_text_about_a_parcel(number: str, carrier: str) -> None:
    assert recognised(number) == "" and candidates(number) == ()
    assert [one.carrier for one in faint(number)] == [carrier]


def test_faint_formats_are_not_among_the_others() -> None:
    assert not {shape.pattern.pattern for shape in FAINT} & {shape.pattern.pattern for shape in SHAPES}
    assert faint("RR473124828TO") == () == faint("RR473124829GB")


def test_the_shops_word_counts_before_any_scan_and_any_number() -> None:
    number = complete("ups", MADE["ups"])
    fulfilment, track = ids.new(), ids.new()

    def told(carrier: str) -> Told:
        return Told(ids.new(), fulfilment, ids.new(), NOW, track, number, carrier)

    named, silent = told("dpd"), told("")
    assert [journey.carrier for journey in fold([named], {}).values()] == ["dpd"]
    assert [journey.carrier for journey in fold([silent], {}).values()] == ["ups"]
