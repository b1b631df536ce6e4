"""What a text is about and in which language, for a brand that is new and for one that teaches."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.understanding.category import PRIOR, Classifier, Judged, cold, taxonomy
from aftercart.understanding.examples import CATEGORIES, CORRECTED, LANGUAGES, Example, seeds, shipped
from aftercart.understanding.folding import folded, words
from aftercart.understanding.language import Languages
from aftercart.understanding.reading import Reader, Reading, Shop, Text
from aftercart.understanding.scoring import score

MESSAGES = Path(__file__).parents[1] / "messages"


def messages(name: str) -> Iterator[tuple[str, str, str]]:
    """Language, category, text."""
    for language, told in tomllib.loads((MESSAGES / f"{name}.toml").read_text("utf-8")).items():
        for label, texts in told.items():
            yield from ((language, label, text) for text in texts)


@cache
def reader() -> Reader:
    return Reader()


def read(text: str, **told: str) -> Reading:
    return reader().read([Text(text, **told)])[0]


def judged(classifier: Classifier, text: str, *facts: str) -> Judged:
    return classifier.judge([words(folded(text))], [facts])[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_phrases_for_each_category_and_none_for_two(language: str) -> None:
    told = seeds(language)
    assert {label for label, _ in told.phrases} == set(CATEGORIES)
    assert min(Counter(label for label, _ in told.phrases).values()) >= 15 and len(told.frames) >= 6
    assert all(frame.count("{}") == 1 for frame in told.frames)
    labels: dict[str, set[str]] = {}
    for label, phrase in told.phrases:
        assert phrase.strip() == phrase != ""
        labels.setdefault(" ".join(words(folded(phrase))), set()).add(label)
    assert {phrase: both for phrase, both in labels.items() if len(both) > 1} == {}


@pytest.mark.parametrize(("name", "least"), [("messages", 0.95), ("held_back", 0.75)])
def test_a_brand_without_history_understands_what_nobody_taught_it(name: str, least: float) -> None:
    told = list(messages(name))
    found = reader().read([Text(text) for _, _, text in told])
    right = [one.category.likeliest == label for one, (_, label, _) in zip(found, told, strict=True)]
    assert sum(right) >= least * len(told)
    assert [one.language.language for one in found] == [language for language, _, _ in told]
    unsure = [hit for hit, one in zip(right, found, strict=True) if not one.category.label]
    assert sum(right) - sum(unsure) >= 0.85 * (len(told) - len(unsure)), "what is sure is mostly right"


def test_seeds_and_messages_are_not_the_same_texts() -> None:
    taught = {" ".join(words(folded(one.text))) for one in shipped()}
    greetings = {"hello there", "hallo zusammen", "bonjour a tous", "hola a todos", "ciao a tutti", "hallo allemaal",
                 "czesc wszystkim", "ola a todos", "hej alla"}  # fmt: skip
    known = {
        " ".join(w for w in words(folded(t)) if w.isalpha()) for n in ("messages", "held_back") for *_, t in messages(n)
    }
    assert (known & taught) - greetings == set()


@pytest.mark.parametrize("text", ["", " ", "\n", "…", "!!!", "-- ", "\x00", "​"])
def test_who_says_nothing_is_not_understood(text: str) -> None:
    found = read(text)
    assert found.category.label == "" and found.language.language == ""
    assert found.entities == ()


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_no_answer_is_surer_than_sure(text: str) -> None:
    found = read(text)
    assert found.category.likeliest in CATEGORIES and found.category.label in ("", found.category.likeliest)
    assert found.language.language in ("", *LANGUAGES)
    sure = [found.category.confidence, found.language.confidence]
    sure += [one.confidence for one in found.entities] + [one.confidence for one in found.signals]
    assert all(0 <= one <= 1 for one in sure)
    for entity in found.entities:
        assert text[entity.start : entity.end] == entity.written


@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from([t for *_, t in messages("messages")])), max_size=8))
@settings(max_examples=60, deadline=None)
def test_an_answer_does_not_depend_on_what_else_is_asked(texts: list[str]) -> None:
    together = reader().read([Text(text) for text in texts])
    for alone, one in zip((read(text) for text in texts), together, strict=True):
        assert alone.category.likeliest == one.category.likeliest or alone.category.confidence < 0.5
        assert alone.category.confidence == pytest.approx(one.category.confidence, abs=1e-3)
        assert (alone.language.language, alone.entities, alone.signals) == (
            one.language.language,
            one.entities,
            one.signals,
        )


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert all(word and " " not in word for word in words(folded(text)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Où est ma commande?", ["ou", "est", "ma", "commande", "?"]),
        ("ÄRGER über Straße 12", ["arger", "uber", "strasse", "0"]),
        ("łódź", ["lodz"]),
        ("ログインできません", ["ログイン", "できません"]),
        ("order #1234-5", ["order", "0", "0"]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(folded(text)) == found


def test_what_we_know_of_the_order_decides_where_words_do_not() -> None:
    for text in ("hello?", "please help", "hallo?", "bonjour"):
        assert judged(cold(), text, "parcel_in_trouble").label == "wismo_shipping_status", text
        assert judged(cold(), text, "refund_due").label == "returns_exchanges", text
    assert judged(cold(), "i forgot my password", "parcel_in_trouble").label == "technical_checkout"


@pytest.mark.parametrize("fact", PRIOR)
def test_a_fact_makes_its_category_likelier_and_no_other(fact: str) -> None:
    (label,) = PRIOR[fact]
    assert label in CATEGORIES
    assert judged(cold(), "hello?", fact).likeliest == label


@pytest.mark.parametrize("anew", [False, True])
def test_a_correction_is_heard_at_once_and_little_else_changes(anew: bool) -> None:
    before, asked = cold(), "does the lid whistle"
    corrected = Example(asked, "technical_checkout", weight=CORRECTED)
    assert judged(before, asked).likeliest != "technical_checkout"
    after = Classifier([corrected], earlier=before) if anew else before.with_more([corrected])
    assert judged(after, asked).label == "technical_checkout"
    texts = [text for _, _, text in messages("messages")]
    same = [judged(before, text).likeliest == judged(after, text).likeliest for text in texts]
    assert sum(same) >= 0.9 * len(same)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_is_learned_on_top_is_as_if_all_had_been_taught_together(seed: int) -> None:
    told = [Example(text, label, language) for language, label, text in messages("messages")]
    random.Random(seed).shuffle(told)
    base = Classifier(told[40:], earlier=cold())
    says = [judged(base, one.text) for one in told]
    on_top, together = base.with_more(told[:40]), Classifier(told, earlier=base)
    pairs = [(judged(on_top, one.text).likeliest, judged(together, one.text).likeliest) for one in told]
    assert sum(one == other for one, other in pairs) >= 0.99 * len(pairs)
    assert [one for one, _ in pairs[:40]] == [one.label for one in told[:40]], "what was said is known"
    assert [judged(base, one.text) for one in told] == says, "the other is as it was"


def test_what_says_nothing_or_has_no_label_of_ours_is_not_learned_on_top() -> None:
    nothing = cold().with_more([Example("", "other"), Example("the zibble is flat", "engraving")])
    assert judged(nothing, "the zibble is flat") == judged(cold(), "the zibble is flat")
    said = cold().with_more([Example("the zibble is flat", "loyalty", weight=CORRECTED)])
    assert judged(said, "The ZIBBLE is flat!").label == "loyalty"
    twice = said.with_more([Example("the zibble is flat", "subscription", weight=3 * CORRECTED)])
    assert judged(twice, "the zibble is flat").likeliest == "subscription"


def test_a_brand_with_its_own_categories_has_only_those() -> None:
    own = [Example(f"please engrave {name}", "engraving") for name in "abcdef"]
    own += [Example(f"wrap the gift {name}", "wrapping") for name in "abcdef"]
    labels = taxonomy([one.label for one in own])
    assert set(labels) == {"engraving", "wrapping"}
    assert judged(Classifier(own, labels=labels), "can you engrave this").label == "engraving"
    assert taxonomy(["engraving", "loyalty"]) == (*CATEGORIES, "engraving")
    assert taxonomy([]) == CATEGORIES
    with pytest.raises(ValueError, match="labels"):
        Classifier(labels=())


def test_a_brand_is_answered_only_in_its_languages() -> None:
    two = Languages(("en", "fi"))
    texts = ["where is my order, it should have come last week", "missä tilaukseni on, sen piti tulla viime viikolla"]
    said = two.spoken(texts, [words(folded(text)) for text in texts])
    assert [one.language for one in said] == ["en", "fi"]
    with pytest.raises(ValueError, match="xx"):
        Languages(("en", "xx"))
    with pytest.raises(ValueError, match="at least one"):
        Languages(())


def test_a_short_text_is_in_the_language_that_its_customer_uses() -> None:
    shop = Reader(Shop(languages=("pt", "es", "it"), usual="es"))
    (found,) = shop.read([Text("no")])
    (other,) = shop.read([Text("no", usual="it")])
    assert found.language.language in ("es", "") and other.language.language in ("it", "")


def test_a_score_is_worked_out_by_hand() -> None:
    said = [
        Judged("a", "a", 0.9),
        Judged("a", "a", 0.8),
        Judged("", "b", 0.4),
        Judged("", "a", 0.3),
        Judged("b", "b", 0.7),
    ]
    found = score(said, ["a", "b", "b", "b", "b"], ["en", "en", "de", "", "de"])
    assert (found["accuracy"], found["automated_share"], found["automated_accuracy"]) == (0.6, 0.6, 0.6667)
    assert found["accuracy_at_80"] == 0.75
    assert found["by_label"]["a"] == {"texts": 1, "recall": 1.0, "precision": 0.3333, "f1": 0.5}
    assert found["by_label"]["b"] == {"texts": 4, "recall": 0.5, "precision": 1.0, "f1": 0.6667}
    assert found["macro_f1"] == pytest.approx((0.5 + 0.6667) / 2, abs=1e-4)
    assert found["by_lang"]["de"] == {"texts": 2, "accuracy": 1.0}
    assert found["by_lang"]["unknown"] == {"texts": 1, "accuracy": 0.0}
