"""Single values: what a cell says, or one clear reason why it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from aftercart.facts import Attention, Money, Place
from aftercart.plumbing import moments
from aftercart.plumbing.countries import country_code
from aftercart.plumbing.money import decimals, minor_units

TRUE = frozenset({"true", "yes", "y", "1", "t", "x"})
FALSE = frozenset({"", "false", "no", "n", "0", "f"})
NOTHING = frozenset({"", "null", "none", "nan", "nat", "n/a", "-"})
LONGEST_QUOTE = 60


class CellError(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Reading:
    """How the whole file is read: what a time without an offset and an amount without a currency mean.

    `zone` is the brand's where `--zone` says nothing; `zone_told`: whether it did.
    """

    zone: ZoneInfo
    zone_told: bool = False
    currency: str = ""
    as_of: datetime | None = None
    source: str = "aftercart"


class Row:
    """One record under our names."""

    def __init__(self, cells: Mapping[str, Any], reading: Reading) -> None:
        self.cells, self.reading = cells, reading

    def text(self, field: str) -> str:
        value = self.cells.get(field)
        if value is None or value != value:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    def needed(self, field: str) -> str:
        if not (found := self.text(field)):
            raise CellError(field, "is missing")
        return found

    def moment(self, field: str) -> datetime | None:
        """The instant; where the cell has no offset, by the file's zone."""
        found = self._time(field)
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=self.reading.zone)).astimezone(UTC)

    def needed_moment(self, field: str) -> datetime:
        if (found := self.moment(field)) is None:
            raise CellError(field, "is missing")
        return found

    def day(self, field: str) -> date | None:
        found = self._time(field)
        return found.date() if found else None

    def _time(self, field: str) -> datetime | None:
        value = self.cells.get(field)
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day)
        if self.text(field).casefold() in NOTHING:
            return None
        found = moments.read(value)
        if found is None:
            quoted = self.text(field)[:LONGEST_QUOTE]
            raise CellError(field, f"{quoted!r} is not a time: write 2026-03-31, 2026-03-31 14:05 or with an offset")
        return found

    def local_time(self, field: str) -> datetime:
        """The wall time as written; without a zone where neither the cell nor `--zone` says it."""
        found = self._time(field)
        if found is None:
            raise CellError(field, "is missing")
        return found.replace(tzinfo=self.reading.zone) if found.tzinfo is None and self.reading.zone_told else found

    def attention(self) -> Attention | None:
        written = self.text("attention").casefold()
        if written and written not in tuple(Attention):
            raise CellError("attention", f"{written[:LONGEST_QUOTE]!r} is not one of {', '.join(Attention)}")
        return Attention(written) if written else None

    def flag(self, field: str) -> bool:
        """Yes or no; a date says yes."""
        word = self.text(field).casefold()
        if word in FALSE | NOTHING:
            return False
        return word in TRUE or self._time(field) is not None

    def whole(self, field: str, default: int) -> int:
        written = self.text(field)
        if not written:
            return default
        try:
            number = Decimal(written)
            if number == int(number) >= 0:
                return int(number)
        except (ArithmeticError, ValueError):
            pass
        raise CellError(field, f"{written[:LONGEST_QUOTE]!r} is not a whole number")

    def money(self, field: str) -> Money | None:
        written = self.text(field)
        if written.casefold() in NOTHING:
            return None
        found = re.search(r"[A-Z]{3}", written.upper())
        currency = (self.text("currency") or (found[0] if found else "") or self.reading.currency).upper()
        if not re.fullmatch("[A-Z]{3}", currency):
            raise CellError("currency", "is missing: give a column or --currency")
        amount = _amount(written, currency)
        units = minor_units(amount, currency) if amount else None
        if units is None:
            raise CellError(field, f"{written[:LONGEST_QUOTE]!r} is not an amount of {currency}")
        return Money(amount=units, currency=currency)

    def place(self, before: str = "") -> Place:
        written = self.text(f"{before}country")
        country = country_code(written)
        if written and not country:
            raise CellError(f"{before}country", f"{written[:LONGEST_QUOTE]!r} is not a country: write two letters")
        return Place(
            city=self.text(f"{before}city"),
            region=self.text(f"{before}region"),
            country=country,
            postal_code=self.text(f"{before}postal_code"),
        )


def _amount(written: str, currency: str) -> str:
    """'1,234.50', '1.234,50', '€ 12,5' as '1234.50', '1234.50', '12.5'; '' where it is none, or could be two."""
    digits = re.sub(r"[^\d.,+-]", "", written)
    if not re.fullmatch(r"[+-]?\d[\d.,]*", digits):
        return ""
    point = max(digits.rfind("."), digits.rfind(","))
    if point < 0:
        return digits
    whole, part, mark = digits[:point], digits[point + 1 :], digits[point]
    if "." not in whole and "," not in whole:
        grouped = len(part) == 3 and mark == "," and decimals(currency) < 3
    else:
        grouped = mark in whole
    if grouped:
        return digits.replace(mark, "") if len(part) == 3 else ""
    if len(part) > decimals(currency) and part[decimals(currency) :].strip("0"):
        return ""
    return f"{re.sub('[.,]', '', whole)}.{part}"
