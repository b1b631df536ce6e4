"""What is kept to learn from, or leaves the house, tells neither who wrote nor which order it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.understanding.category import cold
from aftercart.understanding.entities import entities
from aftercart.understanding.folding import folded, words
from aftercart.understanding.masking import masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("where is order #10421?", "where is order #00000?"),
        ("write to Noor.Haddad+x@example.co.uk please", "write to @ please"),
        ("parcel RR473124829GB and 1Z999AA10123456784", "parcel 0000000000000 and 000000000000000000"),
        ("my card 4111 1111 1111 1111 expired", "my card 0000 0000 0000 0000 expired"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN 0000 0000 0000 0000 0000 00"),
        ("call +49 (30) 123-4567", "call +00 (00) 000-0000"),
        ("see https://shop.example/orders/10421?key=abc now", "see / now"),
        ("I paid 12.50 for 3 bowls in size 42", "I paid 00.00 for 3 bowls in size 42"),
        ("注文番号123456はどこですか", "注文番号000000はどこですか"),
    ],
)
def test_what_is_kept_of_a_text(text: str, kept: str) -> None:
    assert masked(text) == kept


@given(st.text(max_size=80), st.integers(1_000, 10**18), st.sampled_from(["", " ", "-", "#", "JC", "ü"]))
def test_no_long_number_is_left_and_masking_twice_changes_nothing(text: str, number: int, before: str) -> None:
    kept = masked(f"{text}{before}{number} {text}")
    assert str(number) not in kept
    assert masked(kept) == kept


@given(st.emails())
def test_no_address_is_left(address: str) -> None:
    assert not [one for one in entities(masked(f"I am {address} now")) if one.kind == "email"]


def test_a_model_reads_the_same_in_it() -> None:
    texts = ["where is order #10421, tracking RR473124829GB?", "refund 120.50 to DE89 3704 0044 0532 0130 00"]
    before, after = (cold().judge([words(folded(one)) for one in found]) for found in (texts, [*map(masked, texts)]))
    assert [one.likeliest for one in before] == [one.likeliest for one in after]
