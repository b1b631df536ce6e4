"""A text without what tells who wrote it or which order it is about, as far as that can be told by form. Pure.

For what is kept to learn from, and for what leaves the house. Nothing is lost for a model: to it any number is the
same, and so is any address. Names in running text stay: no form tells them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aftercart.understanding.entities import MAIL, Found

LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
# Four digits or more, with letters, blanks and hyphens between them: orders, parcels, phones, cards, accounts.
NUMBER = re.compile(r"[+#(]*(?:[A-Za-z]{0,6}\d[A-Za-z\d]*(?:[ ()./–-]{1,3}(?=[A-Za-z]{0,4}\d))?)+")
DIGIT, SIGN = re.compile(r"\d"), re.compile(r"[A-Za-z\d]")
FEWEST = 4


def masked(text: str) -> str:
    """Addresses are an @, links a slash, numbers of four digits or more noughts. Masking twice changes nothing."""
    return NUMBER.sub(_noughts, LINK.sub("/", MAIL.sub("@", text)))


def without(text: str, found: Sequence[Found]) -> str:
    """As `masked`, and of what was found in the text nothing is left either, however short."""
    for one in sorted(found, key=lambda one: -one.start):
        text = text[: one.start] + ("@" if one.kind == "email" else SIGN.sub("0", one.written)) + text[one.end :]
    return masked(text)


def _noughts(match: re.Match[str]) -> str:
    written = match[0]
    return SIGN.sub("0", written) if len(DIGIT.findall(written)) >= FEWEST else written
