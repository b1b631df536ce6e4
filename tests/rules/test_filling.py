from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.words.filling import TemplateError, fill, masked, parse, variables
from aftercart.words.sms import GSM, UCS2, plain, size

DAYS = "{days, plural, =0 {no day} one {# day} other {# days}}"


@pytest.mark.parametrize(("days", "said"), [(0, "no day"), (1, "1 day"), (2, "2 days"), (1200, "1,200 days")])
def test_a_plural_takes_the_form_of_its_number(days: int, said: str) -> None:
    assert fill(DAYS, {"days": days}, "en") == said


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [("fr", 0, "0 jour"), ("fr", 1, "1 jour"), ("fr", 2, "2 jours"), ("pt", 0, "0 jour"), ("es", 0, "0 jours")],
)
def test_which_number_is_one_depends_on_the_language(language: str, count: int, said: str) -> None:
    assert fill("{n, plural, one {# jour} other {# jours}}", {"n": count}, language) == said


def test_branches_hold_variables_and_a_form_that_is_not_written_is_the_last() -> None:
    text = "{n, plural, one {{name} has #} other {{name} have #}}"

    assert fill(text, {"n": 3, "name": "we"}, "en") == "we have 3"
    assert fill("{n, plural, other {#件}}", {"n": 1}, "ja") == "1件"
    assert variables(text) == {"n", "name"}


def test_only_a_sign_of_the_template_stands_for_the_number() -> None:
    text = "{n, plural, other {Order {number} is # days late{m, plural, other { (# of them)}}}}"
    assert fill(text, {"n": 3, "m": 2, "number": "#1042"}, "en") == "Order #1042 is 3 days late (2 of them)"


def test_a_form_that_is_written_empty_is_empty() -> None:
    assert fill("It waits{n, plural, =0 {} one { # day} other { # days}}.", {"n": 0}, "en") == "It waits."


@pytest.mark.parametrize(
    "text", ["{", "}", "a {b", "{b c}", "{N}", "{n, plural, one {#}}", "{n, plural, other {#}", "{}"]
)
def test_a_brace_astray_is_an_error_with_its_place(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert caught.value.excerpt


@given(st.text(st.characters(blacklist_characters="{}")))
def test_a_text_without_braces_is_itself(text: str) -> None:
    assert fill(text, {}, "en") == text
    assert masked(text) == text


@given(st.text(max_size=60))
def test_every_text_is_a_template_or_a_template_error(text: str) -> None:
    try:
        assert variables(text) == frozenset() or "{" in text
    except TemplateError:
        assert "{" in text or "}" in text


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", GSM, 0, 1),
        ("a" * 160, GSM, 160, 1),
        ("a" * 161, GSM, 161, 2),
        ("a" * 306, GSM, 306, 2),
        ("a" * 307, GSM, 307, 3),
        ("€" * 80, GSM, 160, 1),
        ("é" * 160, GSM, 160, 1),
        ("á", UCS2, 1, 1),
        ("á" * 70, UCS2, 70, 1),
        ("á" * 71, UCS2, 71, 2),
        ("あ" * 134, UCS2, 134, 2),
        ("あ" * 135, UCS2, 135, 3),
        ("😀" * 35, UCS2, 70, 1),
        # An escape is not parted from its sign: 152 and then a pair that would begin at the last place.
        ("a" * 152 + "€" + "a" * 152, GSM, 306, 3),
        ("á" * 66 + "😀" + "á" * 66, UCS2, 134, 3),
    ],
)
def test_an_sms_is_counted_as_networks_count_it(text: str, encoding: str, units: int, segments: int) -> None:
    counted = size(text)
    assert (counted.encoding, counted.units, counted.segments) == (encoding, units, segments)


def test_what_a_word_processor_puts_in_does_not_cost_the_short_alphabet() -> None:
    assert plain("“It’s” – 5 days…") == '"It\'s" - 5 days...'
    assert size(plain("“It’s” – 5 days…")).encoding == GSM


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_segments(text: str) -> None:
    assert size(text + "a").segments >= size(text).segments
