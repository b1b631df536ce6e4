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
    nothing = np.zeros((count, len(book.features) + 1), np.float32)
    if not texts:
        return Linear(book, nothing[:, :-1], nothing[:, -1], np.zeros(1, np.float32))
    pull = np.append(np.full(len(book.features), PULL, np.float32), np.float32(0))
    slope = _Slope(book, _wanted(labels, count), np.asarray(weights, np.float32), nothing, pull)
    begin = nothing.copy()
    if start is not None:
        start.copy_to(begin, book)
    theta = slope.lowest(begin, nothing)
    return Linear(book, theta[:, :-1].copy(), theta[:, -1].copy(), slope.firm)


def taught_more(
    model: Linear, texts: Sequence[Sequence[str]], labels: Sequence[int], weights: Sequence[float]
) -> Linear:
    """The model with these few examples (no text empty) on top, in the time that few take.

    Those that it was taught with are not looked at: all they have to say is taken for a parabola around what they
    taught, for each weight as steep as its own curvature (MacKay, A Practical Bayesian Framework for Backpropagation
    Networks, 1992, with the diagonal alone).
    """
    book = model.book.grown(texts)
    count, known = len(model.bias), len(model.book.features)
    theta = np.zeros((count, len(book.features) + 1), np.float32)
    theta[:, :known], theta[:, -1] = model.theta, model.bias
    firm = np.full(theta.shape[1], PULL, np.float32)
    firm[:known], firm[-1] = model.firm[:-1], model.firm[-1]
    some, where = book.part(texts)
    moving = np.append(where, len(book.features))
    slope = _Slope(some, _wanted(labels, count), np.asarray(weights, np.float32), theta[:, moving], firm[moving])
    theta[:, moving] = slope.lowest(theta[:, moving], theta[:, moving])
    return Linear(book, theta[:, :-1].copy(), theta[:, -1].copy(), firm)


def _wanted(labels: Sequence[int], count: int) -> Floats:
    wanted: Floats = np.eye(count, dtype=np.float32)[np.asarray(labels)].T
    return wanted


class _Slope:
    """What the examples lose by a model, and which way is down. A model is its weights, the bias as the last column.

    `pull` is how strongly each weight is drawn to its place in `centre`; `firm`, how strongly by the examples as well.
    Weights are searched in units of how far each may reasonably go: little where many texts have the feature. Else a
    few common features would set the pace for all the rare ones.
    """

    def __init__(self, book: Vocabulary, wanted: Floats, share: Floats, centre: Floats, pull: Floats) -> None:
        bag = rows_of(book.texts)
        lengths = np.sqrt(np.add.reduceat(book.lengths[bag.columns], bag.starts[:-1]))
        scaled = (1 / np.repeat(lengths, np.diff(bag.starts))).astype(np.float32)
        self._bag, self._made = Rows(bag.columns, scaled, bag.starts), book.made
        self._turned_bag, self._turned_made = self._bag.turned(), book.made.turned()
        self._wanted, self._share, self._centre, self._pull = wanted, share, centre, pull
        often = Rows(self._turned_bag.columns, self._turned_bag.values**2, self._turned_bag.starts).times(share[None])
        bend = Rows(self._turned_made.columns, self._turned_made.values**2, self._turned_made.starts).times(often)[0]
        self.firm: Floats = (pull + BEND * np.append(bend, share.sum())).astype(np.float32)
        self._stride: Floats = (1 / np.sqrt(self.firm)).astype(np.float32)

    def lowest(self, begin: Floats, nothing: Floats) -> Floats:
        """The best model, searched for from `begin`, to a part of the slope where `nothing` is."""
        enough = ENOUGH * float(np.linalg.norm(self((nothing / self._stride).ravel())[1]))
        return _lowest(self, (begin / self._stride).ravel(), enough).reshape(begin.shape) * self._stride

    def __call__(self, flat: Floats) -> tuple[float, Floats]:
        theta = flat.reshape(len(self._wanted), -1) * self._stride
        scores = self._bag.times(self._made.times(theta[:, :-1])) + theta[:, -1:]
        scores -= scores.max(axis=0)
        raised = np.exp(scores)
        total = raised.sum(axis=0)
        lost = float(self._share @ (np.log(total) - (scores * self._wanted).sum(axis=0)))
        wrong = (raised / total - self._wanted) * self._share
        back = np.empty_like(theta)
        back[:, :-1] = self._turned_made.times(self._turned_bag.times(wrong))
        back[:, -1] = wrong.sum(axis=1)
        away = theta - self._centre
        drawn = away * self._pull
        back += drawn
        return lost + float((away * drawn).sum()) / 2, (back * self._stride).ravel()


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
