"""Situations of every kind and in every state of knowledge, and the templates that come of them unfilled."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from aftercart.words.kinds import KINDS, SMS
from aftercart.words.rules import Said, Situation, say, say_sms
from aftercart.words.shipped import shipped

TEXTS = Path(__file__).parents[1] / "words"
FIRST = date(2026, 3, 1)
# A day for each name, so that a template can be read back: the third of March is {earliest}.
DAYS = ("since", "promised", "earliest", "latest", "deadline", "return_by", "ships_from")
DAY_OF = {name: FIRST + timedelta(place) for place, name in enumerate(DAYS)}
NAME_OF = {day: name for name, day in DAY_OF.items()}
WORDS = ("brand", "number", "link", "name", "carrier", "city", "tracking", "method")

# What may be known of an order, and what may not.
KNOWN: tuple[Mapping[str, object], ...] = (
    {},
    {"city": "", "name": ""},
    {"latest": None, "earliest": None},
    {"latest": None, "earliest": None, "city": "", "promised": None},
    {"promised": None},
    {"promised": FIRST + timedelta(90)},  # still holds
    {"earliest": None},
    {"reason": "address"},
    {"reason": "damaged"},
    {"reason": "weather"},
    {"state": "rest"},
    {"state": "in_customs"},
    {"state": "out_for_delivery"},
    {"amount": None, "days": None, "balance": None},
    {"days": 1, "points": 1, "balance": 1},
    {"longer": "launch"},
    {"longer": "preorder", "ships_from": None},
    {"longer": "backorder"},
    {"longer": "peak"},
    {"action": "{action}"},
    {"yes_link": "{yes_link}", "no_link": "{no_link}"},
    {"return_by": None},
)


def situation(kind: str, **known: object) -> Situation:
    """Everything is known, each word and day by its own name, but what is told otherwise."""
    words = {name: f"{{{name}}}" for name in WORDS}
    numbers = {"amount": 5900, "currency": "EUR", "days": 3, "points": 120, "balance": 560}
    return replace(Situation(kind=kind, **words, **DAY_OF, **numbers), **known)  # type: ignore[arg-type]


def day(value: date) -> str:
    return f"{{{NAME_OF[value]}}}" if value in NAME_OF else "{promised}"


def said(about: Situation, language: str) -> Said:
    return say(about, shipped(language), day=day, money=lambda *_: "{amount}", language=language)


def said_by_sms(about: Situation, language: str) -> str:
    return say_sms(about, shipped(language), day=day, money=lambda *_: "{amount}", language=language)


def shipped_templates(language: str, channel: str) -> Iterator[tuple[str, str, str]]:
    """Each kind with a subject and a text, unfilled, as they come out of every state of knowledge."""
    for kind in KINDS:
        for known in KNOWN:
            about = situation(kind, **known)
            if channel == SMS:
                yield kind, "", said_by_sms(about, language)
            else:
                one = said(about, language)
                yield kind, one.subject, "\n\n".join([*one.body, one.follow])


def written(language: str, *, later: bool = False) -> Mapping[str, list[str]]:
    """The fifty vague and fifty clear texts of a language; or those in other styles that were written later."""
    found = tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8"))
    return {kind: (found["later"] if later else found)[kind] for kind in ("vague", "clear")}
