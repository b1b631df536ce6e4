"""Sentence embeddings as a second opinion: a small model over them, taught with the brand's own labels.

Taught in a thread of its own, for an encoder reads some dozen texts a second; until it is done there is no opinion.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from threading import Lock, Thread

import numpy as np

from aftercart.understanding.category import SURE, Judged
from aftercart.understanding.examples import Example
from aftercart.understanding.linear import Floats, Ints, chances
from aftercart.understanding.masking import masked
from aftercart.understanding.minilm import PACKAGE, MiniLM, installed
from aftercart.understanding.reading import Asked

BY = "embeddings"
LANGUAGES = ("en", "")  # that the encoder knows
FEWEST, MOST = 50, 2_000  # labelled texts to learn from, the newest
STEPS, PULL = 400, 0.1
KEPT = 20_000  # vectors that a process remembers


class NotInstalled(RuntimeError):
    """The encoder's files are not there."""


@cache
def encoder() -> Encoder:
    """One for a process: ninety megabytes. NotInstalled says what to do."""
    folder = installed()
    if folder is None:
        raise NotInstalled(f"sentence embeddings need the package {PACKAGE.replace('_', '-')}, with --no-deps")
    return Encoder(MiniLM(folder))


class Encoder:
    """Remembers what it has read: after a correction only one text is new."""

    def __init__(self, model: MiniLM) -> None:
        self._model, self._kept, self._door = model, dict[str, Floats](), Lock()

    def vector(self, text: str) -> Floats:
        found = self._kept.get(text)
        if found is None:
            found = self._model.embed(text)
            with self._door:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                self._kept[text] = found
        return found


class Sentences:
    """`examples` as the brand's classifier is taught them, the newest first. `seconds` bound a batch."""

    def __init__(self, reads: Encoder, examples: Sequence[Example], labels: Sequence[str], seconds: float) -> None:
        self._reads, self._labels, self._seconds = reads, tuple(labels), seconds
        known = [one for one in examples if one.language in LANGUAGES and one.label in self._labels][:MOST]
        self._weights: Floats | None = None
        self.teaching = Thread(target=self._learn, args=(known,), daemon=True)
        if len(known) >= FEWEST:
            self.teaching.start()

    def _learn(self, known: Sequence[Example]) -> None:
        rows = np.stack([self._reads.vector(one.text) for one in known])
        labels = np.array([self._labels.index(one.label) for one in known])
        self._weights = fitted(rows, labels, len(self._labels))

    def opinions(self, texts: Sequence[Asked], labels: Sequence[str]) -> list[Judged | None]:
        """None for what is in a language that the encoder does not know, is not sure enough, or came too late."""
        found: list[Judged | None] = [None] * len(texts)
        weights, ends = self._weights, time.monotonic() + self._seconds
        for n, one in enumerate(texts if weights is not None else ()):
            if time.monotonic() > ends:
                break
            if weights is not None and one.language in LANGUAGES:
                told = chances(_with_bias(self._reads.vector(masked(one.text))[None]) @ weights)[0]
                best = int(told.argmax())
                if told[best] >= SURE:
                    label = self._labels[best]
                    found[n] = Judged(label, label, round(float(told[best]), 4), BY)
        return found


def fitted(rows: Floats, labels: Ints, count: int) -> Floats:
    """Multinomial logistic regression by Nesterov's steps, none longer than the slope allows; the last row is the bias.

    Rows have length one, so that with the bias no curve is steeper than their number.
    """
    known, wanted = _with_bias(rows), np.eye(count, dtype=np.float32)[labels]
    weights = ahead = np.zeros((known.shape[1], count), np.float32)
    for step in range(STEPS):
        slope = known.T @ (chances(known @ ahead) - wanted) + PULL * ahead
        before, weights = weights, np.asarray(ahead - slope / (len(rows) + PULL), np.float32)
        ahead = np.asarray(weights + (weights - before) * (step / (step + 3)), np.float32)
    return weights


def _with_bias(rows: Floats) -> Floats:
    return np.concatenate((rows, np.ones((len(rows), 1), np.float32)), axis=1)
