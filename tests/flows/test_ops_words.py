"""What the operators' pages say, sentence by sentence. No database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.ops import rules
from aftercart.ops.reading import pretty
from aftercart.story import rules as story
from aftercart.watch.rules import KINDS


def test_every_kind_of_concern_has_words_and_a_tone() -> None:
    assert set(story.KINDS) == set(KINDS)
    assert all(story.tone(kind) != "none" for kind in KINDS)


@pytest.mark.parametrize(
    ("parcels", "orders", "place", "sentence"),
    [
        (0, 0, None, "Nothing is worrying."),
        (1, 0, ("DHL", "Leipzig", 1), "1 parcel is worrying."),
        (214, 0, ("DHL", "Leipzig", 61), "214 parcels are worrying; 61 of them with DHL in Leipzig."),
        (0, 1, None, "1 order not yet shipped is worrying."),
        (1200, 3, None, "1,200 parcels and 3 orders not yet shipped are worrying."),
    ],
)
def test_the_first_sentence_says_how_many_and_where_most_of_them_stand(
    parcels: int, orders: int, place: tuple[str, str, int] | None, sentence: str
) -> None:
    assert rules.worry_sentence(parcels, orders, place) == sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert story.age_in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({}, ""),
        ({"promised_by": "2026-03-12"}, "promised by Thu 12 March"),
        (
            {"promised_by": "2026-03-12", "days_left": 1, "chance": 0.724, "limit": 0.5, "version": 3},
            "promised by Thu 12 March · 1 day left · 72% likely to miss it",
        ),
        (
            {
                "since": "2026-03-06T08:00:00+00:00",
                "milestone": "in_transit",
                "limit_business_days": 3.0,
                "basis": "lane",
                "n": 240.5,
            },
            "in transit · for more than 3 business days, learned from 240 on this lane · since Fri 6 March",
        ),
        (
            {"state": "held", "since": None, "reason": "address_incomplete", "attention": "action"},
            "held · address incomplete · the customer has to act",
        ),
        ({"state": "held", "limit_days": 3.0, "attention": "none"}, "held · for more than 3 days"),
        ({"something_new": 4}, "something new: 4"),
    ],
)  # fmt: skip
def test_evidence_is_told_in_words(evidence: dict[str, object], words: str) -> None:
    assert story.evidence_in_words(evidence) == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("dhl|express|NL|DE", "NL → DE, DHL express"),
        ("||NL|DE", "NL → DE"),
        ("dhl|||", "anywhere → anywhere, DHL"),
        ("", "anywhere → anywhere"),
        ("odd", "anywhere → anywhere, Odd"),
    ],
)
def test_a_lane_is_told_as_a_way(key: str, words: str) -> None:
    assert story.lane_in_words(key) == words


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("Bea Lund", "bea@post.example", "Bea"),
        (" ", "bea@post.example", "b•••@post.example"),
        ("", "@", "•••@"),
        ("", "", "unknown"),
    ],
)
def test_a_customer_is_told_by_first_name_or_with_the_address_covered(name: str, email: str, words: str) -> None:
    assert story.who(name, email) == words


@pytest.mark.parametrize(
    "name",
    [
        "X-Shopify-Hmac-Sha256",
        "x-hmac-signature",
        "webhook-signature",
        "authorization",
        "Cookie",
        "X-Api-Key",
        "x-token",
    ],
)
def test_a_header_that_proves_something_is_told_by_its_length_only(name: str) -> None:
    assert rules.masked({name: "abcdef"}) == {name: "•••••• (6 characters)"}
    assert rules.masked({"x-shopify-topic": "orders/paid"}) == {"x-shopify-topic": "orders/paid"}


def test_a_window_is_told_as_one_day_or_two() -> None:
    assert story.window_in_words(None, date(2026, 3, 5)) == "Thu 5 March 2026"
    assert story.window_in_words(date(2026, 3, 3), date(2026, 3, 5)) == "Tue 3 – Thu 5 March 2026"
    assert story.window_in_words(date(2026, 2, 27), date(2026, 3, 5)) == "Fri 27 February – Thu 5 March 2026"


@given(st.text())
def test_no_cell_of_an_export_starts_a_formula(text: str) -> None:
    cell = rules.neutral(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell in (text, f"'{text}")


@given(st.dictionaries(st.text(), st.dictionaries(st.sampled_from("abc"), st.integers(0, 9999))))
def test_the_fullest_cell_is_the_hottest_and_an_empty_one_is_cold(rows: dict[str, dict[str, int]]) -> None:
    cells = [cell for row in rules.shaded(rows, "abc") for cell in row.cells]
    most = max((cell.count for cell in cells), default=0)
    for cell in cells:
        assert (cell.heat == 0) == (cell.count == 0)
        assert cell.count != most or most == 0 or cell.heat == 4


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b'{"a": 1}', b"<html>"])
def test_any_bytes_can_be_shown(body: bytes) -> None:
    assert isinstance(pretty(body), str)


def test_the_bands_of_age_cover_every_age_once() -> None:
    edges = [(band.least, band.most) for band in rules.BANDS]
    assert edges[0][0] == 0 and edges[-1][1] is None
    assert all(most == least for (_, most), (least, _) in pairwise(edges))


def test_a_week_before_keeps_the_wall_clock_when_the_clocks_change() -> None:
    from aftercart.brands.models import Brand
    from aftercart.look.access import Desk

    at = datetime.fromisoformat("2026-03-30T12:00:00+02:00")  # the day after summer time began
    desk = Desk(brand=Brand(time_zone="Europe/Amsterdam"), user=None, now=at)  # type: ignore[arg-type]
    assert desk.week_before(at).isoformat() == "2026-03-23T12:00:00+01:00"
    assert desk.midnight.isoformat() == "2026-03-30T00:00:00+02:00"
