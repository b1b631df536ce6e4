from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel.dates import format_date
from django.template.loader import render_to_string

from aftercart.brands.models import Brand
from aftercart.words.rules import Said, Situation, Texts, say

LANGUAGES = ("en", "es")

# Babel's own patterns carry the year, which nobody needs for next Thursday.
DAY_PATTERNS = {"en": "EEEE d MMMM", "es": "EEEE d 'de' MMMM"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    subject: str
    text: str
    html: str
    language: str


def language_for(*wishes: str) -> str:
    """The first of the wished languages (locales will do) that we have words in; English otherwise."""
    for wish in wishes:
        if (language := wish.lower().replace("_", "-").split("-")[0]) in LANGUAGES:
            return language
    return "en"


def notice(brand: Brand, situation: Situation, *, language: str) -> Notice:
    """Write a notice in the customer's language."""
    said = say(situation, shipped(language), day=lambda value: format_date(value, DAY_PATTERNS[language], language))
    return Notice(subject=said.subject, text=said.text, html=_html(brand, situation, said, language), language=language)


def _html(brand: Brand, situation: Situation, said: Said, language: str) -> str:
    context = {"brand": brand, "said": said, "link": situation.link, "language": language}
    return render_to_string("words/notice.html", context)


@cache
def shipped(language: str) -> Texts:
    """The texts that come with Aftercart, in one language."""
    loaded: Texts = tomllib.loads(
        resources.files("aftercart.words").joinpath(f"texts/{language}.toml").read_text("utf-8")
    )
    return loaded
