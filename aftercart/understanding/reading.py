"""All that a text says, in one answer. Pure: what the shop knows is passed in."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from aftercart.understanding.category import Classifier, Judged, cold
from aftercart.understanding.entities import Found, Lookup, entities_of, nothing_known
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


class Second(Protocol):
    """Somebody slower who is asked where the model abstains. May abstain as well; must not raise, nor take long."""

    def opinions(self, texts: Sequence[Asked], labels: Sequence[str]) -> Sequence[Judged | None]:
        """One for each text; None, or a label that is none of `labels`, is no opinion."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`found` is whose numbers and addresses stand in the text: they need not leave the house."""

    text: str
    language: str
    found: tuple[Found, ...]


class InTurn:
    """Several: the next is asked only what those before it had no opinion of."""

    def __init__(self, seconds: Sequence[Second]) -> None:
        self.seconds = tuple(seconds)

    def opinions(self, texts: Sequence[Asked], labels: Sequence[str]) -> Sequence[Judged | None]:
        found: list[Judged | None] = [None] * len(texts)
        for one in self.seconds:
            open_ = [n for n, said in enumerate(found) if said is None]
            if open_:
                for n, said in zip(open_, one.opinions([texts[n] for n in open_], labels), strict=True):
                    found[n] = said
        return found


class Reader:
    """Reads many texts at once about as fast as a computer can; one answer does not depend on the others."""

    def __init__(
        self, shop: Shop | None = None, classifier: Classifier | None = None, second: Second | None = None
    ) -> None:
        self.shop = shop or Shop()
        self.classifier = classifier or cold()
        self.second = second
        self._languages = Languages(self.shop.languages)

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        shop, made = self.shop, [words(folded(one.text)) for one in texts]
        spoken = self._languages.spoken([one.text for one in texts], made, [one.usual or shop.usual for one in texts])
        judged = self.classifier.judge(made, [one.facts for one in texts])
        found = entities_of(
            [one.text for one in texts],
            region=shop.region,
            order_patterns=shop.order_patterns,
            known_orders=shop.known_orders,
            known_parcels=shop.known_parcels,
        )
        readings = [
            Reading(spoken[n], judged[n], tuple(found[n]), tuple(signals(one.text, made[n], spoken[n].language)))
            for n, one in enumerate(texts)
        ]
        return self._asked_again(texts, readings) if self.second else readings

    def _asked_again(self, texts: Sequence[Text], readings: list[Reading]) -> list[Reading]:
        """Those without a sure category, put to `second`; who says nothing in words need not be asked about."""
        unsure = [n for n, one in enumerate(readings) if not one.category.label and one.category.confidence]
        if not unsure or self.second is None:
            return readings
        asked = [Asked(texts[n].text, readings[n].language.language, readings[n].entities) for n in unsure]
        for n, said in zip(unsure, self.second.opinions(asked, self.classifier.labels), strict=True):
            if said is not None and said.label in self.classifier.labels:
                readings[n] = replace(readings[n], category=said)
        return readings
