"""Whether a message only closes what was said: thanks, a good-bye, "all good now". Pure.

Said so only where every word of it is one that such a message is made of: whoever thanks and asks, asks.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from aftercart.understanding.folding import folded, words

MOST_WORDS = 14
THANKING = frozenset("👍🙏👌💯😊🙂❤💛💚💙🧡💜🥰😍🎉")
COLOURING = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"  # of the sign before them
ASKING = frozenset("?？¿")
BEYOND = "\u3000"  # the scripts of Japanese


def closes(text: str, who: str = "") -> bool:
    """Whether nothing in it waits for an answer. `who`: the name of whoever wrote it, with which they may sign."""
    if ASKING & set(text):
        return False
    signs = text.translate(dict.fromkeys(map(ord, COLOURING))).split()
    if signs and all(THANKING.issuperset(sign) for sign in signs):
        return True
    plain, known = folded("".join(letter for letter in text if letter not in THANKING)), _known()
    if any(letter > BEYOND for letter in plain):
        for part in known["japanese"]:
            plain = plain.replace(part, "")
        return not plain.strip()
    said = [word for word in words(plain) if word[0].isalnum()]
    thanks, around = set(known["thanks"]), {*known["around"], *words(folded(who))}
    return len(said) <= MOST_WORDS and bool(thanks & set(said)) and set(said) <= thanks | around


@cache
def _known() -> dict[str, list[str]]:
    """The words of each list, the longest first."""
    told = tomllib.loads(files("aftercart.understanding").joinpath("closing.toml").read_text("utf-8"))
    return {name: sorted(map(folded, value.split()), key=len, reverse=True) for name, value in told.items()}
