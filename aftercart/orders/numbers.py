"""Whose tracking number it is, by its shape and its check digit. Pure.

Shops often name no carrier, or "Other". A letter prefix says who printed a label; of digits alone several carriers use
the same lengths, so there the check digit decides, and where more than one carrier fits we say nothing unless the brand
has told us whom it ships with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase, digits

from aftercart.orders.carriers import HOUSES

ALPHABET = digits + ascii_uppercase
# The posts of the Universal Postal Union, by the country at the end of their numbers.
POSTS = {
    "AT": "austrian_post", "AU": "australia_post", "BE": "bpost", "BR": "correios", "CA": "canada_post",
    "CH": "swiss_post", "CN": "china_post", "DE": "dhl_paket", "DK": "postnord", "ES": "correos", "FR": "la_poste",
    "GB": "royal_mail", "HK": "hongkong_post", "IE": "an_post", "IT": "poste_italiane", "JP": "japan_post",
    "KR": "korea_post", "NL": "postnl", "NZ": "new_zealand_post", "PL": "poczta_polska", "PT": "ctt",
    "SE": "postnord", "SG": "singapore_post", "US": "usps",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carrier whose number this may be. `named`: its letters say so; `checked`: a check digit agrees."""

    carrier: str
    named: bool
    checked: bool


@dataclass(frozen=True, slots=True)
class Shape:
    carrier: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    named: bool = True


def _of(weights: tuple[int, ...], text: str) -> int:
    """The digits of `text`, weighted from the left, over and over."""
    return sum(int(digit) * weights[place % len(weights)] for place, digit in enumerate(text))


def gs1(text: str) -> bool:
    """Every second digit, from the right, counts three times; the last one fills up to a ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(text[:-1])))
    return (10 - total % 10) % 10 == int(text[-1])


def luhn(text: str) -> bool:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(text))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def ups(text: str) -> bool:
    """Letters count as digits from A = 2 on; every second one counts twice, whole."""
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in text[:-1]]
    total = sum(value * (2 if place % 2 else 1) for place, value in enumerate(values))
    return text[-1].isdigit() and (10 - total % 10) % 10 == int(text[-1])


def fedex(weights: tuple[int, ...]) -> Callable[[str], bool]:
    return lambda text: _of(weights, text[:-1]) % 11 % 10 == int(text[-1])


def seven(text: str) -> bool:
    return int(text[:-1]) % 7 == int(text[-1])


def s10(text: str) -> bool:
    """The Universal Postal Union's: what is left to eleven, with ten as zero and eleven as five."""
    left = 11 - _of((8, 6, 4, 2, 3, 5, 9, 7), text[2:10]) % 11
    return {10: 0, 11: 5}.get(left, left) == int(text[10])


def iso7064(text: str) -> bool:
    """Mod 37, 36: each step doubles what is left."""
    left = 36
    for letter in text[:-1]:
        left = (left + ALPHABET.index(letter)) % 36 or 36
        left = left * 2 % 37
    return (left + ALPHABET.index(text[-1])) % 36 == 1


