"""Wishes and dangers that a text gives away: somebody to talk to, anger, law, need, fraud. Pure.

Cues, not a model: each is a line that somebody can read and argue with in `cues.toml`; a false alarm names its cause.
Cues count in their own language, since one's word for a sum is another's for fraud; the English ones count in any, and
all of them where the language is unsure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar

from aftercart.understanding.folding import UNSPACED, folded, words

SIGNALS = ("person", "anger", "legal", "vulnerable", "fraud")
PLAIN, HINT = 0.9, 0.5
MOST_WORDS = 100_000  # that are remembered
STEM = 3  # letters by which a cue is found, before it is compared
SHOUTED = re.compile(r"\b[^\W\d_a-z]{3,}\b")
MARKS = re.compile(r"[!?！？]{3,}")
# So much capitals, in so many words, are shouting.
SHOUTS, SHOUTED_WORDS = 0.6, 4


@dataclass(frozen=True, slots=True)
class Signal:
    """`cues` are the words that gave it away, as they are listed."""

    name: str
    confidence: float
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cue:
    signal: str
    language: str
    words: tuple[str, ...]  # each ends in "*" where it may go on
    strength: float
    written: str


def signals(text: str, read: Sequence[str], language: str = "") -> list[Signal]:
    """`read` are the words of the folded text, `language` that of the text. Each cue adds to the confidence."""
    met: dict[str, dict[str, float]] = {}
    for cue in _met(read):
        if language and cue.language not in (language, "en"):
            continue
        met.setdefault(cue.signal, {})[cue.written] = cue.strength
    if not text.isascii() and UNSPACED.search(text):
        small = folded(text)
        for cue in _unspaced():
            if cue.words[0] in small:
                met.setdefault(cue.signal, {})[cue.written] = cue.strength
    for name, strength in _tone(text, read):
        met.setdefault("anger", {})[name] = strength
    return [_signal(name, met[name]) for name in SIGNALS if name in met]


def _signal(name: str, cues: Mapping[str, float]) -> Signal:
    doubt = 1.0
    for strength in cues.values():
        doubt *= 1 - strength
    return Signal(name, round(1 - doubt, 4), tuple(cues))


def _tone(text: str, read: Sequence[str]) -> Iterator[tuple[str, float]]:
    if MARKS.search(text):
        yield "!!!", HINT / 2
    if len(read) >= SHOUTED_WORDS and (shouted := SHOUTED.findall(text)) and len(shouted) >= SHOUTS * len(read):
        yield "capitals", HINT


def _met(read: Sequence[str]) -> Iterator[_Cue]:
    starting = _Starting.shared
    for at, word in enumerate(read):
        for cue in starting[word]:
            if len(cue.words) == 1 or _follows(cue.words, read[at : at + len(cue.words)]):
                yield cue


def _follows(wanted: Sequence[str], ahead: Sequence[str]) -> bool:
    return len(ahead) == len(wanted) and all(map(_same, wanted, ahead))


class _Starting(dict[str, tuple[_Cue, ...]]):
    """By any word the cues that it can begin; found once for each word."""

    shared: ClassVar[_Starting]

    def __missing__(self, word: str) -> tuple[_Cue, ...]:
        found = tuple(cue for cue in _spaced().get(word[:STEM], ()) if _same(cue.words[0], word))
        if len(self) < MOST_WORDS:
            self[word] = found
        return found


_Starting.shared = _Starting()


def _same(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


@cache
def _cues() -> tuple[_Cue, ...]:
    told = tomllib.loads(files("aftercart.understanding").joinpath("cues.toml").read_text("utf-8"))
    return tuple(
        _cue(signal, line, language)
        for signal in SIGNALS
        for language in told[signal]
        for line in _lines(told, signal, language)
    )


def _lines(told: Mapping[str, Mapping[str, str]], signal: str, language: str) -> list[str]:
    return told[signal][language].strip().splitlines()


def _cue(signal: str, line: str, language: str) -> _Cue:
    strength, said = (HINT, line[1:]) if line.startswith("~") else (PLAIN, line)
    return _Cue(signal, language, (folded(said),) if language == "ja" else _words(said), strength, said)


def _words(said: str) -> tuple[str, ...]:
    return tuple(made + "*" * word.endswith("*") for word in said.split() for made in words(folded(word.rstrip("*"))))


@cache
def _spaced() -> dict[str, tuple[_Cue, ...]]:
    """Cues by the first letters of their first word."""
    found: dict[str, tuple[_Cue, ...]] = {}
    for cue in _cues():
        if not UNSPACED.search(cue.words[0]):
            first = cue.words[0].rstrip("*")[:STEM]
            found[first] = (*found.get(first, ()), cue)
    return found


@cache
def _unspaced() -> tuple[_Cue, ...]:
    return tuple(cue for cue in _cues() if UNSPACED.search(cue.words[0]))
