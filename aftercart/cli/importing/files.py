"""Files of history, record by record: CSV, JSON lines or Parquet, each also gzipped."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

DELIMITERS = ",;\t|"
CHUNK = 1 << 20
LONGEST_CELL = 10_000_000
DAMAGE = (gzip.BadGzipFile, zlib.error, EOFError)


class FileError(Exception):
    """The file as a whole cannot be read."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record with the file's own names, and the line that it begins on. `slip`: why it could not be read."""

    line: int
    cells: dict[str, Any]
    slip: str = ""


@dataclass(slots=True)
class Opened:
    """A file being read. `position` says how far, in the unit of `total`."""

    records: Iterator[Record]
    columns: list[str] | None  # None: every record names its own
    total: int
    position: Callable[[], int]
    notice: str = ""


def open_records(path: Path, files: ExitStack) -> Opened:
    """What is opened is closed with `files`."""
    kind = _kind(path)
    try:
        if kind == "parquet":
            return _parquet(path, files)
        encoding, notice = _encoding(path)
        raw = files.enter_context(path.open("rb"))
        content: Any = files.enter_context(gzip.GzipFile(fileobj=raw)) if _gzipped(path) else raw
        text = files.enter_context(io.TextIOWrapper(content, encoding, errors="replace", newline=""))
        total = path.stat().st_size
    except OSError as error:
        raise FileError(f"{path} cannot be read ({error.strerror or error})") from error
    if kind == "jsonl":
        return Opened(_guarded(_json_records(text), path), None, total, raw.tell, notice)
    columns, records = _csv_records(text, path)
    return Opened(_guarded(records, path), columns, total, raw.tell, notice)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    for ending, kind in ((".csv", "csv"), (".tsv", "csv"), (".txt", "csv"), (".jsonl", "jsonl"), (".ndjson", "jsonl"),
                         (".json", "jsonl"), (".parquet", "parquet"), (".pq", "parquet")):  # fmt: skip
        if name.endswith(ending):
            return kind
    raise FileError(f"{path.name}: the name must end in .csv, .tsv, .jsonl, .json or .parquet, each also with .gz")


def _gzipped(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _guarded(records: Iterator[Record], path: Path) -> Iterator[Record]:
    try:
        yield from records
    except DAMAGE as error:
        raise FileError(f"{path.name} is damaged: {error}") from error


def _encoding(path: Path) -> tuple[str, str]:
    """UTF-8 where all of it is that, else what a Western spreadsheet writes."""
    opener: Any = gzip.open if _gzipped(path) else open
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opener(path, "rb") as file:
            chunk = file.read(CHUNK)
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16", ""
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252", f"{path.name} is not UTF-8: read as Windows-1252"
    except DAMAGE as error:
        raise FileError(f"{path.name} is damaged: {error}") from error
    return "utf-8-sig", ""


def _csv_records(text: IO[str], path: Path) -> tuple[list[str], Iterator[Record]]:
    csv.field_size_limit(LONGEST_CELL)
    first = text.readline()
    if not first.strip():
        raise FileError(f"{path.name} has no first line that names the columns")
    if "\0" in first:
        raise FileError(f"{path.name} is no text, though its name says so")
    delimiter = max(DELIMITERS, key=_outside_quotes(first).count)
    # Strict: else a quote that is never closed swallows the rest of the file without a word.
    reader = csv.reader(_chained(first, text), delimiter=delimiter, strict=True)
    columns = [name.strip() for name in next(reader)]
    return columns, _rows(reader, columns)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _chained(first: str, rest: IO[str]) -> Iterator[str]:
    yield first
    yield from rest


def _rows(reader: Any, columns: list[str]) -> Iterator[Record]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line, {}, f"is not CSV: {error}")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            named = dict(zip(columns, cells, strict=False))
            yield Record(line, named, f"has {len(cells)} values for {len(columns)} columns")
            continue
        yield Record(line, dict(zip(columns, cells, strict=False)))


def _json_records(text: IO[str]) -> Iterator[Record]:
    """One object a line, or one array of objects."""
    decode = msgspec.json.decode
    for line, written in enumerate(text, 1):
        content = written.strip()
        if not content:
            continue
        if line == 1 and content.startswith("["):
            yield from _json_array(content + text.read())
            return
        try:
            yield _json_record(line, decode(content.encode("utf-8", "replace")))
        except (msgspec.DecodeError, RecursionError) as error:
            yield Record(line, {}, f"is not JSON: {error}")


def _json_array(content: str) -> Iterator[Record]:
    try:
        told = msgspec.json.decode(content.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise FileError(f"is not JSON: {error}") from error
    yield from (_json_record(place, one) for place, one in enumerate(told, 1))


def _json_record(line: int, told: object) -> Record:
    if not isinstance(told, dict):
        return Record(line, {}, "is not a JSON object")
    return Record(line, _flat(told))


def _flat(told: dict[str, Any], above: str = "") -> dict[str, Any]:
    """{"customer": {"email": …}} as {"customer_email": …}."""
    flat: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{above}{name}_")
        else:
            flat[above + name] = value
    return flat


def _parquet(path: Path, files: ExitStack) -> Opened:
    try:
        from pyarrow import lib, parquet
    except ImportError:
        raise FileError("Parquet needs the extra `parquet`: pip install 'aftercart[parquet]'") from None
    try:
        source: Any = io.BytesIO(gzip.decompress(path.read_bytes())) if _gzipped(path) else path
        file = files.enter_context(parquet.ParquetFile(source))
    except (lib.ArrowException, gzip.BadGzipFile, EOFError) as error:
        raise FileError(f"{path.name} is not Parquet: {error}") from error
    done = 0

    def records() -> Iterator[Record]:
        nonlocal done
        for batch in file.iter_batches(batch_size=2000):
            for cells in batch.to_pylist():
                done += 1
                yield Record(done, _flat(cells))

    return Opened(records(), file.schema_arrow.names, file.metadata.num_rows, lambda: done)
