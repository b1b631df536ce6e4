"""Eight weeks of what a shop did not understand: matters that begin to grow, among messages about anything."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from aftercart.understanding.examples import seeds
from aftercart.understanding.themes import Said
from tests.world import NOW

WEEKS = 8
GROWTH = (0, 0, 0, 1, 2, 3, 5, 7)  # messages a week, the last ends now
NOISE = 60  # messages a week and language


@cache
def planted() -> dict[str, dict[str, list[str]]]:
    """Language → matter → messages."""
    told = tomllib.loads((Path(__file__).parent / "messages/themes.toml").read_text("utf-8"))
    return {lang: {name: text.strip().splitlines() for name, text in found.items()} for lang, found in told.items()}


def noise(language: str, chance: random.Random, count: int = NOISE) -> Iterator[Said]:
    """Messages about anything that a shop hears, all different, as many in each week."""
    frames, phrases = seeds(language).frames, [phrase for _, phrase in seeds(language).phrases]
    for n, phrase in enumerate(chance.sample(phrases, count * WEEKS)):
        yield Said(f"noise {n}", chance.choice(frames).format(phrase), _moment(n % WEEKS, chance))


def growing(language: str, chance: random.Random) -> Iterator[Said]:
    """The matters of a language, each message in some frame and with some number, never twice the same."""
    for name, texts in planted()[language].items():
        n = 0
        for week, count in enumerate(GROWTH):
            for _ in range(count):
                text = chance.choice(seeds(language).frames).format(texts[n % len(texts)])
                yield Said(f"{name} {n}", f"{text} {chance.randint(1_000, 9_999)}", _moment(week, chance))
                n += 1


def _moment(week: int, chance: random.Random) -> datetime:
    return NOW - timedelta(weeks=WEEKS - 1 - week, seconds=chance.randint(1, 7 * 86_400 - 1))
