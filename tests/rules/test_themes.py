"""What begins to be written about is found, and nothing where nothing does."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.understanding import themes as rules
from aftercart.understanding.themes import Found, Said, themes
from tests.planted_themes import GROWTH, NOISE, WEEKS, growing, noise, planted
from tests.telling import days
from tests.world import NOW


def matter(found: Found) -> tuple[str, float]:
    """The matter that most of its messages are about, and their share."""
    often = Counter(str(key).rsplit(" ", 1)[0] for key in found.keys)
    ((name, count),) = often.most_common(1)
    return name, count / len(found.keys)


def grown(seed: int, *, with_matters: bool) -> list[Found]:
    chance = random.Random(seed)
    found = []
    for language, usual in (("en", NOISE), ("de", 40)):
        texts = [*noise(language, chance, usual), *(growing(language, chance) if with_matters else ())]
        chance.shuffle(texts)
        found += [one for one in themes(texts, NOW, WEEKS) if one.growing]
    return found


def test_what_begins_to_be_written_about_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten matters of eighteen messages each, among a hundred others a week; a few runs, for chance plays a part."""
    names = {name for matters in planted().values() for name in matters}
    runs = [[matter(one) for one in grown(seed, with_matters=True)] for seed in range(5)]
    found = [len({name for name, _ in run} & names) for run in runs]
    pure = [share for run in runs for _, share in run]
    strange = sum(name not in names for run in runs for name, _ in run)
    with capsys.disabled():
        mean = sum(pure) / len(pure)
        print(f" [of {len(names)} themes found: {found}; pure: {mean:.0%}; that are none: {strange}]", end="")
    assert sum(found) >= 5 * 7 and min(found) >= 6
    assert sum(pure) / len(pure) >= 0.85 and strange <= 1


def test_nothing_grows_in_what_is_said_all_the_time() -> None:
    assert [grown(seed, with_matters=False) for seed in range(5)] == [[]] * 5


def test_the_same_things_said_more_often_by_everybody_are_no_theme() -> None:
    """A rush: twice the messages in the last weeks, about what they always were."""
    chance = random.Random(3)
    texts = list(noise("en", chance))
    busy = [Said(f"{one.key} again", one.text, one.at) for one in texts if one.at > NOW - days(14)]
    assert not [one for one in themes(texts + busy, NOW, WEEKS) if one.growing]


def test_a_theme_says_what_it_is_about_and_how_many_there_were_in_each_week() -> None:
    chance = random.Random(1)
    texts = [*noise("en", chance), *growing("en", chance)]
    (lid,) = [one for one in themes(texts, NOW, WEEKS) if matter(one)[0] == "whistling_lid"]
    assert {"lid", "whistling"} <= set(lid.words) and len(lid.words) == 4
    assert sum(lid.weeks) == len(lid.keys) and len(lid.weeks) == len(GROWTH)
    assert lid.weeks[-1] > lid.weeks[0] == 0


@given(st.lists(st.tuples(st.text("ab cde", max_size=20), st.floats(-3, 60)), max_size=30), st.randoms())
def test_each_text_is_in_one_theme_at_most_and_their_order_decides_nothing(
    told: list[tuple[str, float]], chance: random.Random
) -> None:
    texts = [Said(n, text, NOW - days(ago)) for n, (text, ago) in enumerate(told)]
    found = themes(texts, NOW, WEEKS)
    keys = [key for one in found for key in one.keys]
    assert len(keys) == len(set(keys)) and all(len(one.keys) >= rules.SMALLEST for one in found)
    chance.shuffle(texts)
    assert {frozenset(one.keys) for one in themes(texts, NOW, WEEKS)} == {frozenset(one.keys) for one in found}


def test_a_large_shop_waits_seconds() -> None:
    chance = random.Random(2)
    words = [f"w{chance.choice('aeiou')}{n}x" for n in range(2_000)]
    texts = [
        Said(n, " ".join(chance.choices(words, k=9)), NOW - days(chance.random() * 50)) for n in range(rules.MOST + 50)
    ]
    begun = time.process_time()
    assert not [one for one in themes(texts, NOW, WEEKS) if one.growing]
    assert time.process_time() - begun < 60
