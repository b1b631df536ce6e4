"""All that a text says, in one answer. Pure: what the shop knows is passed in."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from aftercart.understanding.category import Classifier, Judged, cold
from aftercart.understanding.entities import Found, Lookup, entities, nothing_known
from aftercart.understanding.examples import LANGUAGES
from aftercart.understanding.folding import folded, words
from aftercart.understanding.language import Languages, Spoken
from aftercart.understanding.signals import Signal, signals


@dataclass(frozen=True, slots=True)
class Text:
    """`facts` are names of `category.PRIOR` that hold for its customer; `usual` is the language they use with us."""

    text: str
    facts: Collection[str] = ()
    usual: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    language: Spoken
    category: Judged
    entities: tuple[Found, ...]
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """What a brand adds to how its texts are read. `region` (ISO 3166) is where national phone numbers belong."""

    languages: tuple[str, ...] = LANGUAGES
    usual: str = ""
    region: str = ""
    order_patterns: tuple[re.Pattern[str], ...] = ()
    known_orders: Lookup = field(default=nothing_known)
    known_parcels: Lookup = field(default=nothing_known)


class Reader:
    """Reads many texts at once about as fast as a computer can; one answer does not depend on the others."""

    def __init__(self, shop: Shop | None = None, classifier: Classifier | None = None) -> None:
        self.shop = shop or Shop()
        self.classifier = classifier or cold()
        self._languages = Languages(self.shop.languages)

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        made = [words(folded(one.text)) for one in texts]
        spoken = self._languages.spoken(
            [one.text for one in texts], made, [one.usual or self.shop.usual for one in texts]
        )
        judged = self.classifier.judge(made, [one.facts for one in texts])
        return [
            Reading(
                spoken[n],
                judged[n],
                tuple(self._entities(one.text)),
                tuple(signals(one.text, made[n], spoken[n].language)),
            )
            for n, one in enumerate(texts)
        ]

    def _entities(self, text: str) -> list[Found]:
        shop = self.shop
        return entities(
            text,
            region=shop.region,
            order_patterns=shop.order_patterns,
            known_orders=shop.known_orders,
            known_parcels=shop.known_parcels,
        )
