"""Seeded chance: the same question always has the same answer, whatever was asked before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice(*about: object) -> Random:
    """A source of chance of its own for what is named, so that no order's fate depends on another's."""
    return Random("\x1f".join(map(str, about)))


def draw(rng: Random, weights: Mapping[T, float]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]


def between(rng: Random, span: Sequence[float]) -> float:
    """Most often in the lower third of the span, as delays are."""
    low, high = span
    return rng.triangular(low, high, low + (high - low) / 3)
