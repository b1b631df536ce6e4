"""Whether HTML may be given to a parser. Parsers take quadratic time and worse for markup that no program writes."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
# Never closed, or closed by what follows them.
_LOOSE = frozenset((
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "body", "img", "input", "li",
    "link", "meta", "option", "optgroup", "p", "param", "rb", "rp", "rt", "rtc", "source", "tbody", "td", "tfoot",
    "th", "thead", "tr", "track", "wbr",
))  # fmt: skip
# Opened anew in every paragraph after the one in which they were not closed.
_FORMATTING = frozenset((
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
))  # fmt: skip
_LONGEST, _MOST_TAGS, _DEEPEST, _MOST_WORK = 5_000_000, 200_000, 400, 4_000_000
_SILENT = re.compile(r"<(script|style|title|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table|/?blockquote)\b[^>]{0,2000}>?", re.IGNORECASE)
_ANY = re.compile(r"<[a-zA-Z/!?][^>]{0,2000}>?")


def is_tangled(html: str) -> bool:
    """Whether it is too long, too deep, or opens more than it closes: such a mail is shown as text."""
    if len(html) > _LONGEST:
        return True
    tags = depth = deepest = 0
    open_formats: Counter[str] = Counter()
    formats = most_formats = 0
    for closing, name in _TAG.findall(html):
        tags += 1
        name = name.lower()
        if name in _LOOSE:
            continue
        if closing:
            depth -= depth > 0
        else:
            depth += 1
            deepest = max(deepest, depth)
        if name in _FORMATTING:
            change = -1 if closing and open_formats[name] else int(not closing)
            open_formats[name] += change
            formats += change
            most_formats = max(most_formats, formats)
    return tags > _MOST_TAGS or deepest > _DEEPEST or tags * (1 + most_formats) > _MOST_WORK


def stripped(html: str) -> str:
    """The text of HTML that nobody should parse: tags gone, lines where they were."""
    text = _ANY.sub("", _BREAK.sub("\n", _SILENT.sub("", html[:_LONGEST]))) + html[_LONGEST:]
    return unescape(text)
