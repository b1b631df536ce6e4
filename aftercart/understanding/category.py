"""What a text is about: one of the brand's categories with a confidence, or none where that is unsure. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache

import numpy as np

from aftercart.understanding.examples import CATEGORIES, LANGUAGES, Example, says_nothing, shipped
from aftercart.understanding.families import families
from aftercart.understanding.folding import folded, words
from aftercart.understanding.learning import taught, taught_more
from aftercart.understanding.linear import Floats, Linear, chances, units

SURE = 0.5  # least confidence that is an answer; ../../docs/why/0030-understanding.md has what each bound buys

# How much likelier each category is of a customer of whom we know this, on the scale of e (2.0 is seven times).
PRIOR: Mapping[str, Mapping[str, float]] = {
    "parcel_on_its_way": {"wismo_shipping_status": 0.7},
    "parcel_in_trouble": {"wismo_shipping_status": 2.0},
    "just_delivered": {"returns_exchanges": 0.7},
    "just_ordered": {"order_change_cancel": 0.7},
    "return_open": {"returns_exchanges": 1.5},
    "refund_due": {"returns_exchanges": 2.0},
    "payment_failed": {"billing_payment": 1.5},
    "subscribed": {"subscription": 0.7},
    "points_pending": {"loyalty": 1.0},
}
VAGUE = 1.5  # so much more do they count where the words say nothing


@dataclass(frozen=True, slots=True)
class Judged:
    """`label` is "" where nothing is sure enough; `likeliest` is said either way, with its chance as `confidence`.

    `by` is who was asked beside the model, and answered.
    """

    label: str
    likeliest: str
    confidence: float
    by: str = ""


class Classifier:
    """Taught as it is made. `labels` is the brand's taxonomy; examples and seeds with other labels are passed over."""

    def __init__(
        self,
        examples: Sequence[Example] = (),
        *,
        labels: Sequence[str] = CATEGORIES,
        languages: Collection[str] = LANGUAGES,
        earlier: Classifier | None = None,
    ) -> None:
        """`earlier` is the same brand's, taught with less: starting from it is quicker. ValueError without a label."""
        self.labels = tuple(dict.fromkeys(labels))
        if not self.labels:
            raise ValueError("labels: a taxonomy needs at least one")
        start = earlier.model if earlier is not None and earlier.labels == self.labels else None
        read = self._read([*examples, *shipped(languages, self.labels)])
        self.model: Linear = taught(*read, len(self.labels), start=start, families=families())

    def with_more(self, examples: Sequence[Example]) -> Classifier:
        """These few beside all that it was taught with, which is not looked at again: 0.3 seconds for any history."""
        more = copy(self)
        texts, labels, weights = self._read(examples)
        if texts:
            more.model = taught_more(self.model, texts, labels, weights)
        return more

    def _read(self, examples: Sequence[Example]) -> tuple[list[list[str]], list[int], list[float]]:
        """Units, classes and weights of those that say something and have one of our labels."""
        index = {label: n for n, label in enumerate(self.labels)}
        read = [(units(words(folded(one.text))), one) for one in examples if one.label in index]
        read = [(made, one) for made, one in read if made]
        return [made for made, _ in read], [index[one.label] for _, one in read], [one.weight for _, one in read]

    def judge(self, texts: Sequence[Sequence[str]], facts: Sequence[Collection[str]] = ()) -> list[Judged]:
        """For each text, as the words of its folded form, what it is about; `facts` are names of PRIOR for each."""
        scores = self.model.scores([units(text) for text in texts])
        for n, known in enumerate(facts):
            if known:
                self._weigh(scores[n], texts[n], known)
        found = chances(scores)
        best = found.argmax(axis=1)
        return [
            self._judged(int(at), float(found[n, at]), texts[n], bool(facts and facts[n])) for n, at in enumerate(best)
        ]

    def _judged(self, at: int, confidence: float, text: Sequence[str], informed: bool) -> Judged:
        label = self.labels[at]
        if not informed and not any(word[0].isalpha() for word in text):
            return Judged("", label, 0.0)
        return Judged(label if confidence >= SURE else "", label, round(confidence, 4))

    def _weigh(self, scores: Floats, text: Sequence[str], known: Collection[str]) -> None:
        """Who says nothing in words says it by writing at all, now: then what we know of the order decides."""
        vague = not set(text) - says_nothing()
        if vague:
            scores[:] = 0.0
        for fact in known:
            for label, weight in PRIOR.get(fact, {}).items():
                if label in self.labels:
                    scores[self.labels.index(label)] += np.float32(weight * (VAGUE if vague else 1.0))


def taxonomy(labels: Collection[str]) -> tuple[str, ...]:
    """The categories of a labelled history: ours and what it adds, or its own where it knows none of ours."""
    often = Counter(label for label in labels if label)
    theirs = tuple(label for label, _ in often.most_common() if label not in CATEGORIES)
    return (*CATEGORIES, *theirs) if not often or len(theirs) < len(often) else theirs


@cache
def cold() -> Classifier:
    """For a brand without history; taught once in a process."""
    return Classifier()
