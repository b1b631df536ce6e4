"""An order that could be: for the length of a text, and for looking at one before it is used. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from aftercart.words.filling import TemplateError, Value, fill
from aftercart.words.kinds import SMS
from aftercart.words.rules import values_of
from aftercart.words.shipped import writer
from aftercart.words.situations import Situation
from aftercart.words.sms import Size, plain, size

# As long as links of ours are: those of mails carry a signature, those of text messages are drawn and kept.
LINK = "https://track.example.com/t/juniper-and-clay/" + "x" * 74 + "/"
SHORT_LINK = "https://track.example.com/o/" + "x" * 11


def sample(kind: str, *, today: date, brand: str = "Juniper & Clay", link: str = LINK) -> Situation:
    """An order of which everything is known."""
    return Situation(
        kind=kind,
        brand=brand,
        number="#10428",
        link=link,
        since=today - timedelta(2),
        name="Noor",
        carrier="DHL",
        city="Leipzig",
        reason="address" if kind == "exception" else "",
        promised=today + timedelta(1),
        earliest=today + timedelta(3),
        latest=today + timedelta(5),
        deadline=today + timedelta(4),
        state="points" if kind == "gesture_granted" else "",
        return_by=today + timedelta(30),
        ships_from=today + timedelta(2),
        tracking=link,
        action=link,
        yes_link=link,
        no_link=link,
        amount=5900,
        currency="EUR",
        method="Visa 4242",
        days=3,
        points=120,
        balance=560,
        note="—",
    )


@cache
def usual(language: str) -> Mapping[str, Value]:
    """A usual value for every variable, as an SMS writes it."""
    return values_of(sample("late", today=date(2026, 3, 12), link=SHORT_LINK), writer(language, short=True), SMS)


def filled_size(template: str, language: str) -> Size | None:
    """How long an SMS by this template usually is; None where it cannot be filled in."""
    try:
        return size(plain(fill(template, usual(language), language)))
    except TemplateError:
        return None
