"""Texts read on one core: language, category, entities and signals, beside a library that tells the language alone."""

from __future__ import annotations

import itertools
import time
from typing import Any

BATCH = 500


def run(*, quick: bool) -> dict[str, Any]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    from aftercart.understanding.category import Classifier
    from aftercart.understanding.examples import CORRECTED, LANGUAGES, Example
    from aftercart.understanding.reading import Reader, Text

    begun = time.process_time()
    classifier = Classifier()
    cold = time.process_time() - begun
    begun = time.process_time()
    Classifier([Example("does the lid whistle", "technical_checkout", weight=CORRECTED)], earlier=classifier)
    again = time.process_time() - begun
    large = Classifier(_history(1_000 if quick else 20_000), earlier=classifier)
    begun = time.process_time()
    large.with_more([Example("does the lid whistle", "technical_checkout", weight=CORRECTED)])
    heard = time.process_time() - begun
    del large
    reader = Reader(classifier=classifier)
    texts = _texts(1_000 if quick else 40_000)
    reader.read([*texts[:BATCH], Text("?"), Text("qzx wvk")])  # what is loaded once is not timed
    begun = time.process_time()
    for at in range(0, len(texts), BATCH):
        reader.read(texts[at : at + BATCH])
    ours = len(texts) / (time.process_time() - begun)
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    library.set_languages(LANGUAGES)
    some = texts[:2_000]
    begun = time.process_time()
    for one in some:
        library.classify(one.text)
    alone = len(some) / (time.process_time() - begun)
    return {
        "texts": len(texts),
        "texts_per_second": {"ours": round(ours), "language_alone": round(alone)},
        "ours_to_language_alone": round(ours / alone, 2),
        "seconds": {"taught_cold": round(cold, 2), "taught_again": round(again, 2), "heard": round(heard, 2)},
    }


def _history(count: int) -> list[Any]:
    """All different, as `_texts`, each with the label of its first sentence."""
    from aftercart.understanding.examples import LANGUAGES, Example, seeds

    labels = itertools.cycle([label for language in LANGUAGES for label, _ in seeds(language).phrases])
    return [Example(one.text, label) for one, label in zip(_texts(count), labels, strict=False)]


def _texts(count: int) -> list[Any]:
    """All different: two sentences, a word that is in none of our lists, and an order number that nobody had before."""
    from aftercart.understanding.examples import LANGUAGES, seeds
    from aftercart.understanding.reading import Text

    phrases = [phrase for language in LANGUAGES for _, phrase in seeds(language).phrases]
    turned = itertools.cycle(phrases[7:] + phrases[:7])
    made = []
    for n, (one, other) in enumerate(itertools.islice(zip(itertools.cycle(phrases), turned, strict=False), count)):
        made.append(Text(f"{one}. {other} word{n % 997} #{10_000 + n}"))
    return made
