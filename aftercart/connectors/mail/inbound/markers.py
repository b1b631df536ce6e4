"""Where quotation begins: the line that introduces it, the block of its headers, or a marked line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aftercart.connectors.mail.inbound.quote_words import HEADERS, OPENERS, ORIGINAL, WROTE


@dataclass(frozen=True, slots=True)
class Marker:
    """It ends before line `end`. `whole`: all that follows is the other mail, quote marks or not."""

    end: int
    whole: bool


_MARK = re.compile(r"\s{0,3}[>|]")
_SUPERCITED = re.compile(r"\s?[A-Za-z]{1,3}>( |$)")
_DECORATION = " \t*_>|-=\u202f\xa0"
_BLANK = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
_RULES = "-_=—–*"
_ADDRESS = re.compile(r"[^\s<>@]{1,80}@[^\s<>@]{2,80}")
_TIME = re.compile(r"\b\d{1,2}(?:[:.h時点시时]\s?\d{2}| ?[ap]\.?m\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\d")
_WROTE = re.compile(rf"(?:^|[\s>,.)\"»”\d]|(?<=[^\x00-\u024f]))(?:{'|'.join(WROTE)})(?![^\W\d_a-z])", re.IGNORECASE)
# Without a colon after it, as some programs have it where they break the line.
_WROTE_LAST = (
    "wrote",
    "schrieb",
    "écrit",
    "escribió",
    "escreveu",
    "scritto",
    "schreef",
    "geschreven",
    "skrev",
    "napisał(a)",
)
_OPENS = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, OPENERS), key=len, reverse=True))})(?![^\W\d_])", re.IGNORECASE
)
_DATED = re.compile(r"[\d\"“„«<'(]|\S{2,12}[,.]? \d")
# Gmail, in the languages in which it has no word for "wrote".
_DATE_AND_NAME = re.compile(
    r"\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?\S* .{0,150}<?[^\s<>@]+@[^\s<>@]+>?\s?[:：]?"
    r"|\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:GMT|UTC)[+-]\d{1,2}:?\d\d [^.!?]{1,80}",
)
# … and programs that name a time and an address, in any language, and no word at all.
_TIME_AND_ADDRESS = re.compile(r"<[^\s<>@]+@[^\s<>@]+>\s?[:：]")
_WRAPS, _LONGEST = 4, 320
_PHRASES = "|".join(ORIGINAL)
# Nothing here is tried twice: a line of nothing but stars could be divided among its parts in thousands of ways.
_ORIGINAL = re.compile(
    rf"[\s>]*+(?:[*_]++\s++)?(?:[-_*=—–]{{2,}}+\s*+(?:{_PHRASES})\s*+:? ?[-_*=—–]*+"
    rf"|[*_]*+(?:{_PHRASES})\s*+[:：])[\s*_]*+",
    re.IGNORECASE,
)
_MEANING = {name: kind for kind, names in HEADERS.items() for name in names}
_HEADER = re.compile(r"[\s*_>|]*([^\W\d_][^:：<>@\n]{0,30}?)\s?[*_]*\s?[:：][*_]*(?:\s|$|(?=\S))")
_RULE = re.compile(r"[\s>]*+(?:\*++\s++)?[-_=—–*]{3,}+[\s*]*+")
_MOST_HEADER_LINES = 14


def quote_lines(lines: Sequence[str]) -> list[bool]:
    """Which lines bear a quote mark, blank lines between them and the one broken-off word among them too."""
    marked = [bool(_MARK.match(line)) for line in lines]
    supercited = [bool(_SUPERCITED.match(line)) for line in lines]
    for at in range(1, len(lines)):
        if supercited[at] and supercited[at - 1]:
            marked[at] = marked[at - 1] = True
    for at in range(1, len(lines) - 1):
        # A long marked line that a program broke: its rest has no mark, and stands between two that have.
        if not marked[at] and marked[at - 1] and marked[at + 1] and lines[at].strip() and len(lines[at - 1]) >= 66:
            marked[at] = len(lines[at]) < 40
    return marked


def marker_at(lines: Sequence[str], at: int, quoted: Sequence[bool], ends: Callable[[int], bool]) -> Marker | None:
    """What begins with this line and introduces a quotation; None for any other line. `ends`: ends_one, of a line."""
    line = lines[at]
    bare = line.strip(" \t>|")
    if not bare or len(line) > _LONGEST:
        return None
    ruled, names = bare[0] in _RULES, ":" in bare or "：" in bare
    if (ruled or (names and line.rstrip(_BLANK + "*_")[-1:] in ":：")) and _ORIGINAL.fullmatch(line):
        return Marker(_after_headers(lines, at + 1) or at + 1, whole=not quoted[at])
    if ruled and _RULE.fullmatch(line):
        end = _after_headers(lines, at + 1)
        return None if end is None else Marker(end, whole=not quoted[at])
    if names and (end := _after_headers(lines, at)) is not None:
        return Marker(end, whole=not quoted[at])
    end = _after_introduction(lines, at, quoted, ends)
    return None if end is None else Marker(end, whole=False)


def _after_headers(lines: Sequence[str], at: int) -> int | None:
    """Past a block of headers that names who wrote and two things more, in whatever language."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    found: dict[str, str] = {}
    end, gaps = at, 0
    for position in range(at, min(at + _MOST_HEADER_LINES, len(lines))):
        line = lines[position]
        kind = _header_kind(line)
        if kind:
            found.setdefault(kind, line)
            end, gaps = position + 1, 0
        elif position == at:
            return None
        elif not line.strip(_DECORATION):
            gaps += 1
            if gaps > 1:
                break
        elif gaps:
            break  # a header's second line follows it at once
    # Without a subject it may be a form that a customer filled in, unless an address stands in it.
    telling = "subject" in found or "@" in found.get("from", "")
    return end if "from" in found and len(found) >= 3 and telling else None


