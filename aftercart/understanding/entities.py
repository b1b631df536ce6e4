"""The numbers and addresses in a text: orders, parcels, phones, e-mails. Pure.

What the shop itself knows comes first: `known_orders` and `known_parcels` are asked once, with everything that could be
one in any of the texts. Only then a courier's format counts, and digits alone only with their check digit: of random
numbers with twelve digits one in six would pass for somebody's parcel, so that without a word about one such a number
is less sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from aftercart.orders.numbers import Candidate, candidates, faint
from aftercart.understanding.folding import LONGEST, folded

Lookup = Callable[[Collection[str]], Collection[str]]

MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}")
PHONE = re.compile(r"(?<![\w#+])(?:\+|00)?\(?\d[\d ()./–-]{5,20}\d(?!\w)")
NUMBERED, WORD = re.compile(r"[A-Za-z]*\d[A-Za-z0-9]*"), re.compile(r"[^\W\d_]{3,}")
DIGIT = re.compile(r"\d")
CHUNK = re.compile(
    r"[A-Za-z]*[0-9][A-Za-z0-9]*|(?<![A-Za-z])[A-Z]{1,4}(?![A-Za-z])"
)  # each has a digit, or few capitals
GAP = re.compile(r"[ \t\u00a0\u2010-\u2015-]{1,3}")
HASHED = re.compile(r"#\s?([A-Za-z]{0,6}-?\d{2,12}(?:-\d{1,4})?)(?!\w)")
ORDER_WORDS = re.compile(
    r"(?:order|orders|bestell\w*|auftrag\w*|commande|pedido|ordine|bestelling\w*|zamowieni\w*|encomenda|bestallning\w*|ordre|"
    r"注文(?:番号)?|オーダー)"
    r"(?:\s?(?:number|no|nr|num\w*|numer\w*|id|n|番号|ref\w*))?[\s.:°º#は：-]{0,4}([a-z]{0,6}-?\d{3,14}(?:-\d{1,4})?)(?!\w)"
)
PARCEL_WORDS = re.compile(
    r"track|parcel|package|packag|shipment|shipping|deliver|courier|awb|consignment|waybill|paket|packchen|sendung|"
    r"liefer|zustell|colis|suivi|livraison|transporteur|envio|paquete|seguimiento|rastre|pacco|spedizion|corriere|"
    r"tracciament|pakket|bezorg|zending|paczk|przesylk|kurier|sledz|encomenda|entrega|paket|leverans|forsandelse|spar|"
    r"荷物|配送|追跡|伝票|お問い合わせ番号|ups|usps|fedex|dhl|dpd|gls|hermes|evri|ontrac|lasership|purolator|yodel"
)
MOST_CHUNKS = 12  # of a run that are tried in every part; of a longer one only its ends are doubted
SHORTEST, SHORTEST_PARCEL, LONGEST_NUMBER = 3, 10, 40  # letters and digits
PLAIN = 0.9  # so sure that it may not be a phone number
DATE = re.compile(r"\d{4}[./-]\d\d?[./-]\d\d?|\d\d?[./-]\d\d?[./-]\d{2,4}")
LEAST_KINDS = 3  # different digits in digits alone: nobody prints 000000000000


@dataclass(frozen=True, slots=True)
class Found:
    """`value` is the normal form, `written` what stands in the text from `start` to `end`.

    `carriers` may have printed such a parcel number, the surest first; "" is a post of some country.
    """

    kind: str  # order, parcel, phone, email
    value: str
    written: str
    start: int
    end: int
    confidence: float
    carriers: tuple[str, ...] = ()


def nothing_known(_: Collection[str]) -> Collection[str]:
    return ()


def entities(text: str, **told: Any) -> list[Found]:
    """Those of one text; the arguments are those of `entities_of`."""
    return entities_of([text], **told)[0]


def entities_of(
    texts: Sequence[str],
    *,
    region: str = "",
    order_patterns: Sequence[re.Pattern[str]] = (),
    known_orders: Lookup = nothing_known,
    known_parcels: Lookup = nothing_known,
) -> list[list[Found]]:
    """Of each text in its order, none overlapping. `region` (ISO 3166) is where national phone numbers belong."""
    cut = [text[:LONGEST] for text in texts]
    spans = [[*_spans(text), *_shaped(text, order_patterns)] if DIGIT.search(text) else [] for text in cut]
    mine = {}
    if known_orders is not nothing_known or known_parcels is not nothing_known:
        names = {name for some in spans for span in some for name in span.names}
        mine = {"order": known_orders(names), "parcel": known_parcels(names)} if names else {}
    return [_in_one(text, some, mine, region, order_patterns) for text, some in zip(cut, spans, strict=True)]


def nameable(text: str, *, most: int) -> list[str]:
    """All that a shop may know as the number of an order or parcel in this text, though it knows none of them yet."""
    cut = text[:LONGEST]
    names = (name for span in _spans(cut) for name in span.names) if DIGIT.search(cut) else ()
    return list(islice(dict.fromkeys(names), most))


def _in_one(
    text: str,
    spans: Sequence[_Span],
    mine: Mapping[str, Collection[str]],
    region: str,
    order_patterns: Sequence[re.Pattern[str]],
) -> list[Found]:
    found: list[Found] = []
    if "@" in text:
        found += [_found("email", m, m[0].lower(), 1.0) for m in MAIL.finditer(text)]
    if not DIGIT.search(text):
        return found
    for kind, known in mine.items():
        if known:
            _take(found, _known(kind, text, spans, known))
    _take(
        found,
        (_found("order", match, _plain(match[group]), 0.9, group) for match, group in _fits(text, order_patterns)),
    )
    _take(found, _orders(text))
    long = [span for span in spans if len(span.value) >= SHORTEST_PARCEL and not span.tied]
    parcels = list(_parcels(text, long)) if long else []
    _take(found, (one for one in parcels if one.confidence >= PLAIN))
    _take(found, _phones(text, region))
    _take(found, parcels)
    return sorted(found, key=lambda one: one.start)


def _known(kind: str, text: str, spans: Sequence[_Span], known: Collection[str]) -> Iterator[Found]:
    for span in spans:
        if any(name in known for name in span.names):
            yield Found(kind, span.value, text[span.start : span.end], span.start, span.end, 1.0)


def _found(kind: str, match: re.Match[str], value: str, confidence: float, group: int = 0) -> Found:
    return Found(kind, value, match[group], match.start(group), match.end(group), confidence)


def _take(found: list[Found], more: Iterable[Found]) -> None:
    """Whoever comes first has the place; of one kind the longer."""
    for one in sorted(more, key=lambda one: one.start - one.end):
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)


@dataclass(frozen=True, slots=True)
class _Span:
    """What could be one number, without the blanks and hyphens printed into it."""

    start: int
    end: int
    value: str
    cut: bool  # digits stand beside it that may belong to it
    tied: bool  # … by a hyphen

    @property
    def names(self) -> tuple[str, ...]:
        """How the shop may write it: as it stands, and without the noughts before it."""
        bare = self.value.lstrip("0")
        return (self.value,) if bare == self.value or not bare else (self.value, bare)


def _spans(text: str) -> list[_Span]:
    run: list[tuple[int, int]] = []
    found: list[_Span] = []
    for match in CHUNK.finditer(text):
        if run and not GAP.fullmatch(text[run[-1][1] : match.start()]):
            found += _of_run(text, run)
            run = []
        run.append(match.span())
    return found + list(_of_run(text, run))


def _of_run(text: str, run: list[tuple[int, int]]) -> Iterator[_Span]:
    parts = [text[a:b].upper() for a, b in run]
    last = len(parts)
    edges = range(last) if last <= MOST_CHUNKS else (*range(3), *range(last - 3, last))
    for begin in edges:
        for end in (at + 1 for at in edges if at >= begin):
            value = "".join(parts[begin:end])
            if SHORTEST <= len(value) <= LONGEST_NUMBER and not value.isalpha():
                before, after = begin > 0 and not parts[begin - 1].isalpha(), end < last and not parts[end].isalpha()
                tied = (before and "-" in text[run[begin - 1][1] : run[begin][0]]) or (
                    after and "-" in text[run[end - 1][1] : run[end][0]]
                )
                yield _Span(run[begin][0], run[end - 1][1], value, before or after, tied)


def _fits(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[tuple[re.Match[str], int]]:
    """Where a brand's own patterns fit, and the group that is the number."""
    for pattern in patterns:
        group = 1 if pattern.groups else 0
        for match in pattern.finditer(text):
            if match[group]:
                yield match, group


