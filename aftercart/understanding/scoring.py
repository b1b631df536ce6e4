"""How well texts were judged, against labels that people gave. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from aftercart.understanding.category import Judged


def score(judged: Sequence[Judged], labels: Sequence[str], languages: Sequence[str]) -> dict[str, Any]:
    """All of the same length, and not empty. `accuracy…` and `by_…` are about the likeliest label, sure or not.

    `accuracy_at_80` is that of the surest 80 % of the texts. `automated_share` is the share with a sure answer, and
    `automated_accuracy` how often that one is right.
    """
    right = [one.likeliest == label for one, label in zip(judged, labels, strict=True)]
    surest = sorted(range(len(judged)), key=lambda n: -judged[n].confidence)
    automated = [n for n in surest if judged[n].label]
    by_label = _by_label([one.likeliest for one in judged], labels)
    return {
        "texts": len(judged),
        "accuracy": _share(right, surest),
        "macro_f1": round(sum(one["f1"] for one in by_label.values()) / len(by_label), 4),
        "accuracy_at_80": _share(right, surest[: max(1, round(0.8 * len(surest)))]),
        "accuracy_at_90": _share(right, surest[: max(1, round(0.9 * len(surest)))]),
        "automated_share": round(len(automated) / len(judged), 4),
        "automated_accuracy": _share(right, automated),
        "by_label": by_label,
        "by_lang": _by_language(right, languages),
    }


def _share(right: Sequence[bool], among: Sequence[int]) -> float | None:
    return round(sum(right[n] for n in among) / len(among), 4) if among else None


def _by_label(said: Sequence[str], labels: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of each label that somebody gave; a label that was only said, wrongly, has lowered the others' already."""
    hits = Counter(label for one, label in zip(said, labels, strict=True) if one == label)
    often, given = Counter(said), Counter(labels)
    return {
        label: {
            "texts": count,
            "recall": round(hits[label] / count, 4),
            "precision": round(hits[label] / often[label], 4) if often[label] else None,
            "f1": round(2 * hits[label] / (count + often[label]), 4),
        }
        for label, count in given.most_common()
    }


def _by_language(right: Sequence[bool], languages: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for hit, language in zip(right, languages, strict=True):
        found[language or "unknown"].append(hit)
    return {
        language: {"texts": len(hits), "accuracy": round(sum(hits) / len(hits), 4)}
        for language, hits in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    }
