"""What operators read, in words: pure, so that every sentence can be listed in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """An age of at least `least` and less than `most` days; no `most`: for ever."""

    key: str
    label: str
    least: int
    most: int | None


BANDS = (
    Band("0", "under 1 day", 0, 1),
    Band("1", "1–2 days", 1, 3),
    Band("3", "3–6 days", 3, 7),
    Band("7", "7 days or more", 7, None),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
SECRET_MARKS = ("signature", "hmac", "secret", "token", "authorization", "cookie", "api-key", "apikey", "password")


def masked(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they may be shown: a secret or signature is told by its length only."""
    return {name: _covered(name, value) for name, value in sorted(headers.items())}


def _covered(name: str, value: str) -> str:
    secret = any(mark in name.lower() for mark in SECRET_MARKS)
    return f"•••••• ({len(value)} characters)" if secret else value


def neutral(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def heat(count: int, most: int) -> int:
    """How strongly a cell is shaded: 0 for nothing, then 1 to 4 by quarters of the fullest cell."""
    return -(-4 * count // most) if count > 0 else 0


@dataclass(frozen=True, slots=True)
class Cell:
    column: str
    count: int
    heat: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    name: str
    cells: list[Cell]
    total: int


def shaded(rows: Mapping[str, Mapping[str, int]], columns: Sequence[str]) -> list[HeatRow]:
    """A heat table, shaded against its fullest cell, in the order of `rows`."""
    most = max((count for row in rows.values() for count in row.values()), default=0)
    return [
        HeatRow(name, [Cell(c, row.get(c, 0), heat(row.get(c, 0), most)) for c in columns], sum(row.values()))
        for name, row in rows.items()
    ]


def worry_sentence(parcels: int, orders: int, place: tuple[str, str, int] | None) -> str:
    """What the overview says first. `place` is the carrier and town where most of them stand, and how many do."""
    if not parcels and not orders:
        return "Nothing is worrying."
    parts = [_plural(parcels, "parcel")] if parcels else []
    parts += [f"{_plural(orders, 'order')} not yet shipped"] if orders else []
    verb = "is" if parcels + orders == 1 else "are"
    sentence = f"{' and '.join(parts)} {verb} worrying"
    if place and place[2] > 1:
        carrier, town, count = place
        sentence += f"; {count:,} of them with {carrier} in {town}"
    return sentence + "."


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