def _shaped(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[_Span]:
    """As they may be known: of letters that nobody wrote in capitals a span knows nothing."""
    for match, group in _fits(text, patterns):
        yield _Span(match.start(group), match.end(group), _plain(match[group]), False, True)


def _plain(number: str) -> str:
    return re.sub(r"[\W_]", "", number).upper()


def _orders(text: str) -> Iterator[Found]:
    for match in HASHED.finditer(text):
        yield _found("order", match, match[1].upper(), 0.8, 1)
    small = text.lower() if text.isascii() else folded(text)
    if len(small) == len(text):
        for match in ORDER_WORDS.finditer(small):
            a, b = match.span(1)
            yield Found("order", text[a:b].upper(), text[a:b], a, b, 0.8)


def _parcels(text: str, spans: Sequence[_Span]) -> Iterator[Found]:
    about = PARCEL_WORDS.search(folded(text)) is not None
    alone = not WORD.search(NUMBERED.sub("", text))
    for span in spans:
        fitting = candidates(span.value)
        if not fitting and (about or alone):
            fitting = tuple(one for one in faint(span.value) if one.carrier or span.value[-2:] in _countries())
        if fitting and not (span.cut and span.value.isdigit()):
            sure = _how_sure(span.value, fitting[0], about, alone)
            if sure:
                carriers = tuple(one.carrier for one in fitting)
                yield Found("parcel", span.value, text[span.start : span.end], span.start, span.end, sure, carriers)


def _how_sure(value: str, best: Candidate, about: bool, alone: bool) -> float:
    if best.named:
        return 0.99 if best.checked else 0.95 if about or alone else 0.9
    if value.isdigit() and len(set(value)) < LEAST_KINDS:
        return 0.0
    if not best.checked:
        return 0.6
    if len(value) >= 18 or about:
        return 0.95
    return 0.8 if alone else 0.6


def _phones(text: str, region: str) -> Iterator[Found]:
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

    for match in PHONE.finditer(text):
        written = match[0].strip()
        if sum(c.isdigit() for c in written) < 7 or DATE.fullmatch(written):
            continue
        told = "+" + written[2:] if written.startswith("00") else written
        if not told.startswith("+") and not region:
            continue
        try:
            number = parse(told, region or None)
        except NumberParseException:
            continue
        if is_valid_number(number):
            sure = 0.95 if told.startswith("+") else 0.85 if told.startswith(("0", "(")) else 0.7
            end = match.start() + len(match[0])
            yield Found("phone", format_number(number, PhoneNumberFormat.E164), match[0], match.start(), end, sure)


@cache
def _countries() -> frozenset[str]:
    from phonenumbers import SUPPORTED_REGIONS

    return frozenset(SUPPORTED_REGIONS)
