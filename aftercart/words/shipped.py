"""The texts that come with Aftercart. Pure."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from aftercart.words.rules import Texts, Writer
from aftercart.words.writing import day_writer, money_writer


@cache
def shipped(language: str) -> Texts:
    """Those of one language."""
    text = resources.files("aftercart.words").joinpath(f"texts/{language}.toml").read_text("utf-8")
    loaded: Texts = tomllib.loads(text)
    return loaded


@cache
def writer(language: str, *, short: bool = False) -> Writer:
    """How a language is written; `short` as in an SMS."""
    return Writer(shipped(language), language, day_writer(language, short=short), money_writer(language))


def as_text(kind: str, channel: str, language: str) -> tuple[str, str]:
    """Subject and text of what ships, as one would write it: where a brand begins with its own."""
    texts = shipped(language)
    own, parts = writer(language).own(kind), texts["parts"]
    if channel == "sms":
        told = [str(parts["sms_open"]) + own["sms"]]
        if own.get("expect", "plain") == "plain":
            told.append("{expectation}")
        return "", " ".join([*told, str(parts["sms_link"])])
    can_do = str(parts["answer"]) if own["can_do"] == "answer" else own["can_do"]
    return own["subject"], "\n\n".join([f"{own['wrong']} {{changed}}", "{expectation}", can_do])