def _header_kind(line: str) -> str:
    match = _HEADER.match(line) if ":" in line or "：" in line else None
    return _MEANING.get(" ".join(match[1].split()).lower(), "") if match else ""


def _after_introduction(
    lines: Sequence[str], at: int, quoted: Sequence[bool], ends: Callable[[int], bool]
) -> int | None:
    """Past "On … wrote:", which programs break over some lines; None unless it begins here and not further down."""
    joined, blanks = "", 0
    within = range(at, min(at + _WRAPS + 2, len(lines)))
    if not any(map(ends, within)):
        return None
    for position in within:
        line = lines[position]
        piece = line.strip(_DECORATION)
        if not piece and not line.strip():
            blanks += 1
            if blanks > 1 or not _is_strong(joined):
                return None
            continue
        joined = f"{joined} {piece}".strip() if piece else joined
        if len(joined) > _LONGEST or position - at - blanks > _WRAPS:
            return None
        if ends(position) and _introduces(joined, lines, position, quoted, alone=position == at):
            return position + 1
        if position == at and not _begins(joined):
            return None
    return None


def ends_one(line: str) -> bool:
    """Whether an introduction may end with this line."""
    line = line.rstrip(" \t*_|-=\u202f\xa0")
    if line.endswith((":", "：", ">", *_WROTE_LAST)):
        return True
    return line.lstrip(_DECORATION)[:1].isdigit() and _DATE_AND_NAME.fullmatch(line.strip(_DECORATION)) is not None


def _begins(text: str) -> bool:
    return bool(_OPENS.match(text) or _DATED.match(text) or _has_address(text) or text.endswith("<"))


def _has_address(text: str) -> bool:
    return "@" in text and _ADDRESS.search(text) is not None


def _is_strong(text: str) -> bool:
    return bool(_has_address(text) or (_TIME.search(text) and _NUMBER.search(text)))


def _introduces(text: str, lines: Sequence[str], end: int, quoted: Sequence[bool], *, alone: bool) -> bool:
    if _DATE_AND_NAME.fullmatch(text):
        return True
    if (
        _TIME.search(text)
        and _begins(text)
        and any(found.end() == len(text) for found in _TIME_AND_ADDRESS.finditer(text))
    ):
        return True
    if not _WROTE.search(text):
        return False
    if not text.rstrip("-> ").endswith((":", "：")) and not _closes_bare(text, lines[end]):
        return False
    if _has_address(text):
        return _begins(text)
    opened = bool(_OPENS.match(text) or _DATED.match(text))
    if opened and _TIME.search(text) and _NUMBER.search(text):
        return True
    # Little to go by: it is one if marked lines follow.
    below = next((at for at in range(end + 1, len(lines)) if lines[at].strip()), None)
    marked = below is not None and quoted[below]
    return marked and ((opened and bool(_YEAR.search(text) or _NUMBER.search(text))) or (alone and len(text) <= 80))


def _closes_bare(text: str, line: str) -> bool:
    """Zoho's line ends in dashes, a few others' in the word itself; both name an address or a time."""
    return _is_strong(text) and (line.rstrip().endswith("--") or text.endswith(_WROTE_LAST))
