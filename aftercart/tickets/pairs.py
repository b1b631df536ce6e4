"""Words of scripts that are written without spaces, as pairs of letters, in an index and in a question alike. Pure.

PostgreSQL takes a Japanese sentence for one word, so nobody would find what is inside it. Of each run of such letters
the index has every two that stand side by side, and the last by itself; so whatever part of it is asked for is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from aftercart.understanding.folding import folded

# Han, kana, bopomofo, hangul; Thai, Lao, Burmese, Khmer. Korean has spaces, but its particles stick to their words.
RUN = re.compile(
    "[\u3005-\u3007\u3031-\u3035\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af\uac00-\ud7a3"
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3]+"
)


# What stands beside a word and is no part of it. PostgreSQL knows that of ASCII alone.
BESIDE = re.compile(
    "[\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f\u2e00-\u2e7f\u3000-\u3004\u3008-\u3030\u303d-\u303f\u30fb]+"
)


def indexed(text: str, longest: int) -> str:
    """What is looked into, as words with spaces between."""
    return _cut(folded(text, longest), lambda run: [*_pairs(run), run[-1]])


def asked(text: str) -> tuple[str, list[str]]:
    """What is looked for: the words that must be there, and letters with which one must begin."""
    whole = folded(text)
    return _cut(whole, _pairs), [run for run in RUN.findall(whole) if len(run) == 1]


def _cut(text: str, cut: Callable[[str], list[str]]) -> str:
    if text.isascii():
        return text
    return RUN.sub(lambda run: f" {' '.join(cut(run[0]))} ", BESIDE.sub(" ", text))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
