"""What to say, in a customer's language: shipped texts, or the brand's own where it has some."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from aftercart.brands.models import Brand
from aftercart.look.themes import theme
from aftercart.words.bundling import Bundle, bundle_said
from aftercart.words.filling import TemplateError
from aftercart.words.kinds import EMAIL, LANGUAGES, SMS
from aftercart.words.rules import Said, Situation, say, say_sms
from aftercart.words.shipped import shipped
from aftercart.words.shipped import writer as shipped_writer
from aftercart.words.sms import Size, plain, size
from aftercart.words.wordings import SHIPPED, Place, Text, in_use
from aftercart.words.writing import day_writer, money_writer

__all__ = ["LANGUAGES", "Notice", "Poll", "bundle", "language_for", "notice", "poll", "shipped", "written"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`html` and `subject` are empty for an SMS; `sms` is its length, None for an e-mail.

    `version` is the brand's own wording that it was written from, 0 where that was the text that ships with Aftercart.
    """

    subject: str
    text: str
    html: str
    language: str
    channel: str = EMAIL
    version: int = 0
    sms: Size | None = None
    news: tuple[str, ...] = ()  # of one e-mail: its paragraphs without greeting, offers and links


def language_for(*wishes: str) -> str:
    """The first of the wished languages (locales will do) that we have words in; English otherwise."""
    for wish in wishes:
        if (language := wish.lower().replace("_", "-").split("-")[0]) in LANGUAGES:
            return language
    return "en"


def notice(brand: Brand, situation: Situation, *, language: str, channel: str = EMAIL) -> Notice:
    """Write a notice in the customer's language: by the brand's own text if it has one that all is known for."""
    return written(brand, situation, in_use(brand, situation.kind, channel, language), language, channel)


def written(brand: Brand, situation: Situation, own: Text, language: str, channel: str = EMAIL) -> Notice:
    """Write a notice by this text. What it asks for may not be known of this order: then by the shipped one."""
    try:
        return _written(brand, situation, own, language, channel)
    except TemplateError as error:
        log.info("%s: own text %s v%s gave way: %s", brand.slug, situation.kind, own.version, error)
        return _written(brand, situation, SHIPPED, language, channel)


def bundle(
    brand: Brand,
    situations: Sequence[Situation],
    *,
    language: str,
    channel: str = EMAIL,
    texts: Mapping[Place, Text] | None = None,
) -> Notice:
    """One message about several parcels or worries of one customer, the gravest first as they are given.

    One situation makes the same notice as `notice`. `texts`: the brand's own, where whoever calls has looked them up.
    Raises ValueError where there is none.
    """
    if not situations:
        raise ValueError("situations: there is nothing to say")
    own = [_own(brand, one, channel, language, texts) for one in situations]
    if len(situations) == 1:
        return written(brand, situations[0], own[0], language, channel)
    if channel == SMS:
        # Each names its sender; once is enough.
        said = [written(brand, one, text, language, channel).text for one, text in zip(situations, own, strict=True)]
        opening = f"{brand.name}: "
        return _sms("\n".join([said[0], *(one.removeprefix(opening) for one in said[1:])]), language)
    parts = [_said(one, text, language) for one, text in zip(situations, own, strict=True)]
    bundled = bundle_said(situations, parts, shipped(language), language)
    return Notice(subject=bundled.subject, text=bundled.text, html=_html(brand, bundled, language), language=language)


def _own(brand: Brand, about: Situation, channel: str, language: str, texts: Mapping[Place, Text] | None) -> Text:
    if texts is None:
        return in_use(brand, about.kind, channel, language)
    return texts.get(Place(about.kind, channel, language), SHIPPED)


def _written(brand: Brand, situation: Situation, own: Text, language: str, channel: str) -> Notice:
    if channel == SMS:
        day, money = day_writer(language, short=True), money_writer(language)
        text = say_sms(situation, shipped(language), day=day, money=money, language=language, own=own.text)
        return _sms(text, language, own.version)
    said = _strictly_said(situation, own, language)
    html = _html(brand, Bundle.of(said), language)
    return Notice(
        subject=said.subject, text=said.text, html=html, language=language, version=own.version, news=said.news
    )


def _said(situation: Situation, own: Text, language: str) -> Said:
    try:
        return _strictly_said(situation, own, language)
    except TemplateError:
        return _strictly_said(situation, SHIPPED, language)


def _strictly_said(situation: Situation, own: Text, language: str) -> Said:
    return say(
        situation,
        shipped(language),
        day=day_writer(language),
        money=money_writer(language),
        language=language,
        own=own.text,
        subject=own.subject,
    )


def _sms(text: str, language: str, version: int = 0) -> Notice:
    text = plain(text)
    return Notice(subject="", text=text, html="", language=language, channel=SMS, version=version, sms=size(text))


def _html(brand: Brand, bundled: Bundle, language: str) -> str:
    colours = theme(brand.accent)
    context = {"brand": brand, "bundle": bundled, "language": language, "light": colours.light, "dark": colours.dark}
    return render_to_string("words/notice.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A question that one tap answers, with both answers."""

    asks: str
    yes: str
    no: str


def poll(kind: str, language: str, number: str) -> Poll:
    """What our messages of a kind of TAPPED ask about an order, for the page that their links open."""
    writer = shipped_writer(language)
    own = writer.own(kind)
    return Poll(asks=writer.fill(own["subject"], {"number": number}), yes=own["yes"], no=own["no"])
