"""A text as the rest of this package reads it: without case, accents and punctuation, cut into words. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 2_000  # characters of a text that are read; whoever has not said it by then says it nowhere
LONGEST_WORD = 24
WORD = re.compile(r"[^\W\d_]+|\d+|[?!]")
MARK = re.compile("[\u0300-\u036f]")
# Written without spaces, so that one "word" is a whole sentence; cut where the script changes.
UNSPACED = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\u3400-\u4dbf\u4e00-\u9fff]")
RUN = re.compile(
    "[\u3040-\u309f]+|[\u30a0-\u30ff\uff66-\uff9f]+|[\u3400-\u4dbf\u4e00-\u9fff]+|[^\\W\\d_]+?(?=[\u3040-\u9fff]|$)"
)
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def folded(text: str, longest: int = LONGEST) -> str:
    """Lower case, without accents; the voicing marks of kana stay."""
    text = text[:longest]
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", MARK.sub("", split)).translate(LETTERS)[:longest]


def words(text: str) -> list[str]:
    """The words of a folded text. Any number is "0": which one it is says nothing of what is wanted."""
    found = []
    for word in WORD.findall(text):
        if word[0].isdecimal():
            found.append("0")
        elif word.isascii() or not UNSPACED.search(word):
            found.append(word[:LONGEST_WORD])
        else:
            found += RUN.findall(word)
    return found
