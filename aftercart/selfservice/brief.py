"""What a shop's own page may say of an order: the sentence and the dates, and nothing of whom or where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import unescape

from django.utils.html import strip_tags

from aftercart.look.formats import Reader
from aftercart.selfservice.presenting import Page, page
from aftercart.selfservice.queries import Picture
from aftercart.selfservice.rules import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """`state` and `tone` are of the parcel that the order answers for first; `shown` is what they were read from."""

    state: str
    tone: str
    text: str
    window: Window | None
    parcels: int
    shown: Page


def brief(picture: Picture, reader: Reader) -> Brief:
    """In the language that is active."""
    shown = page(_nowhere(picture), reader, full=False)
    first = shown.first
    return Brief(
        state=first.answer.kind.value,
        tone=first.answer.tone.value,
        text=unescape(strip_tags(first.headline)),
        window=first.answer.window,
        parcels=len(shown.cards),
        shown=shown,
    )


def _nowhere(picture: Picture) -> Picture:
    """Without towns: where a parcel waits or was handed over is where its customer lives."""
    parcels = [
        replace(parcel, city="", scans=[scan._replace(city="", region="") for scan in parcel.scans])
        for parcel in picture.parcels
    ]
    return replace(picture, city="", parcels=parcels)
