"""Set-based writes: COPY into a temporary table, then one statement that merges. Never row by row."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import msgspec
import psycopg
from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg import sql

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Where rows of one kind go. The first column is `id`; the others are overwritten only by a greater `newer_by`."""

    name: str
    columns: tuple[str, ...]
    newer_by: tuple[str, ...] = ("version",)


ONLY_WHERE_ASKED = 2**31 - 1


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """A plain psycopg cursor on Django's connection: it binds on the server, reads binary, and can COPY.

    Errors are Django's own, so that a caller who tries again after a deadlock sees one.
    """
    connection.ensure_connection()
    raw = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)
    # Django's None would ignore even the callers who ask for a kept plan.
    raw.prepare_threshold = ONLY_WHERE_ASKED
    with connection.wrap_database_errors, psycopg.Cursor(raw) as at:
        yield at


def array(ids: Iterable[UUID]) -> str:
    """Ids as text for `%s::uuid[]`: many times quicker to send than a list of them."""
    return "{" + ",".join([id.hex for id in ids]) + "}"


def texts(values: Iterable[str]) -> str:
    """Texts in one text for `%s::text[]`: likewise."""
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return "{" + ",".join(quoted) + "}"


def instants(moments: Iterable[datetime | None]) -> str:
    """Instants as text for `%s::timestamptz[]`."""
    return "{" + ",".join([moment.isoformat() if moment else "NULL" for moment in moments]) + "}"


def fit(text: str, longest: int) -> str:
    """`text` as a column of that length can hold it: no NUL, no half of a surrogate pair, cut where it is too long."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text[:longest]


def stage(table: str, columns: Sequence[str], rows: Iterable[Row], *, name: str = "") -> sql.Identifier:
    """COPY `rows` into a temporary table, shaped like those columns of `table`. Its name; empty again at commit."""
    if not connection.in_atomic_block:
        # The commit after the COPY would empty it again, and nothing would be written without a word.
        raise TransactionManagementError("set-based writes need transaction.atomic around them")
    staged = _staged(name or "staged", table, tuple(columns))
    ready, copy_in = _staging(table, tuple(columns), staged)
    # As text, which msgspec makes many times quicker than psycopg, and the database reads the same.
    told = msgspec.to_builtins(rows if isinstance(rows, list) else list(rows), builtin_types=(bytes,))
    with cursor() as at:
        at.execute(ready)
        with at.copy(copy_in) as copy:
            for row in told:
                copy.write_row(row)
    return sql.Identifier("pg_temp", staged)


@lru_cache(maxsize=256)
def _staged(name: str, table: str, columns: tuple[str, ...]) -> str:
    # Sessions live longer than releases: another list of columns is another table.
    return f"{name}_{table}_{zlib.crc32(','.join(columns).encode()):x}"


@lru_cache(maxsize=256)
def _staging(table: str, columns: tuple[str, ...], staged: str) -> tuple[bytes, bytes]:
    """Statements that make the temporary table, or empty it where this transaction used it before, and that fill it."""
    listed, temporary = _listed(columns), sql.Identifier("pg_temp", staged)
    ready = sql.SQL(
        "CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA; DELETE FROM {}"
    ).format(sql.Identifier(staged), listed, sql.Identifier(table), temporary)
    return ready.as_bytes(), sql.SQL("COPY {} ({}) FROM STDIN").format(temporary, listed).as_bytes()


def _listed(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def merge(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    keep: Sequence[str] = (),
    newer_by: Sequence[str] = (),
    overwrite: bool = False,
) -> int:
    """Insert `rows` (by id, the first column) or bring existing ones up to date. Returns rows written.

    Without `newer_by`, existing rows stay as they are. With it, a row is overwritten only by one whose `newer_by`
    columns compare greater, so that an older fact never undoes a newer one, and of several rows of one id the
    greatest counts. Columns in `keep` are set on insert only. `overwrite`: whoever calls knows best, and holds a lock.
    Rows are locked in the order of their ids, so that two workers never wait for each other.
    """
    if not rows:
        return 0
    stage(table, columns, rows)
    with cursor() as at:
        at.execute(_merging(table, tuple(columns), tuple(keep), tuple(newer_by), overwrite))
        return at.rowcount


@lru_cache(maxsize=256)
def _merging(
    table: str, columns: tuple[str, ...], keep: tuple[str, ...], newer_by: tuple[str, ...], overwrite: bool
) -> bytes:
    name, first = sql.Identifier(table), sql.Identifier(columns[0])
    staged = sql.Identifier("pg_temp", _staged("staged", table, columns))
    action: sql.Composable = sql.SQL("DO NOTHING")
    if newer_by or overwrite:
        changed = [sql.Identifier(c) for c in columns[1:] if c not in keep]
        action = sql.SQL("DO UPDATE SET {}").format(
            sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(c) for c in changed)
        )
    if newer_by:
        action += sql.SQL(" WHERE ({}) > ({})").format(
            sql.SQL(", ").join(sql.SQL("excluded.{}").format(sql.Identifier(c)) for c in newer_by),
            sql.SQL(", ").join(sql.SQL("{}.{}").format(name, sql.Identifier(c)) for c in newer_by),
        )
    statement = sql.SQL("INSERT INTO {} ({}) SELECT DISTINCT ON ({}) {} FROM {} ORDER BY {} ON CONFLICT ({}) ").format(
        name,
        _listed(columns),
        first,
        _listed(columns),
        staged,
        sql.SQL(", ").join([first, *(sql.SQL("{} DESC").format(sql.Identifier(c)) for c in newer_by)]),
        first,
    )
    return (statement + action).as_bytes()


def update(table: str, columns: Sequence[str], rows: Sequence[Row]) -> list[UUID]:
    """Set `columns[1:]` on the rows whose id is the first column. The caller already holds their locks.

    Rows that are so already are left alone. Returns the ids of those that were not.
    """
    if not rows:
        return []
    stage(table, columns, rows, name="changed")
    with cursor() as at:
        at.execute(_updating(table, tuple(columns)), binary=True)
        return [id for (id,) in at.fetchall()]


@lru_cache(maxsize=256)
def _updating(table: str, columns: tuple[str, ...]) -> bytes:
    staged = sql.Identifier("pg_temp", _staged("changed", table, columns))
    fields = [sql.Identifier(c) for c in columns[1:]]
    statement = sql.SQL(
        "UPDATE {} t SET {} FROM {} s WHERE t.id = s.id AND ({}) IS DISTINCT FROM ({}) RETURNING t.id"
    ).format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(c) for c in fields),
        staged,
        sql.SQL(", ").join(sql.SQL("t.{}").format(c) for c in fields),
        sql.SQL(", ").join(sql.SQL("s.{}").format(c) for c in fields),
    )
    return statement.as_bytes()
