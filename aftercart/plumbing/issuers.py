"""What makes a number a card's or a bank account's. Pure.

Ranges and lengths as the card schemes publish them (ISO/IEC 7812); forms of IBANs as in SWIFT's registry (ISO 13616).
"""

from __future__ import annotations

import re
from functools import cache

FEWEST_DIGITS, MOST_DIGITS = 13, 19
# First digits from–to, and lengths.
_CARDS: tuple[tuple[int, int, frozenset[int]], ...] = tuple(
    (first, last, frozenset(lengths))
    for first, last, lengths in (
        (4, 4, (13, 16, 19)),  # Visa
        (51, 55, (16,)), (2221, 2720, (16,)),  # Mastercard
        (34, 34, (15,)), (37, 37, (15,)),  # American Express
        (300, 305, (14, 16, 17, 18, 19)), (3095, 3095, (14, 16, 17, 18, 19)), (36, 36, range(14, 20)),
        (38, 39, range(14, 20)),  # Diners Club
        (6011, 6011, range(16, 20)), (644, 649, range(16, 20)), (65, 65, range(16, 20)),  # Discover, RuPay
        (3528, 3589, range(16, 20)),  # JCB
        (62, 62, range(16, 20)), (81, 82, range(16, 20)),  # UnionPay, RuPay
        (2200, 2204, range(16, 20)),  # Mir
        (50, 50, range(13, 20)), (56, 58, range(13, 20)), (60, 61, range(13, 20)), (63, 63, range(13, 20)),
        (66, 69, range(13, 20)),  # Maestro, Elo, Hipercard, Verve
        (9792, 9792, (16,)),  # Troy
    )
)  # fmt: skip
# n: a digit, a: a letter, c: either.
_IBANS = (
    "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c"
    " CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n"
    " GR7n16c GT24c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c"
    " LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a"
    " NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n"
    " SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c"
)
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


def _lengths(head: str) -> frozenset[int]:
    return frozenset(n for first, last, some in _CARDS if first <= int(head[: len(str(first))]) <= last for n in some)


# By the first four digits: how long a card's number may be.
_LENGTHS = {head: lengths for n in range(10_000) if (lengths := _lengths(head := f"{n:04}"))}
_TWICE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: str) -> bool:
    """Every second digit from the right counts twice, and its own digits are added up."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(_TWICE[int(one)] for one in even)) % 10 == 0


def is_card(digits: str) -> bool:
    """Whether some issuer could have given out this number."""
    return len(digits) >= FEWEST_DIGITS and len(digits) in _LENGTHS.get(digits[:4], ()) and luhn(digits)


@cache
def _forms() -> dict[str, tuple[int, re.Pattern[str]]]:
    forms = {}
    for told in _IBANS.split():
        country, parts = told[:2], re.findall(r"(\d+)([nac])", told[2:])
        body = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in parts)
        forms[country] = 4 + sum(int(count) for count, _ in parts), re.compile(rf"{country}[0-9]{{2}}{body}")
    return forms


def iban_length(country: str) -> int:
    """How many characters an IBAN of that country has; 0 where there are none."""
    return _forms().get(country, (0, None))[0]


def is_iban(text: str) -> bool:
    """Of its country's form, in capitals and without blanks, and with the right check digits."""
    form = _forms().get(text[:2])
    return (
        bool(form and form[1].fullmatch(text)) and int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
    )
