"""Which of a brand's languages a text is in, or none where that is unsure. Pure.

Two opinions: a linear model over our own seed phrases, which knows how customers write, however short, in ten
languages; and py3langid, which knows a hundred from longer texts. The library is asked only where the first is unsure
or does not know all of the brand's languages, so most texts cost microseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from typing import Any

import numpy as np

from aftercart.understanding.examples import LANGUAGES, seeds
from aftercart.understanding.folding import folded, words
from aftercart.understanding.learning import taught
from aftercart.understanding.linear import Linear, chances

SURE = 0.6
PLAIN = 0.9  # from here on the library need not be asked
LEAST = 1e-4  # no opinion counts for less, so that one alone can rule out nothing
SHORT = 4  # words, below which what is usual for this customer or shop counts
USUAL = 3.0  # … how much likelier it is


@dataclass(frozen=True, slots=True)
class Spoken:
    """`language` is "" where nothing is sure enough; `confidence` is that of the likeliest."""

    language: str
    confidence: float


class Languages:
    """`among` are ISO 639-1 codes. ValueError where one is unknown to the library and to us."""

    def __init__(self, among: Collection[str] = LANGUAGES) -> None:
        self.among = tuple(dict.fromkeys(among))
        self._ours = [LANGUAGES.index(one) if one in LANGUAGES else None for one in self.among]
        if not self.among:
            raise ValueError("languages: a brand speaks at least one")
        if strange := [one for one in self.among if one not in LANGUAGES and one not in _library_knows()]:
            raise ValueError(f"languages: {', '.join(strange)} cannot be told from others")

    def spoken(self, texts: Sequence[str], read: Sequence[Sequence[str]], usual: Sequence[str] = ()) -> list[Spoken]:
        """`read` are the words of each text, folded; `usual` the language of its customer."""
        if len(self.among) == 1:
            return [Spoken(self.among[0] if made else "", 1.0 if made else 0.0) for made in read]
        told = chances(_phrases().scores(read))
        ours = np.stack(
            [np.full(len(read), LEAST) if at is None else np.maximum(told[:, at], LEAST) for at in self._ours]
        )
        best, known = ours.argmax(axis=0), ours.sum(axis=0)
        sure = ours.max(axis=0) / known
        plain = (sure >= PLAIN) & (known >= 0.5) if None not in self._ours else np.zeros(len(read), bool)
        found = []
        for n, made in enumerate(read):
            if plain[n] and len(made) >= SHORT:
                found.append(Spoken(self.among[best[n]], round(float(sure[n]), 4)))
            else:
                found.append(self._one(texts[n], made, ours[:, n].tolist(), bool(plain[n]), usual[n] if usual else ""))
        return found

    def _one(self, text: str, made: Sequence[str], ours: list[float], plain: bool, usual: str) -> Spoken:
        if not any(word[0].isalpha() for word in made):
            return Spoken("", 0.0)
        if not plain:
            ours = self._with_library(text, ours)
        if len(made) < SHORT and usual in self.among:
            ours[self.among.index(usual)] *= USUAL
        total, best = sum(ours), max(range(len(ours)), key=ours.__getitem__)
        sure = round(ours[best] / total, 4)
        return Spoken(self.among[best] if sure >= SURE else "", sure)

    def _with_library(self, text: str, ours: Sequence[float]) -> list[float]:
        ranked = dict(_library(tuple(sorted(set(self.among) & _library_knows()))).rank(text[:500]))
        return [
            exp(log(max(ranked.get(one, LEAST), LEAST)) + (0.0 if at is None else log(ours[n])))
            for n, (one, at) in enumerate(zip(self.among, self._ours, strict=True))
        ]


@cache
def _phrases() -> Linear:
    """The model over our own phrases; the classes are LANGUAGES in order."""
    told = [
        (words(folded(text)), n)
        for n, language in enumerate(LANGUAGES)
        for text in (*(phrase for _, phrase in seeds(language).phrases), *seeds(language).frames)
    ]
    told = [(made, n) for made, n in told if made]
    return taught([made for made, _ in told], [n for _, n in told], [1.0] * len(told), len(LANGUAGES))


@cache
def _library(among: tuple[str, ...] = ()) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if among:
        found.set_languages(among)
    return found


@cache
def _library_knows() -> frozenset[str]:
    return frozenset(_library().labels)
