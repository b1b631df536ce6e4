"""Whether a message only closes what was said: thanks, a good-bye, "all good now". Pure.

Said so only where every word of it is one that such a message is made of: whoever thanks and asks, asks.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from aftercart.understanding.folding import folded, words

MOST_WORDS = 14
ASKING = frozenset("?？¿")
BEYOND = "\u3000"  # the scripts of Japanese


def closes(text: str) -> bool:
    """Whether nothing in it waits for an answer."""
    if ASKING & set(text):
        return False
    plain, known = folded(text), _known()
    if any(letter > BEYOND for letter in plain):
        for part in known["japanese"]:
            plain = plain.replace(part, "")
        return not plain.strip()
    said = [word for word in words(plain) if word[0].isalnum()]
    thanks, around = set(known["thanks"]), set(known["around"])
    return len(said) <= MOST_WORDS and bool(thanks & set(said)) and set(said) <= thanks | around


@cache
def _known() -> dict[str, list[str]]:
    """The words of each list, the longest first."""
    told = tomllib.loads(files("aftercart.understanding").joinpath("closing.toml").read_text("utf-8"))
    return {name: sorted(map(folded, value.split()), key=len, reverse=True) for name, value in told.items()}
