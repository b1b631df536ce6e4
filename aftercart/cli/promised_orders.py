"""A file of past orders as the columns that promises are learned from, under our names of them or the usual others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aftercart.cli.importing.files import FileError, open_records
from aftercart.plumbing import moments

if TYPE_CHECKING:
    from aftercart.promises.arrivals.orders import Days, Numbers, Orders

# Ours, and what it is also called. What tells how an order ended (status, review, `detail`) is no column of ours.
NAMES: Mapping[str, tuple[str, ...]] = {
    "order_id": ("id", "order", "order_number"),
    "placed_at": ("purchase_ts", "purchased_at", "order_purchase_timestamp", "created_at"),
    "delivered_at": ("delivered_ts", "order_delivered_customer_date"),
    "promised_at": ("estimated_ts", "estimated_at", "promised_by", "order_estimated_delivery_date"),
    "handed_over_at": ("carrier_ts", "shipped_at", "order_delivered_carrier_date"),
    "cancelled_at": ("canceled_at",),
    "origin": ("seller_state", "warehouse", "origin_state"),
    "destination": ("customer_state", "destination_state", "region"),
    "sender": ("seller_id", "seller", "carrier"),
    "kind": ("category", "product_category"),
    "area": ("seller_zip3", "origin_zip3"),
    "price": ("value", "total"),
    "freight": ("shipping_price",),
    "items": ("item_count",),
    "sellers": ("n_sellers",),
}
REQUIRED = ("order_id", "placed_at", "delivered_at", "promised_at")
# Accepted in a --map that other commands share, and not looked at.
IGNORED = frozenset({"approved_at", "status", "carrier", "service"})
TIMES = ("placed_at", "delivered_at", "promised_at", "handed_over_at", "cancelled_at")
NUMBERS = ("price", "freight", "items", "sellers")
# Which rows have a value may betray how they ended; a column that is filled less often than this is not looked at.
FILLED = 0.9


class UnreadableFile(ValueError):
    """The file as a whole cannot be used, and why."""


@dataclass(slots=True)
class Columns:
    """Rows of the file by our column names, sorted by placing, and the rows that were left out with their reasons."""

    cells: dict[str, list[Any]]
    refused: list[tuple[int, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.cells["order_id"])


def read(
    path: Path, *, names: Mapping[str, str], zone: tzinfo, on_part: Callable[[int, int], None] | None = None
) -> Columns:
    """`names` maps the file's columns to ours; `zone` is that of naive times and of the days that count."""
    rows: list[tuple[Any, ...]] = []
    refused: list[tuple[int, str]] = []
    seen: set[str] = set()
    with ExitStack() as files:
        try:
            opened = open_records(path, files)
            theirs = _theirs(opened.columns, names) if opened.columns is not None else None
            for n, record in enumerate(opened.records):
                theirs = theirs or _theirs(list(record.cells), names)
                try:
                    row = _row(record.cells, record.slip, theirs, zone, seen)
                except ValueError as error:
                    refused.append((record.line, str(error)))
                else:
                    rows.append(row)
                if on_part and n % 2000 == 0:
                    on_part(opened.position(), opened.total)
        except FileError as error:
            raise UnreadableFile(str(error)) from error
    rows.sort(key=lambda row: row[1])  # stable: by day, then as in the file
    return Columns({name: [row[at] for row in rows] for at, name in enumerate(NAMES)}, refused)


def _theirs(found: list[str], names: Mapping[str, str]) -> dict[str, str]:
    """Our name of each column → the file's."""
    theirs = {ours: name for name, ours in names.items() if ours in NAMES}
    for ours, others in NAMES.items():
        wanted = [theirs[ours]] if ours in theirs else [ours, *others]
        name = next((name for name in wanted if name in found), None)
        if name is not None:
            theirs[ours] = name
        elif ours in REQUIRED or ours in theirs:
            raise UnreadableFile(f"{ours}: the file has no column {wanted[0]!r}; it has {', '.join(sorted(found))}")
    return theirs


def _row(
    cells: Mapping[str, Any], slip: str, theirs: Mapping[str, str], zone: tzinfo, seen: set[str]
) -> tuple[Any, ...]:
    if slip:
        raise ValueError(slip)
    row = {ours: cells.get(name) for ours, name in theirs.items()}
    order_id = str(row["order_id"] or "").strip()
    if not order_id:
        raise ValueError("order_id: missing")
    if order_id in seen:
        raise ValueError(f"order_id: {order_id!r} came before")
    days = {name: _day(row.get(name), name, zone) for name in TIMES}
    placed = days["placed_at"]
    for name in ("placed_at", "promised_at"):
        if days[name] is None:
            raise ValueError(f"{name}: missing")
    for name in ("promised_at", "delivered_at"):
        day = days[name]
        if day is not None and placed is not None and day < placed:
            raise ValueError(f"{name}: {day} is before placed_at, {placed}")
    numbers = {name: _number(row.get(name), name) for name in NUMBERS}
    seen.add(order_id)
    known: dict[str, Any] = row | days | numbers | {"order_id": order_id}
    return tuple(known[n] if n in TIMES or n in NUMBERS else str(known.get(n) or "").strip() for n in NAMES)


def _day(value: object, name: str, zone: tzinfo) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = moments.read(value)
    if found is None:
        raise ValueError(f"{name}: not a date or time: {str(value)[:40]!r}")
    return (found.astimezone(zone) if found.tzinfo else found).date()


def _number(value: object, name: str) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(str(value))
    except ValueError as error:
        raise ValueError(f"{name}: not a number: {str(value)[:40]!r}") from error


def orders_of(columns: Columns, split: date) -> tuple[Orders, Days]:
    """The orders, and the day on which each was handed over (NEVER where that is not known). Which columns are looked
    at is decided by what was placed before the split."""
    import numpy as np

    from aftercart.promises.arrivals.orders import NEVER, Orders, codes_of

    cells, first = columns.cells, columns.cells["placed_at"][0]
    before = sum(day < split for day in cells["placed_at"]) or len(columns)

    def days(name: str) -> Days:
        return np.array([NEVER if day is None else (day - first).days for day in cells[name]], dtype=np.int64)

    def filled(name: str) -> bool:
        return sum(value not in ("", None) for value in cells[name][:before]) >= FILLED * before

    texts = {name: cells[name] if filled(name) else [""] * len(columns) for name in _TEXTS}
    groups = {name: codes_of(texts[name]) for name in ("destination", "sender", "kind", "area")}
    for name, part in (("route", "origin"), ("area_route", "area")):
        groups[name] = codes_of([f"{a}|{b}" for a, b in zip(texts[part], texts["destination"], strict=True)])
    numbers: dict[str, Numbers] = {}
    for name in filter(filled, NUMBERS):
        values = np.array([np.nan if value is None else value for value in cells[name]], dtype=np.float64)
        usual = float(np.nanmedian(values[:before]))
        # Unknown is as usual: that it is unknown may betray how the order ended.
        numbers[name] = np.log1p(np.maximum(np.nan_to_num(values, nan=usual), 0)) - np.log1p(max(usual, 0))
    orders = Orders(
        first=first, began=days("placed_at"), arrived=days("delivered_at"), due=days("promised_at"), groups=groups,
        numbers=numbers, ended=days("cancelled_at"), before=np.zeros(len(columns), dtype=np.int64),
    )  # fmt: skip
    return orders, days("handed_over_at")


_TEXTS = ("origin", "destination", "sender", "kind", "area")
