"""Card and bank numbers in what people write, blanked: `[card ending 4242]`, `[IBAN ending 00]`. Pure.

A card number has an issuer's range and length and Luhn's check digit, an IBAN its country's form and its check digits;
both may be broken up by blanks, hyphens and the like, in HTML by tags and entities too. Nothing else is touched, and a
text without one stays the text that it was.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from aftercart.plumbing.issuers import FEWEST_DIGITS, MOST_DIGITS, iban_length, is_card, is_iban

Keep = Callable[[str], bool]

# Blanks of every width, hyphens and dashes, dots, slashes, invisible characters; a line may break too.
_BETWEEN = r"[ \t\r\n\u00a0\u00ad\u2000-\u200f\u2010-\u2015\u202f\u2060\u3000\ufeff._·•/-]{1,3}"
_RUN = re.compile(rf"\d(?:(?:{_BETWEEN})?\d){{{FEWEST_DIGITS - 1},}}")
# The same in a text of ASCII only, asked with less effort: nearly no text holds one.
_NOUGHTS, _ASCII_BETWEEN, _ASCII_RUN = bytes.maketrans(b"123456789", b"0" * 9), b" \t\r\n._/-", b"0" * FEWEST_DIGITS
_GROUP, _BLANK = re.compile(r"\d+"), re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
# Found by its check digits, which are rarer than letters; written as two, they are searched for twice as fast.
_IBAN_HEAD = re.compile(r"[0-9][0-9](?:(?<=[A-Za-z]{2}[0-9]{2})|(?<=[A-Za-z]{2}[ \u00a0.-][0-9]{2}))")
_IBAN_TAIL = re.compile(rf"(?:(?:{_BETWEEN})?[A-Za-z0-9]){{11,30}}")
_BEFORE, _AFTER = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
# With one of these beside it a number is a card's, whatever else it looks like.
_CARD_WORDS = re.compile(
    r"\b(?:(?:credit|debit|bank)?[ -]?cards?|visa|master ?card|maestro|amex|american express|discover|diners|jcb|"
    r"unionpay|"
    r"(?:kredit|bank|giro)?karten?(?:nummer)?|carte|tarjeta|cart[aã]o|carta|(?:credit|bank)?kaart|karty|karta|kort|"
    r"kortnummer|cvv2?|cvc2?|expiry|exp)\b|カード|クレジット",
    re.IGNORECASE,
)
_NEAR = 40
# More numbers in a row are no prose: there only what is printed in fours, or in one, is looked for.
_MOST_GROUPS = 200
_CODE = re.compile(
    r"(\b(?:cvv2?|cvc2?|csc|security code|sicherheitscode|prüfnummer|prüfziffer|cryptogramme)\W{1,4}"
    r"(?:(?:is|ist|est|es)\W)?)\d{3,4}\b",
    re.IGNORECASE,
)
# Longer letters before digits are a word; as many as these may be a part of somebody's number.
_LONGEST_PREFIX = 4
# A comment that nothing ends goes on to the end, as in browsers; one would look for its end from each anew.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[A-Za-z/!?][^<>]*>", re.DOTALL)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|em|font|i|ins|kbd|mark|s|samp|small|span|strike|strong|sub|sup|tt|u|wbr)\b|<!--",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_APART, _NAMED = " " * 8, 12
_LONGEST = 120  # of one number with all that is between


@dataclass(frozen=True, slots=True)
class Span:
    """A number to be blanked, from `start` to `end`, and what to write instead."""

    start: int
    end: int
    instead: str


def nothing_kept(_: str) -> bool:
    return False


def redacted(text: str, keep: Keep = nothing_kept) -> str:
    """`keep` is asked of what could be a card's number, and of what it is a part of, both without what is between:
    whether it is known to be something else. It is not asked where the text says beside it that it is a card's."""
    found = spans(text, keep)
    return _codes(_edited(text, ((one.start, one.end, one.instead) for one in found))) if found else text


