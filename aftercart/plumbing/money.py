"""Money is a whole number of a currency's minor units."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_UNUSUAL = {currency: places for places, currencies in _DECIMALS.items() for currency in currencies.split()}
_LARGEST = 2**63 - 1


def decimals(currency: str) -> int:
    return _UNUSUAL.get(currency, 2)


def minor_units(amount: object, currency: str) -> int | None:
    """'19.99' EUR is 1999, '1200' JPY is 1200, '1.234' KWD is 1234. None where it is no amount."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | float):
        return None
    try:
        # A float goes through its shortest text, so that 19.99 is not 19.9899…
        scaled = Decimal(str(amount).strip()).scaleb(decimals(currency))
        units = int(scaled.quantize(Decimal(1), ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return units if abs(units) <= _LARGEST else None
