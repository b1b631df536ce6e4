"""Wishes and dangers are noticed by their words, in the language that they are said in."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.understanding.examples import LANGUAGES
from aftercart.understanding.folding import folded, words
from aftercart.understanding.signals import SIGNALS, signals


def noticed(text: str, language: str = "") -> dict[str, float]:
    return {one.name: one.confidence for one in signals(text, words(folded(text)), language)}


def test_every_signal_has_cues_in_every_language_and_each_is_found_in_itself() -> None:
    told = tomllib.loads(files("aftercart.understanding").joinpath("cues.toml").read_text("utf-8"))
    assert set(told) == set(SIGNALS)
    missed = []
    for name, languages in told.items():
        assert set(languages) == set(LANGUAGES)
        for language, lines in languages.items():
            for line in lines.strip().splitlines():
                said = line.lstrip("~").replace("*", "")
                if name not in noticed(said, language):
                    missed.append((name, language, line))
    assert missed == []


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Can I please talk to a human?", "en", "person"),
        ("Ich will mit einem Menschen reden", "de", "person"),
        ("Je veux parler à quelqu'un", "fr", "person"),
        ("担当者と話したいです", "ja", "person"),
        ("This is ridiculous, third time I write", "en", "anger"),
        ("Das ist eine Frechheit", "de", "anger"),
        ("I'll file a chargeback with my bank", "en", "legal"),
        ("Ich schalte meinen Anwalt ein", "de", "legal"),
        ("voy a poner una denuncia", "es", "legal"),
        ("弁護士に相談します", "ja", "legal"),
        ("my husband passed away last week", "en", "vulnerable"),
        ("elle est à l'hôpital", "fr", "vulnerable"),
        ("I did not place this order", "en", "fraud"),
        ("mijn account is gehackt", "nl", "fraud"),
    ],
)
def test_what_is_said_is_noticed(text: str, language: str, name: str) -> None:
    assert noticed(text, language)[name] >= 0.5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my order", "en"),
        ("I bought food for my dog", "en"),
        ("I am sad that it is sold out", "en"),
        ("het bedrag klopt niet", "nl"),
        ("merci beaucoup", "fr"),
        ("", ""),
    ],
)
def test_one_languages_word_is_no_cue_in_another(text: str, language: str) -> None:
    assert noticed(text, language) == {}


def test_each_further_cue_adds_and_hints_alone_are_not_sure() -> None:
    hint, two, plain = (
        noticed(t, "en")["anger"] for t in ("i am disappointed", "disappointed, still waiting", "a scam")
    )
    assert hint < two < plain


def test_shouting_is_anger_and_a_shouted_number_is_not() -> None:
    assert noticed("WHERE IS MY ORDER NOW", "en")["anger"] == 0.5
    assert noticed("where is it!!!!", "en")["anger"] == 0.25
    assert noticed("TBA302481776254 RR473124829GB", "en") == {}


@given(st.text(max_size=200), st.sampled_from(["", *LANGUAGES]))
def test_any_text_has_each_signal_once_with_its_reasons(text: str, language: str) -> None:
    found = signals(text, words(folded(text)), language)
    assert [one.name for one in found] == [name for name in SIGNALS if name in {one.name for one in found}]
    assert all(0 < one.confidence <= 1 and one.cues for one in found)
