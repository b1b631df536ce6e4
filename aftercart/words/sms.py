"""How long an SMS is: GSM 03.38's seven-bit alphabet, or UCS-2 as soon as one sign is not in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = frozenset("\f^{}\\[~]|€")  # these cost two: an escape goes before them
# What a phone shows the same way, and a word processor puts in by itself.
_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
})  # fmt: skip

GSM, UCS2 = "GSM-7", "UCS-2"
_ROOM = {GSM: (160, 153), UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Size:
    """`units` are septets (GSM-7) or 16-bit units (UCS-2); `room` is what one segment holds when there are so many."""

    encoding: str
    units: int
    segments: int

    @property
    def room(self) -> int:
        alone, joined = _ROOM[self.encoding]
        return alone if self.segments <= 1 else joined


def plain(text: str) -> str:
    """With typographic signs as plain ones, which spares an SMS its costlier alphabet."""
    return text.translate(_PLAIN)


def size(text: str) -> Size:
    """How many segments a text takes. A sign that takes two units is never parted between two segments."""
    if all(sign in _GSM or sign in _GSM_TWO for sign in text):
        widths = [2 if sign in _GSM_TWO else 1 for sign in text]
        return _size(GSM, widths)
    return _size(UCS2, [2 if ord(sign) > 0xFFFF else 1 for sign in text])


def _size(encoding: str, widths: list[int]) -> Size:
    alone, joined = _ROOM[encoding]
    units = sum(widths)
    if units <= alone:
        return Size(encoding, units, 1)
    segments, filled = 1, 0
    for width in widths:
        if filled + width > joined:
            segments, filled = segments + 1, 0
        filled += width
    return Size(encoding, units, segments)
