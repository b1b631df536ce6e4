"""Teaching a linear model: multinomial logistic regression by L-BFGS, within a second for thousands of texts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from aftercart.understanding.families import Families
from aftercart.understanding.linear import NO_FAMILIES, Floats, Linear, Rows, Vocabulary, rows_of

STEPS = 40
MEMORY = 8
BEND = 0.05  # of a logistic loss, where it is half sure
ENOUGH = 1e-2  # of the slope of a model that knows nothing: what is gained after that changes no answer
PULL = 0.02  # towards zero, against a whole example's 1: lower trusts single examples more


def taught(
    texts: Sequence[Sequence[str]],
    labels: Sequence[int],
    weights: Sequence[float],
    count: int,
    *,
    start: Linear | None = None,
    families: Families = NO_FAMILIES,
) -> Linear:
    """A model of `count` classes from the units of texts (none empty), the class of each and how much each counts.

    `start` is a model of the same classes: what it knows is where the search begins. `families` are as of `Vocabulary`.
    """
    book = Vocabulary(texts, families)
    if not texts:
        return Linear(book, np.zeros((count, 0), np.float32), np.zeros(count, np.float32))
    slope = _Slope(book, np.eye(count, dtype=np.float32)[np.asarray(labels)].T, np.asarray(weights, np.float32))
    begin = np.zeros((count, len(book.features) + 1), np.float32)
    if start is not None:
        start.copy_to(begin, book)
    begin /= slope.stride
    nothing = np.zeros(begin.size, np.float32)
    enough = ENOUGH * float(np.linalg.norm(slope(nothing)[1]))
    theta = _lowest(slope, begin.ravel(), enough).reshape(begin.shape) * slope.stride
    return Linear(book, theta[:, :-1].copy(), theta[:, -1].copy())


class _Slope:
    """What the examples lose by a model, and which way is down. A model is its weights, the bias as the last column.

    Weights are searched in units of `stride`, how far each may reasonably go: little where many texts have the feature.
    Else a few common features would set the pace for all the rare ones.
    """

    def __init__(self, book: Vocabulary, wanted: Floats, share: Floats) -> None:
        bag = rows_of(book.texts)
        lengths = np.sqrt(np.add.reduceat(book.lengths[bag.columns], bag.starts[:-1]))
        scaled = (1 / np.repeat(lengths, np.diff(bag.starts))).astype(np.float32)
        self._bag, self._made = Rows(bag.columns, scaled, bag.starts), book.made
        self._turned_bag, self._turned_made = self._bag.turned(), book.made.turned()
        self._wanted, self._share = wanted, share
        often = Rows(self._turned_bag.columns, self._turned_bag.values**2, self._turned_bag.starts).times(share[None])
        bend = Rows(self._turned_made.columns, self._turned_made.values**2, self._turned_made.starts).times(often)[0]
        self.stride = np.append(1 / np.sqrt(PULL + BEND * bend), 1 / np.sqrt(BEND * share.sum())).astype(np.float32)

    def __call__(self, flat: Floats) -> tuple[float, Floats]:
        theta = flat.reshape(len(self._wanted), -1) * self.stride
        scores = self._bag.times(self._made.times(theta[:, :-1])) + theta[:, -1:]
        scores -= scores.max(axis=0)
        raised = np.exp(scores)
        total = raised.sum(axis=0)
        lost = float(self._share @ (np.log(total) - (scores * self._wanted).sum(axis=0)))
        wrong = (raised / total - self._wanted) * self._share
        back = np.empty_like(theta)
        back[:, :-1] = self._turned_made.times(self._turned_bag.times(wrong)) + PULL * theta[:, :-1]
        back[:, -1] = wrong.sum(axis=1)
        return lost + PULL * float((theta[:, :-1] ** 2).sum()) / 2, (back * self.stride).ravel()


def _lowest(slope: Callable[[Floats], tuple[float, Floats]], at: Floats, enough: float) -> Floats:
    """Where the slope is less than `enough`.

    L-BFGS with halved steps: Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1.
    """
    value, here = slope(at)
    pairs: list[tuple[Floats, Floats, float]] = []
    for _ in range(STEPS):
        way = _way(here, pairs)
        falls = float(way @ here)
        step = 1.0 if pairs else 1.0 / max(1e-9, float(np.linalg.norm(here)))
        for _ in range(12):
            there = at + np.float32(step) * way
            lower, slope_there = slope(there)
            if lower <= value + 1e-4 * step * falls:
                break
            step /= 2
        else:
            return at
        moved, turned = there - at, slope_there - here
        curve = float(moved @ turned)
        if curve > 1e-10:
            pairs = [*pairs[-MEMORY + 1 :], (moved, turned, curve)]
        at, value, here = there, lower, slope_there
        if float(np.linalg.norm(here)) < enough:
            break
    return at


def _way(here: Floats, pairs: Sequence[tuple[Floats, Floats, float]]) -> Floats:
    """Down, bent by what the last steps have told of the curvature."""
    way, kept = -here, []
    for moved, turned, curve in reversed(pairs):
        part = np.float32(float(moved @ way) / curve)
        way = way - part * turned
        kept.append(part)
    if pairs:
        _, turned, curve = pairs[-1]
        way = way * np.float32(curve / float(turned @ turned))
    for (moved, turned, curve), part in zip(pairs, reversed(kept), strict=True):
        way = way + (part - np.float32(float(turned @ way) / curve)) * moved
    return way
