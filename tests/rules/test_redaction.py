"""Card and bank numbers are blanked however they are written; what is none stays to the byte."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aftercart.plumbing.issuers import is_card, is_iban, luhn
from aftercart.plumbing.redaction import redacted, redacted_html

# The schemes' own numbers for tests; none is anybody's.
VISA, MASTERCARD, AMEX, DINERS = "4242424242424242", "5555555555554444", "378282246310005", "30569309025904"
OTHERS = ("6011111111111117", "3566002020360505", "6205500000000000004", "2223003122003222", "4222222222222")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("My card is 4242 4242 4242 4242, thanks", "My card is [card ending 4242], thanks"),
        ("4242-4242-4242-4242 12/27 cvv 123", "[card ending 4242] 12/27 cvv [security code]"),
        ("visa4242424242424242", "visa[card ending 4242]"),
        ("order 40212 4242 4242 4242 4242 124", "order 40212 [card ending 4242] 124"),
        ("4242 4242\n4242 4242", "[card ending 4242]"),
        ("3782 822463 10005", "[card ending 0005]"),
        ("４２４２　４２４２　４２４２　４２４２", "[card ending 4242]"),
        ("Refund to DE89 3704 0044 0532 0130 00 please", "Refund to [IBAN ending 00] please"),
        ("iban: gb82west12345698765432.", "iban: [IBAN ending 32]."),
        ("NL91ABNA0417164300 and CH93 0076 2011 6238 5295 7", "[IBAN ending 00] and [IBAN ending 57]"),
        ("4222222222222 is my card", "[card ending 2222] is my card"),
    ],
)
def test_a_number_is_blanked_but_for_its_end(text: str, kept: str) -> None:
    assert redacted(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4243", "order 1001, 4 items of 12.50", "+49 1512 3456789", "+1 (415) 555-2671",
        "1Z999AA10123456784",
        "9400 1118 9956 1234 5678 90", "RR123456785NL", "JD014600003 4242424242424", "DE89 3704 0044 0532 0130 01",
        "2024-03-10 12:30:00 4021", "AB4242424242424242", "4242424242424242AB", "de 89 nothing 1234 of that kind", "",
    ],
)  # fmt: skip
def test_what_is_none_stays(text: str) -> None:
    assert redacted(text) == text
    assert redacted_html(f"<p title='x'>{text}</p>") == f"<p title='x'>{text}</p>"


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>4242<b>4242</b>&nbsp;4242&#52;242</p>", "<p>[card ending 4242]<b></b></p>"),
        ('<td title="4242424242424242">x</td>', '<td title="[card ending 4242]">x</td>'),
        ("4242<!-- -->4242<br/>4242 4242", "[card ending 4242]<!-- --><br/>"),
        ("<i>DE89</i> 3704 0044 0532 0130 00", "<i>[IBAN ending 00]</i>"),
        (
            "<td>4242</td><td>4242</td><td>4242</td><td>4242</td>",
            "<td>4242</td><td>4242</td><td>4242</td><td>4242</td>",
        ),
    ],
)
def test_markup_hides_no_number(html: str, kept: str) -> None:
    assert redacted_html(html) == kept


def test_what_is_known_to_be_something_else_stays_unless_the_text_says_card() -> None:
    def keep(number: str) -> bool:
        return number == VISA

    assert redacted(f"My parcel {VISA}", keep) == f"My parcel {VISA}"
    assert redacted(f"My visa {VISA}", keep) == "My visa [card ending 4242]"
    # A part of a longer number that is known is not taken out of it.
    assert redacted("4242 4242 4242 4242 5353", lambda number: number == VISA + "5353").startswith("4242")


def completed(digits: str) -> str:
    return next(digits + last for last in "0123456789" if luhn(digits + last))


prefixes = st.sampled_from([
    ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("36", 14),
    ("6011", 16), ("65", 16), ("3530", 16), ("62", 19), ("2201", 16), ("6304", 18),
])  # fmt: skip


def drawn(start: tuple[str, int], seed: int) -> str:
    begins, length = start
    return completed(begins + "".join(random.Random(seed).choices("0123456789", k=length - len(begins) - 1)))


cards = st.builds(drawn, prefixes, st.integers(0, 10**6))  # fmt: skip
gaps = st.sampled_from(["", " ", "-", ".", "\u00a0", "–", " - ", "/", "_", "\u200b", "·", "\u2009"])
sizes = st.sampled_from([[4, 4, 4, 4, 3], [4, 6, 5], [1] * 19, [5, 5, 9], [8, 11], [19], [2] * 10])


def written(card: str, gap: str, groups: list[int]) -> str:
    parts, at = [], 0
    for size in groups:
        parts.append(card[at : at + size])
        at += size
    return gap.join(part for part in (*parts, card[at:]) if part)


words = st.text(st.characters(exclude_categories=("Nd", "Cs", "Cc"), exclude_characters="+<>&"), max_size=20)


@given(cards, gaps, sizes, words, words)
def test_any_card_in_any_style_is_blanked(card: str, gap: str, groups: list[int], before: str, after: str) -> None:
    text = f"{before} {written(card, gap, groups)} {after}"
    assume(not re.search(r"[ ._·•/\u2000-\u200f-]$", before))
    done = redacted(text)
    assert f"[card ending {card[-4:]}]" in done
    assert done.startswith(before) and done.endswith(after)
    assert not re.search(r"\d", done[len(before) : len(done) - len(after)].replace(f"[card ending {card[-4:]}]", ""))
    assert redacted(done) == done


pieces = st.sampled_from(["", "<b>", "</b>", "<span class=x>", "&nbsp;", "&#8203;", " ", "<!-- x -->", "<wbr>"])


@given(cards, st.lists(pieces, min_size=19, max_size=19))
def test_any_card_behind_any_markup_is_blanked(card: str, between: list[str]) -> None:
    parts = [
        f"&#{ord(c)};{gap}" if n % 5 == 3 else c + gap for n, (c, gap) in enumerate(zip(card, between, strict=False))
    ]
    html = "<p>" + "".join(parts) + "</p>"
    done = redacted_html(html)
    assert f"[card ending {card[-4:]}]" in done
    assert redacted_html(done) == done
    assert re.findall(r"<[^>]*>", done) == re.findall(r"<[^>]*>", html)


@given(st.text(max_size=200))
def test_a_text_without_a_number_is_the_same_text_and_twice_is_once(text: str) -> None:
    done = redacted(text)
    assert done == text or "ending" in done
    assert redacted(done) == done
    assert redacted_html(redacted_html(text)) == redacted_html(text)


@given(st.text("0123456789 .-/+ABDEGNL", max_size=60))
def test_twice_is_once_where_all_is_numbers(text: str) -> None:
    done = redacted(text)
    assert redacted(done) == done


@pytest.mark.parametrize("card", [VISA, MASTERCARD, AMEX, DINERS, *OTHERS])
def test_every_issuer_is_known(card: str) -> None:
    assert is_card(card)
    assert not is_card(card[:-1] + str((int(card[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "iban",
    [
        "AT611904300234573201", "BE68539007547034", "BR1800360305000010009795493C1", "CH9300762011623852957",
        "DE89370400440532013000", "ES9121000418450200051332", "FR1420041010050500013M02606", "GB82WEST12345698765432",
        "GR1601101250000000012300695", "IE29AIBK93115212345678", "IT60X0542811101000000123456",
        "MT84MALT011000012345MTLCAST001S",
        "NL91ABNA0417164300", "NO9386011117947", "PL61109010140000071219812874", "PT50000201231234567890154",
        "SE4550000000058398257466",
        "TR330006100519786457841326",
    ],
)  # fmt: skip
def test_an_iban_is_known_by_its_country_s_form(iban: str) -> None:
    assert is_iban(iban)
    assert not is_iban(iban[:2] + str((int(iban[2]) + 1) % 10) + iban[3:])
    spaced = " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))
    assert redacted(f"to {spaced} today") == f"to [IBAN ending {iban[-2:]}] today"


def test_comments_that_nothing_ends_and_thousands_of_accounts_take_no_time() -> None:
    begun = time.process_time()
    assert redacted_html("<!--" * 50_000) == "<!--" * 50_000
    assert redacted("DE89 3704 0044 0532 0130 00, " * 2_000) == "[IBAN ending 00], " * 2_000
    assert time.process_time() - begun < 5


def test_a_number_in_a_comment_that_nothing_ends_is_blanked() -> None:
    assert redacted_html("<p>Hi<!-- 4111 1111 1111 1111 <b>") == "<p>Hi<!-- [card ending 1111] <b>"