def redacted_html(html: str, keep: Keep = nothing_kept) -> str:
    """The same for markup: a number may be broken by tags within a line, and written in entities. All tags stay."""
    read = entities.unescape(_TAG.sub(lambda tag: _gap(tag[0][:_NAMED]), html))
    if not spans(read, keep) and not spans(html, keep):
        return html
    plain, places, tags = _text_of(html)
    edits = [(start, end, one) for start, end in tags if (one := redacted(html[start:end], keep)) != html[start:end]]
    for span in spans(plain, keep):
        at = [place for place in places[span.start : span.end] if place[0] != place[1]]
        edits += [(start, end, span.instead if n == 0 else "") for n, (start, end) in enumerate(at)]
    return _codes(_edited(html, edits))


def spans(text: str, keep: Keep = nothing_kept) -> list[Span]:
    """All numbers to be blanked, in the order of the text, none overlapping."""
    ibans, cards, at = list(_ibans(text)), list[Span](), 0
    for match in _RUN.finditer(text) if _has_a_run(text) else ():
        # Both go on through the text, so that nothing is compared with all that was found.
        while at < len(ibans) and ibans[at].end <= match.start():
            at += 1
        if at == len(ibans) or match.end() <= ibans[at].start:
            cards += _cards(text, [group.span() for group in _GROUP.finditer(text, *match.span())], keep)
    return sorted([*ibans, *cards], key=lambda one: one.start)


def _has_a_run(text: str) -> bool:
    return not text.isascii() or _ASCII_RUN in text.encode().translate(_NOUGHTS, _ASCII_BETWEEN)


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, instead in sorted(edits):
        parts += [text[at:start], instead]
        at = end
    return "".join([*parts, text[at:]])


def _codes(text: str) -> str:
    """Beside a card's number its security code must not be kept either."""
    return _CODE.sub(r"\1[security code]", text)


def _cards(text: str, groups: Sequence[tuple[int, int]], keep: Keep) -> Iterator[Span]:
    """What is printed as on a card goes before all that overlaps it; otherwise what overlaps is blanked together."""
    found = list(_candidates(text, groups, keep))
    plain = _together(one for one in found if _as_on_a_card(text, groups[one[0] : one[1] + 1]))
    odd = (one for one in found if all(one[1] < other[0] or other[1] < one[0] for other in plain))
    for first, last in plain + _together(odd):
        start, end = groups[first][0], groups[last][1]
        yield Span(start, end, f"[card ending {_digits(text[start:end])[-4:]}]")


