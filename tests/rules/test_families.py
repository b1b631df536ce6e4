"""Words that mean alike: what is taught of one is known of the others."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

from aftercart.understanding.category import Classifier
from aftercart.understanding.examples import LANGUAGES, Example, seeds
from aftercart.understanding.families import families
from aftercart.understanding.folding import folded, words
from aftercart.understanding.learning import taught
from aftercart.understanding.linear import Vocabulary, features, units


def test_a_word_is_in_one_family_and_one_wider_one() -> None:
    text = files("aftercart.understanding").joinpath("families", "en.txt").read_text("utf-8")
    written = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    assert [word for word, often in Counter(written).items() if often > 1] == []
    assert all(words(folded(word)) == [word] for word in written), "as a text is read, so that it is ever found"
    assert set(families()) == set(written)
    for narrow, wide in families().values():
        assert narrow != wide and features(narrow)[0] == narrow


def test_a_wider_family_is_whole_families() -> None:
    wider: dict[str, set[str]] = {}
    for narrow, wide in families().values():
        wider.setdefault(narrow, set()).add(wide)
    assert {len(wide) for wide in wider.values()} == {1}
    assert families()["smashed"][0] == families()["wrecked"][0] and families()["smashed"][0] != families()["refund"][0]


def test_no_word_is_of_another_language_alone() -> None:
    """Swedish "slut" is an end and German "die" an article: neither may count as what it means in English."""
    spoken = {
        language: {word for _, phrase in seeds(language).phrases for word in words(folded(phrase))}
        for language in LANGUAGES
    }
    foreign = set[str]().union(*(said for language, said in spoken.items() if language != "en")) - spoken["en"]
    framed = {word for frame in seeds("en").frames for word in words(folded(frame.replace("{}", " ")))}
    assert set(families()) & (foreign - framed) == set()


def test_what_is_taught_of_a_word_is_known_of_its_family() -> None:
    texts, labels = [units(["pillow"]), units(["invoice"])], [0, 1]
    near = {"pillow": ("~1", "~~1"), "cushion": ("~1", "~~1")}
    with_families = taught(texts, labels, [1.0, 1.0], 2, families=near).scores([units(["qushion"]), units(["cushion"])])
    assert with_families[1, 0] - with_families[1, 1] > with_families[0, 0] - with_families[0, 1] + 0.5
    without = taught(texts, labels, [1.0, 1.0], 2)
    assert without.scores([units(["cushion"])])[0].tolist() != with_families[1].tolist()


def test_a_brands_word_reaches_those_that_mean_like_it() -> None:
    """By its letters alone, "wrecked" is nearer to "wrench"."""
    own = [Example("smashed", "damage"), Example("wrench", "tools")]
    assert Classifier(own, labels=("damage", "tools")).judge([["wrecked"]])[0].likeliest == "damage"


def test_a_unit_that_was_not_taught_has_its_family() -> None:
    book = Vocabulary([["pillow"]], {"pillow": ("~1", "~~1"), "cushion": ("~1", "~~1")})
    rows = {name for name, at in book.features.items() if at in book.unit_rows("cushion")}
    assert {"~1", "~~1"} <= rows
    assert Vocabulary([["pillow"]]).unit_rows("xyz") == []
