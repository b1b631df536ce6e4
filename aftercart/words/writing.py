"""How days and amounts are written inside a sentence of each language. Pure.

Babel's own patterns carry the year, which nobody needs for next Thursday, and fit no preposition.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from babel.dates import format_date
from babel.numbers import format_currency

from aftercart.plumbing.money import decimals

DAYS = {
    "en": "EEEE d MMMM",
    "es": "EEEE d 'de' MMMM",
    "fr": "EEEE d MMMM",
    "de": "EEEE, d. MMMM",
    "pt": "d 'de' MMMM (EEEE)",
    "ja": "M月d日(EEE)",
}
# For an SMS: signs of the seven-bit alphabet where the language allows it.
SHORT_DAYS = {"en": "EEE d MMM", "es": "d/M", "fr": "d/M", "de": "d.M.", "pt": "d/M", "ja": "M/d"}


@lru_cache(maxsize=4096)
def day_written(value: date, language: str, *, short: bool = False) -> str:
    return format_date(value, (SHORT_DAYS if short else DAYS)[language], language)


def money_written(amount: int, currency: str, language: str) -> str:
    """`amount` in minor units."""
    return format_currency(Decimal(amount).scaleb(-decimals(currency)), currency, locale=language)


def day_writer(language: str, *, short: bool = False) -> Callable[[date], str]:
    return partial(day_written, language=language, short=short)


def money_writer(language: str) -> Callable[[int, str], str]:
    return partial(money_written, language=language)