def _together(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _candidates(text: str, groups: Sequence[tuple[int, int]], keep: Keep) -> Iterator[tuple[int, int]]:
    """The first and last group of each that could be a card's number."""
    listed = len(groups) > _MOST_GROUPS
    for first in range(len(groups)):
        if listed and groups[first][1] - groups[first][0] < 4:
            continue
        digits = ""
        for last in range(first, min(len(groups), first + (5 if listed else MOST_DIGITS))):
            digits += _digits(text[slice(*groups[last])])
            if len(digits) > MOST_DIGITS:
                break
            if is_card(digits) and (not keep(digits) if listed else _likely(text, groups, first, last, digits, keep)):
                yield first, last


def _likely(text: str, groups: Sequence[tuple[int, int]], first: int, last: int, digits: str, keep: Keep) -> bool:
    start, end = groups[first][0], groups[last][1]
    if _part_of_a_word(text, start, end) or not _printed_so(text, groups[first : last + 1]):
        return False
    if _CARD_WORDS.search(text, max(0, start - _NEAR), min(len(text), end + _NEAR)):
        return True
    if text[max(0, start - 2) : start].strip(" (").endswith("+") or (
        len(digits) == FEWEST_DIGITS and _is_phone(digits)
    ):
        return False
    return not any(map(keep, _around(text, groups, first, last)))


def _part_of_a_word(text: str, start: int, end: int) -> bool:
    before, after = _BEFORE.search(text, max(0, start - 20), start), _AFTER.match(text, end)
    glued = before is not None and len(before[0]) <= _LONGEST_PREFIX and not _CARD_WORDS.fullmatch(before[0])
    return glued or (after is not None and len(after[0]) < 3)


def _printed_so(text: str, groups: Sequence[tuple[int, int]]) -> bool:
    """One kind of gap throughout, blanks aside, or groups as on a card: unrelated numbers side by side are neither."""
    gaps = {_BLANK.sub("", text[one[1] : other[0]]) for one, other in pairwise(groups)}
    return len(gaps) < 2 or _as_on_a_card(text, groups)


def _as_on_a_card(text: str, groups: Sequence[tuple[int, int]]) -> bool:
    sizes = [end - start for start, end in groups]
    fours = set(sizes[:-1]) == {4} and sizes[-1] <= 4
    # American Express and Diners Club print them so.
    return len(sizes) == 1 or fours or (sizes in ([4, 6, 5], [4, 6, 4]) and _digits(text[groups[0][0]]) == "3")


def _around(text: str, groups: Sequence[tuple[int, int]], first: int, last: int) -> Iterator[str]:
    """This number, and all longer ones that it may be a part of."""
    if groups[-1][1] - groups[0][0] <= _LONGEST:
        yield _digits(text[groups[0][0] : groups[-1][1]])
    for begin in range(first, max(-1, first - 5), -1):
        for end in range(last, min(len(groups), last + 5)):
            yield _digits(text[groups[begin][0] : groups[end][1]])


def _digits(text: str) -> str:
    """Those of any script, as our own."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


@lru_cache(maxsize=1024)
def _is_phone(digits: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return is_valid_number(parse("+" + digits))
    except NumberParseException:
        return False


def _ibans(text: str) -> Iterator[Span]:
    at = 0
    for head in _IBAN_HEAD.finditer(text):
        digits = head.start()
        start = digits - (2 if text[digits - 1].isalpha() else 3)
        country = text[start : start + 2].upper()
        length = iban_length(country)  # 0 mostly: the end of a word before a number
        tail = _IBAN_TAIL.match(text, head.end()) if length and at <= digits else None
        if tail is None:
            continue
        taken = [n for n in range(digits, tail.end()) if text[n].isascii() and text[n].isalnum()][: length - 2]
        if len(taken) < length - 2 or (_alnum(text, start - 1) and text[start - 4 : start] != "IBAN"):
            continue
        end, number = taken[-1] + 1, country + "".join(text[n] for n in taken).upper()
        if is_iban(number) and not _alnum(text, end):
            yield Span(start, end, f"[IBAN ending {number[-2:]}]")
            at = end


def _alnum(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


@lru_cache(maxsize=1024)
def _gap(tag: str) -> str:
    """What is read where this tag stands: nothing, the end of a line, or so much that no number goes across it.

    `tag`: its first letters, of which there are few.
    """
    return "" if _INLINE.match(tag) else "\n" if _BREAK.match(tag) else _APART


def _text_of(html: str) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """What is read of it, where each character of that stands in the source, and where the tags are."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    tags: list[tuple[int, int]] = []

    def add(text: str, where: Iterable[tuple[int, int]]) -> None:
        parts.append(text)
        places.extend(where)

    def words(start: int, end: int) -> None:
        for match in _ENTITY.finditer(html, start, end):
            add(html[start : match.start()], ((n, n + 1) for n in range(start, match.start())))
            shown = entities.unescape(match[0])
            add(shown, [match.span(), *[(match.end(), match.end())] * (len(shown) - 1)])
            start = match.end()
        add(html[start:end], ((n, n + 1) for n in range(start, end)))

    at = 0
    for match in _TAG.finditer(html):
        words(at, match.start())
        tags.append(match.span())
        gap = _gap(match[0][:_NAMED])
        add(gap, [(match.end(), match.end())] * len(gap))
        at = match.end()
    words(at, len(html))
    return "".join(parts), places, tags
