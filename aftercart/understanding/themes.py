"""What texts that nobody understood are about: groups of texts that are alike, and whether they grow. Pure.

Texts are alike by their rarer words and the runs of letters in them, and groups are merged by the mean likeness of
their texts (average linkage). Customers have always said some things in much the same words: a group is no news before
it grows by more than chance, among as many groups as there are.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import erfc, log, sqrt

import numpy as np

from aftercart.understanding.examples import says_nothing
from aftercart.understanding.folding import folded, words
from aftercart.understanding.linear import Floats, features

MOST = 3_000  # texts of a language that are compared, the newest: every pair of them
SMALLEST = 7  # texts of a theme
DIMENSIONS = 4_096
ALIKE = 0.13  # mean cosine of two texts of a theme
COMMON = 0.15  # share of the texts from which on a word tells nothing
LABELS = 4
WEEK = timedelta(days=7)
BY_CHANCE = 0.03  # of the groups that are said to grow, so many at most do not


@dataclass(frozen=True, slots=True)
class Said:
    """A text and when it came; `key` is whatever names it outside."""

    key: object
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A theme: the words that tell it from the others, its texts (the most typical first), how many in each week.

    `weeks` ends with the week that ends now. `growing`: more of it lately than can be chance.
    """

    words: tuple[str, ...]
    keys: tuple[object, ...]
    weeks: tuple[int, ...]
    growing: bool


def themes(texts: Sequence[Said], now: datetime, weeks: int) -> list[Found]:
    """The themes of texts of one language, the largest first; each text is in one at most."""
    since = now - weeks * WEEK
    some = sorted((one for one in texts if since < one.at <= now), key=lambda one: (one.at, str(one.key)))[-MOST:]
    told = _telling([_content(one.text) for one in some])
    some, told = [one for one, made in zip(some, told, strict=True) if made], [made for made in told if made]
    if len(some) < SMALLEST:
        return []
    alike = _alike(_vectors(told))
    groups = _groups(alike, ALIKE)
    all_weeks = _by_week([one.at for one in some], now, weeks)
    counted = [_by_week([some[n].at for n in group], now, weeks) for group in groups]
    growing = _beyond_chance([_chance(one, all_weeks) for one in counted])
    found = []
    for group, by_week, grows in zip(groups, counted, growing, strict=True):
        typical = sorted(group, key=lambda n: (-float(alike[n, group].mean()), n))
        names = _names([told[n] for n in group], told)
        found.append(Found(names, tuple(some[n].key for n in typical), by_week, grows))
    return sorted(found, key=lambda one: -len(one.keys))


def _content(text: str) -> list[str]:
    """The words that can tell a theme: no numbers, and none that stand around any wish."""
    return [word for word in words(folded(text)) if len(word) > 1 and word not in says_nothing()]


def _telling(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    often = Counter(word for text in texts for word in set(text))
    most = max(SMALLEST, COMMON * len(texts))
    return [[word for word in text if often[word] <= most] for text in texts]


def _vectors(texts: Sequence[Sequence[str]]) -> Floats:
    """Rows of length one. Where a feature is, its hash decides: two in one place disturb each other little."""
    made = [{feature for word in set(text) for feature in _features(word)} for text in texts]
    often = Counter(feature for text in made for feature in text)
    rows = np.zeros((len(texts), DIMENSIONS), np.float32)
    for n, text in enumerate(made):
        for feature in text:
            if often[feature] > 1:
                at = zlib.crc32(feature.encode())
                share = 0.5 if feature[0] == "_" else 1.0
                rows[n, at % DIMENSIONS] += (1 if at >> 31 else -1) * share * log(len(texts) / often[feature])
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)


def _features(word: str) -> Iterator[str]:
    yield from (one for one in features(word) if one[0] != "_" or len(one) > 4)


def _alike(rows: Floats) -> Floats:
    made = rows @ rows.T
    np.fill_diagonal(made, 0.0)
    return np.asarray(made, np.float32)


def _merges(alike: Floats) -> list[tuple[int, int, float, int]]:
    """Average linkage by chains of nearest neighbours (Murtagh 1983): which two, how alike, and how many they are then.

    A group goes by the lesser of its numbers.
    """
    near, sizes = alike.copy(), np.ones(len(alike))
    np.fill_diagonal(near, -1.0)
    alive = np.ones(len(alike), bool)
    merges: list[tuple[int, int, float, int]] = []
    chain: list[int] = []
    for _ in range(len(alike) - 1):
        while True:
            if not chain:
                chain = [int(alive.argmax())]
            row = near[chain[-1]]
            best = int(row.argmax())
            if len(chain) > 1 and row[chain[-2]] >= row[best]:
                break
            chain.append(best)
        one, other = sorted((chain.pop(), chain.pop()))
        merges.append((one, other, float(near[one, other]), int(sizes[one] + sizes[other])))
        mean = (near[one] * sizes[one] + near[other] * sizes[other]) / (sizes[one] + sizes[other])
        sizes[one] += sizes[other]
        alive[other] = False
        mean[~alive], mean[one] = -1.0, -1.0
        near[one], near[:, one] = mean, mean
        near[other], near[:, other] = -1.0, -1.0
    return merges


def _groups(alike: Floats, least: float) -> list[list[int]]:
    """Of at least SMALLEST texts, as large as they can be without being less alike than `least`."""
    members = {n: [n] for n in range(len(alike))}
    for one, other, likeness, _ in sorted(_merges(alike), key=lambda merge: -merge[2]):
        if likeness < least:
            break
        members[one] += members.pop(other)
    return [sorted(group) for group in members.values() if len(group) >= SMALLEST]


def _by_week(moments: Sequence[datetime], now: datetime, weeks: int) -> tuple[int, ...]:
    counted = Counter((now - at) // WEEK for at in moments)
    return tuple(counted[ago] for ago in reversed(range(weeks)))


def _names(group: Sequence[Sequence[str]], every: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The words that most of the group and few of the others have."""
    here = Counter(word for text in group for word in set(text))
    there = Counter(word for text in every for word in set(text))
    weight = {word: n * log(n / len(group) / (there[word] / len(every))) ** 2 for word, n in here.items() if n > 1}
    return tuple(sorted(weight, key=lambda word: (-weight[word], word))[:LABELS])


def _chance(counted: Sequence[int], every: Sequence[int]) -> float:
    """How likely the texts of a group would come as late as they do on average, had they come as all the others did.

    A busy week is no growth of anything in it. Tail of a normal distribution: the mean of a dozen weeks is near enough.
    """
    others = [all_ - ours for all_, ours in zip(every, counted, strict=True)]
    total, beside = sum(counted), sum(others)
    if not beside:
        return 1.0
    usual = sum(week * n for week, n in enumerate(others)) / beside
    spread = sum((week - usual) ** 2 * n for week, n in enumerate(others)) / beside
    later = sum(week * n for week, n in enumerate(counted)) / total - usual
    return erfc(later / sqrt(2 * spread / total)) / 2 if spread else 1.0


def _beyond_chance(chances: Sequence[float]) -> list[bool]:
    """Which of many are beyond chance, so that BY_CHANCE of those are not at most (Benjamini and Hochberg 1995)."""
    ranked = sorted(chances)
    passing = [one for rank, one in enumerate(ranked, 1) if one <= BY_CHANCE * rank / len(ranked)]
    return [one <= max(passing, default=-1.0) for one in chances]
