"""A linear model over words, pairs of words and the letters within words. Pure, and fast enough to learn on the spot.

What a text is made of are *units*: its words and its pairs of neighbours. A unit has *features*: the word itself, each
run of two to five letters in it and the families of words that mean like it; or the pair. So the score of a text is the
sum of its units' scores, over the length of its vector, and a unit has to be looked at once only, however often it is
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from aftercart.understanding.families import Families
from aftercart.understanding.folding import UNSPACED

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
NO_FAMILIES: Families = {}

SHORTEST, LONGEST = 2, 5  # letters of a run, with the blank before and after a word
RUN_SHARE, PAIR_SHARE = 0.45, 0.5  # how much a run of letters and a pair count beside a word
FAMILY_SHARE = 0.8  # … and a family
SHARES = {"_": RUN_SHARE, "~": FAMILY_SHARE}
ROOM = 4_096  # rows for units that are met later, at first
MOST_CACHED = 100_000  # units that a model remembers beside those it was taught with


def units(words: Sequence[str]) -> list[str]:
    """Words, pairs of neighbours, and pairs with one word between; pairs are written with a blank."""
    return [*words, *map(" ".join, pairwise(words)), *map(" _ ".join, zip(words, words[2:], strict=False))]


def features(unit: str) -> list[str]:
    """What a unit is made of. A word's runs of letters are marked apart from words."""
    if " " in unit:
        return [unit]
    if UNSPACED.match(unit):
        return [unit, *_runs(unit, 1, 4)]
    return [unit, *_runs(f"<{unit}>", SHORTEST, LONGEST)]


