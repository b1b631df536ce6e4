"""Reading a file of finished orders: CSV, JSON lines or Parquet, plain or gzipped."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, cast

from aftercart.plumbing import moments
from aftercart.promises.lanes import Lane

REQUIRED = ("order_id", "placed_at", "delivered_at", "promised_at")
OPTIONAL = (
    "approved_at",
    "handed_over_at",
    "cancelled_at",
    "origin",
    "destination",
    "carrier",
    "service",
    "status",
)
COLUMNS = REQUIRED + OPTIONAL
CANCELLED = frozenset({"canceled", "cancelled"})

Row = Mapping[str, Any]


class UnreadableFile(ValueError):
    """The file as a whole cannot be used, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A finished order. Days are those of the zone that the file was read in; None: not known, or never."""

    order_id: str
    lane: Lane
    placed_at: datetime
    promised_by: date
    handed_over_at: datetime | None = None
    delivered_on: date | None = None
    cancelled_on: date | None = None
    cancelled: bool = False  # that it was, at some time that the file may not tell


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out."""

    line: int
    reason: str


def read(path: Path, *, names: Mapping[str, str], zone: tzinfo) -> Iterator[Past | Refused]:
    """Each row as an order or a refusal. `names` maps the file's column names to ours; `zone` is that of naive times
    and of the days that count."""
    seen: dict[str, int] = {}
    theirs = {ours: name for name, ours in names.items()}
    for line, row in _rows(path, theirs):
        if isinstance(row, str):
            yield Refused(line, row)
            continue
        try:
            order = _order({ours: row.get(theirs.get(ours, ours)) for ours in COLUMNS}, zone)
        except ValueError as error:
            yield Refused(line, str(error))
            continue
        first = seen.setdefault(order.order_id, line)
        yield order if first == line else Refused(line, f"order_id: {order.order_id!r} was in line {first} already")


def columns_of(path: Path) -> list[str]:
    """The names of a file's columns, as far as its beginning tells; empty where it cannot be read."""
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        with _open(path) as raw:
            if kind == "csv":
                with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
                    return list(csv.DictReader(text).fieldnames or ())
            if kind in ("jsonl", "ndjson"):
                first = json.loads(raw.readline() or b"{}")
                return list(first) if isinstance(first, dict) else []
            if kind == "parquet":
                from pyarrow import parquet

                return list(parquet.ParquetFile(io.BytesIO(raw.read())).schema_arrow.names)
    except (OSError, EOFError, ValueError, ImportError):
        pass
    return []


def _order(row: Row, zone: tzinfo) -> Past:
    order_id = _text(row["order_id"])
    if not order_id:
        raise ValueError("order_id: missing")
    placed = _needed("placed_at", _instant(row, "placed_at", zone))
    promised = _needed("promised_at", _instant(row, "promised_at", zone)).date()
    if promised < placed.date():
        raise ValueError(f"promised_at: {promised} is before placed_at, {placed.date()}")
    _instant(row, "approved_at", zone)  # nothing is decided by it, but a broken one is still said
    delivered = _instant(row, "delivered_at", zone)
    if delivered and delivered < placed:
        raise ValueError(f"delivered_at: {delivered:%Y-%m-%d %H:%M} is before placed_at, {placed:%Y-%m-%d %H:%M}")
    cancelled = _instant(row, "cancelled_at", zone)
    return Past(
        order_id=order_id,
        lane=Lane(**{part: _text(row[part]) for part in ("carrier", "service", "origin", "destination")}),
        placed_at=placed,
        promised_by=promised,
        handed_over_at=_instant(row, "handed_over_at", zone),
        delivered_on=delivered.date() if delivered else None,
        cancelled_on=cancelled.date() if cancelled else None,
        cancelled=not delivered and (cancelled is not None or _text(row["status"]).lower() in CANCELLED),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _needed(name: str, found: datetime | None) -> datetime:
    if found is None:
        raise ValueError(f"{name}: missing")
    return found


def _instant(row: Row, name: str, zone: tzinfo) -> datetime | None:
    value = row[name]
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    found = moments.read(value)
    if found is None:
        raise ValueError(f"{name}: not a date or time: {str(value)[:40]!r}")
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)


def _rows(path: Path, theirs: Mapping[str, str]) -> Iterator[tuple[int, Row | str]]:
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        with _open(path) as raw:
            if kind == "csv":
                yield from _csv(raw, theirs)
            elif kind in ("jsonl", "ndjson"):
                yield from _json_lines(raw)
            elif kind == "parquet":
                yield from _parquet(raw, theirs)
            else:
                raise UnreadableFile(f"{path.name}: neither .csv, .jsonl, .ndjson nor .parquet (each may end in .gz)")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: {error}") from error


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb"))


def _check(found: Iterable[str], theirs: Mapping[str, str]) -> None:
    columns = set(found)
    for ours in COLUMNS:
        name = theirs.get(ours, ours)
        if name not in columns and (ours in REQUIRED or ours in theirs):
            raise UnreadableFile(f"{ours}: the file has no column {name!r}; it has {', '.join(sorted(columns))}")


def _csv(raw: BinaryIO, theirs: Mapping[str, str]) -> Iterator[tuple[int, Row | str]]:
    with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        _check(reader.fieldnames or (), theirs)
        for row in reader:
            yield reader.line_num, row if None not in row else "has more fields than the header"


def _json_lines(raw: BinaryIO) -> Iterator[tuple[int, Row | str]]:
    for line, text in enumerate(raw, start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            yield line, f"not JSON: {error}"
            continue
        yield line, row if isinstance(row, dict) else "not a JSON object"


def _parquet(raw: BinaryIO, theirs: Mapping[str, str]) -> Iterator[tuple[int, Row | str]]:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise UnreadableFile("Parquet needs pyarrow: pip install 'aftercart[parquet]'") from error
    try:
        table = parquet.ParquetFile(io.BytesIO(raw.read()))
    except arrow.ArrowInvalid as error:
        raise UnreadableFile(f"not a Parquet file: {error}") from error
    _check(table.schema_arrow.names, theirs)
    line = 0
    for batch in table.iter_batches():
        for row in batch.to_pylist():
            line += 1
            yield line, row
