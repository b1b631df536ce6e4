"""What a model is taught with: the phrases that are shipped, and what a brand has labelled. Pure.

`seeds/<language>.toml` has the phrases of each default category, one a line, and `frames`: what is said around them
whatever they are about. Each phrase is taught as it is and, at half the weight, inside a frame.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CATEGORIES = (
    "wismo_shipping_status", "returns_exchanges", "order_change_cancel", "product_question", "billing_payment",
    "technical_checkout", "subscription", "loyalty", "other",
)  # fmt: skip
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "ja")
FRAMED = 0.5
CORRECTED = 3.0  # weight of what an agent has set right: heard at once, whatever else was taught


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its label. `language` may be empty; `weight` is how much it counts beside others."""

    text: str
    label: str
    language: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Seeds:
    """Of one language: frames have `{}` where the phrase goes."""

    phrases: tuple[tuple[str, str], ...]  # label, phrase
    frames: tuple[str, ...]


@cache
def seeds(language: str) -> Seeds:
    """What is shipped for one of LANGUAGES."""
    raw = files("aftercart.understanding").joinpath("seeds", f"{language}.toml").read_text("utf-8")
    told: dict[str, str] = tomllib.loads(raw)
    frames = tuple(told.pop("frames").strip().splitlines())
    return Seeds(tuple((label, one) for label, many in told.items() for one in many.strip().splitlines()), frames)


def shipped(languages: Collection[str] = LANGUAGES, labels: Collection[str] = CATEGORIES) -> list[Example]:
    """The phrases of these languages and labels, plain and framed; languages that we have none of are passed over."""
    made = []
    for language in LANGUAGES:
        if language in languages:
            told = seeds(language)
            for n, (label, phrase) in enumerate(told.phrases):
                if label in labels:
                    made.append(Example(phrase, label, language))
                    made.append(Example(told.frames[n % len(told.frames)].format(phrase), label, language, FRAMED))
    return made


@cache
def says_nothing() -> frozenset[str]:
    """Words that stand around any wish: who writes only these ("hello?", "please help") has not said what about."""
    from aftercart.understanding.folding import folded, words

    return frozenset("?!0") | frozenset(
        word
        for language in LANGUAGES
        for frame in seeds(language).frames
        for word in words(folded(frame.replace("{}", " ")))
    )