def _runs(word: str, shortest: int, longest: int) -> list[str]:
    return [
        f"_{word[at : at + size]}"
        for size in range(shortest, longest + 1)
        for at in range(max(0, len(word) - size + 1))
    ]


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix by its rows: `columns[starts[r]:starts[r + 1]]` with `values`. No row is empty."""

    columns: Ints
    values: Floats
    starts: Ints  # of each row, and the end

    def times(self, dense: Floats) -> Floats:
        """`dense` has, for each class, a number for each column; the result one for each row."""
        starts = self.starts[:-1]
        return np.stack([np.add.reduceat(row[self.columns] * self.values, starts) for row in dense])

    def turned(self) -> Rows:
        """Rows and columns exchanged. Each column must be used."""
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))[order]
        starts = np.flatnonzero(np.diff(self.columns[order], prepend=-1))
        return Rows(rows, self.values[order], np.append(starts, len(order)))

    def followed_by(self, others: Rows) -> Rows:
        starts = np.concatenate((self.starts, self.starts[-1] + others.starts[1:]))
        columns, values = np.concatenate((self.columns, others.columns)), np.concatenate((self.values, others.values))
        return Rows(columns, values, starts)


def rows_of(found: Sequence[Sequence[int]], values: Floats | None = None) -> Rows:
    columns = np.fromiter(chain.from_iterable(found), np.int64)
    starts = np.concatenate(([0], np.cumsum([len(one) for one in found])))
    return Rows(columns, np.ones(len(columns), np.float32) if values is None else values, starts)


class Vocabulary:
    """The units and features of what a model is taught with, and how much each feature weighs.

    `families` has further features for some words.
    """

    def __init__(self, texts: Sequence[Sequence[str]], families: Families = NO_FAMILIES) -> None:
        self.families = families
        self.count = len(texts)
        self.units: dict[str, int] = {}
        self.texts = [[self.units.setdefault(unit, len(self.units)) for unit in text] for text in texts]
        self.features: dict[str, int] = {}
        names = self.features
        if not self.units:
            self.weights = self.lengths = np.zeros(0, np.float32)
            self.made = Rows(np.zeros(0, np.int64), self.weights, np.zeros(1, np.int64))
            return
        made = [[names.setdefault(one, len(names)) for one in self._made_of(unit)] for unit in self.units]
        plain = rows_of(made)
        # A feature is as rare as the texts that have it; a text that has it twice counts twice, which hardly matters.
        often = np.bincount(np.concatenate([np.asarray(text, np.int64) for text in self.texts]), minlength=len(made))
        seen = np.bincount(plain.columns, np.repeat(often, np.diff(plain.starts)), minlength=len(names))
        self.weights = (1 + np.log((1 + len(texts)) / (1 + seen))).astype(np.float32) * _shares(names)
        self.made, self.lengths = _weighed(plain, self.weights)

    def grown(self, texts: Sequence[Sequence[str]]) -> Vocabulary:
        """With what these texts add, which is as rare as can be. What is known keeps its place and its weight."""
        more = copy(self)
        more.units, more.features = dict(self.units), dict(self.features)
        more.texts = [[more.units.setdefault(unit, len(more.units)) for unit in text] for text in texts]
        names, added = more.features, list(islice(more.units, len(self.units), None))
        if not added:
            return more
        plain = rows_of([[names.setdefault(one, len(names)) for one in self._made_of(unit)] for unit in added])
        rare = np.float32(1 + np.log((1 + self.count) / 2))
        fresh = islice(names, len(self.features), None)
        more.weights = np.concatenate((self.weights, rare * _shares(fresh)))
        made, lengths = _weighed(plain, more.weights)
        more.made, more.lengths = self.made.followed_by(made), np.concatenate((self.lengths, lengths))
        return more

    def part(self, texts: Sequence[Sequence[str]]) -> tuple[Vocabulary, Ints]:
        """Of known texts alone, each feature as heavy as here; and where its features are here."""
        some = Vocabulary(texts, self.families)
        where = np.fromiter(map(self.features.__getitem__, some.features), np.int64, len(some.features))
        some.weights = self.weights[where]
        some.made, some.lengths = _weighed(some.made, some.weights)
        return some, where

    def unit_rows(self, unit: str) -> list[int]:
        known = self.features
        return [known[one] for one in self._made_of(unit) if one in known]

    def _made_of(self, unit: str) -> list[str]:
        return [*features(unit), *self.families.get(unit, ())]


def _weighed(plain: Rows, weights: Floats) -> tuple[Rows, Floats]:
    """What units are made of, by the weight of each feature, and the squared length of each unit."""
    made = Rows(plain.columns, weights[plain.columns], plain.starts)
    return made, np.add.reduceat(made.values**2, plain.starts[:-1])


def _shares(names: Iterable[str]) -> Floats:
    return np.array([_share(name) for name in names], np.float32)


def _share(feature: str) -> float:
    return SHARES.get(feature[:1], PAIR_SHARE if " " in feature else 1.0)


class Linear:
    """A taught model. Answers are the same for any number of texts asked at once.

    `firm`: how firmly what it was taught with holds each weight, the bias at the end (`learning.taught_more`).
    """

    def __init__(self, book: Vocabulary, theta: Floats, bias: Floats, firm: Floats) -> None:
        self.book, self.theta, self.bias, self.firm = book, theta, bias, firm
        self._index = dict(book.units)
        scores = book.made.times(theta).T if book.units else np.zeros((0, len(bias)), np.float32)
        taught = np.column_stack((scores, book.lengths)).astype(np.float32)
        # A row for each unit: its score for each class, and its squared length. The first untaught one is nothing.
        self._table: Floats = np.concatenate((taught, np.zeros((ROOM, len(bias) + 1), np.float32)))
        self._nothing = len(taught)
        self._used = len(taught) + 1

    def scores(self, texts: Sequence[Sequence[str]]) -> Floats:
        """For each text, given by its units, a score for each class; of a text without units the bias alone."""
        if len(self._index) > len(self.book.units) + MOST_CACHED:
            self._forget()
        flat = list(chain.from_iterable(texts))
        known = list(map(self._index.get, flat))
        found = [self._met(unit) if at is None else at for unit, at in zip(flat, known, strict=True)]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        sums = np.zeros((len(found) + 1, len(self.bias) + 1), np.float64)
        np.cumsum(self._table[found], axis=0, dtype=np.float64, out=sums[1:])
        spans = np.diff(sums[ends], axis=0)
        lengths = np.sqrt(np.maximum(spans[:, -1:], 1e-6))
        return (spans[:, :-1] / lengths + self.bias).astype(np.float32)

    def copy_to(self, theta: Floats, book: Vocabulary) -> None:
        """What is known of the features in `book`, into weights with the bias as their last column."""
        known = self.book.features
        both = [(at, known[name]) for name, at in book.features.items() if name in known]
        if both:
            theirs, ours = np.array(both).T
            theta[:, theirs] = self.theta[:, ours]
        theta[:, -1] = self.bias

    def _met(self, unit: str) -> int:
        """A unit that was not taught: what its known features say, or nothing."""
        if unit in self._index:
            return self._index[unit]
        columns = self.book.unit_rows(unit)
        if not columns:
            self._index[unit] = self._nothing
            return self._nothing
        weights = self.book.weights[columns]
        if self._used == len(self._table):
            self._table = np.concatenate((self._table, np.zeros_like(self._table)))
        row = self._table[self._used]
        row[:-1] = (self.theta[:, columns] * weights).sum(axis=1)
        row[-1] = (weights**2).sum()
        self._index[unit] = self._used
        self._used += 1
        return self._used - 1

    def _forget(self) -> None:
        """All that was met, once it is too much to keep."""
        self._index = dict(self.book.units)
        self._used = self._nothing + 1


def chances(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