def _last(count: int, check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: check(text[-count:])


def _after(count: int, check: Callable[[str], bool], instead: str = "") -> Callable[[str], bool]:
    return lambda text: check(instead + text[count:])


def _shape(carrier: str, pattern: str, check: Callable[[str], bool] | None = None, *, named: bool = True) -> Shape:
    return Shape(carrier, re.compile(pattern), check, named)


SHAPES = (
    _shape("ups", r"1Z[0-9A-Z]{16}", _after(2, ups)),
    _shape("ups", r"[AHJKTV][0-9]{10}", _after(1, ups)),
    _shape("amazon", r"TB[ACM][0-9]{12}"),
    _shape("dhl_express", r"J(?:JD|VGL)[0-9]{10}"),
    _shape("dhl_ecommerce", r"GM[0-9A-Z]{16,26}"),
    _shape("dhl_paket", r"0?0340434[0-9]{12}", lambda text: gs1(text[-18:])),
    _shape("gofo", r"GFUS[0-9]{14}"),
    _shape("landmark_global", r"LTN[0-9]{8,9}N1"),
    _shape("lasership", r"L[AEHINX][1-3][0-9]{7}"),
    _shape("lasership", r"1LS7[12][0-9]{10,11}|1LS7[12][0-9]{2}01[1-4][0-9]{6}1|1LSCX[0-9A-Z]{10}"),
    _shape("lasership", r"C[0-9]{14}", _after(1, ups, "4")),
    _shape("lasership", r"D[0-9]{14}", _after(1, ups, "5")),
    _shape("canpar", r"[CDKLSUXZ][0-9]{21}"),
    _shape("purolator", r"[A-Z]{3}[0-9]{9}"),
    _shape("postnl", r"3S[A-Z]{4}[0-9]{7,13}"),
    _shape("sf_express", r"SF[0-9]{12,13}"),
    _shape("spee_dee", r"SP[0-9]{18}"),
    _shape("yodel", r"JJ?D[0-9]{16}"),
    _shape("yunexpress", r"YT[0-9]{16}"),
    _shape("canada_post", r"[0-9]{16}", gs1, named=False),
    _shape("dhl_express", r"[0-9]{10,11}", seven, named=False),
    _shape("dpd", r"[0-9]{14}[0-9A-Z]|[0-9]{27}[0-9A-Z]", iso7064, named=False),
    _shape("fedex", r"[0-9]{12}", fedex((3, 1, 7)), named=False),
    _shape("fedex", r"[0-9]{15}", gs1, named=False),
    _shape("fedex", r"00[0-9]{16}", gs1, named=False),
    _shape("fedex", r"3[0-9]{31}", lambda text: fedex((3, 1, 7))(text[16:28]), named=False),
    _shape("fedex", r"96[0-9]{20}", _last(15, gs1), named=False),
    _shape("fedex", r"(?:1[0-9]|96)[0-9]{32}", _last(14, fedex((1, 7, 3))), named=False),
    _shape("purolator", r"[0-5][0-9]{11}", luhn, named=False),
    _shape("usps", r"[0-9]{20}", gs1, named=False),
    _shape("usps", r"7[0-9]{19}", _after(0, gs1, "91"), named=False),
    _shape("usps", r"9[1-5][0-9]{20}(?:[0-9]{4})?", gs1, named=False),
)
# Too faint to say whose a parcel is: without a check digit, or of freight. In a text about a parcel they count.
FAINT = (
    _shape("amazon", r"[AFC][0-9]{10}"),
    _shape("dhl_ecommerce", r"[0-9]{14}", named=False),
    _shape("old_dominion", r"(?:77[78]|072|780)[0-9]{8}|80[0-9]{9}", luhn, named=False),
)
ROUTED = re.compile(r"420(?:[0-9]{5}|[0-9]{9})(9[1-5][0-9]{20}(?:[0-9]{4})?)")  # a ZIP code before a number of USPS
POSTAL = re.compile(r"[A-Z]{2}[0-9]{9}([A-Z]{2})")


@lru_cache(maxsize=16_384)
def candidates(number: str) -> tuple[Candidate, ...]:
    """Whose number (normalised, as `orders.rules.number`) this may be, the surest first; each carrier once."""
    if routed := ROUTED.fullmatch(number):
        number = routed[1]
    if postal := POSTAL.fullmatch(number):
        post = POSTS.get(postal[1])
        return (Candidate(post, named=True, checked=True),) if post and s10(number) else ()
    return _fitting(SHAPES, number)


@lru_cache(maxsize=16_384)
def faint(number: str) -> tuple[Candidate, ...]:
    """Whose number this may be besides `candidates`, where a sentence already says that it is one; "" is any post's."""
    postal = POSTAL.fullmatch(number)
    if postal and postal[1] not in POSTS and s10(number):
        return (Candidate("", named=True, checked=True),)
    return _fitting(FAINT, number)


def _fitting(shapes: tuple[Shape, ...], number: str) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    for shape in shapes:
        if shape.pattern.fullmatch(number) and (shape.check is None or shape.check(number)):
            found.setdefault(shape.carrier, Candidate(shape.carrier, shape.named, shape.check is not None))
    return tuple(sorted(found.values(), key=lambda one: (not one.named, not one.checked)))


def recognised(number: str, own: Collection[str] = ()) -> str:
    """The carrier of this number if only one fits, or only one of the brand's `own`; "" otherwise."""
    fitting = candidates(number)
    if own:
        houses = {HOUSES.get(carrier, carrier) for carrier in own}
        ours = [one for one in fitting if one.carrier in own or HOUSES.get(one.carrier, one.carrier) in houses]
        fitting = tuple(ours) or fitting
    best = [one for one in fitting if (one.named, one.checked) == (fitting[0].named, fitting[0].checked)]
    sure = len(fitting) == 1 or (len(best) == 1 and best[0].named)
    return fitting[0].carrier if fitting and sure else ""
