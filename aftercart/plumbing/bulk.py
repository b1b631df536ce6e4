"""Set-based writes: COPY into a temporary table, then one statement that merges. Never row by row."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

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
    # Sessions live longer than releases: another list of columns is another table.
    name = f"{name or 'staged'}_{table}_{zlib.crc32(','.join(columns).encode()):x}"
    identifier = sql.Identifier("pg_temp", name)
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    with cursor() as at:
        if not _empty(at, name):
            at.execute(
                sql.SQL("CREATE TEMP TABLE {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA").format(
                    sql.Identifier(name), listed, sql.Identifier(table)
                )
            )
        with at.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(identifier, listed)) as copy:
            for row in rows:
                copy.write_row(row)
    return identifier


def _empty(at: psycopg.Cursor[tuple[Any, ...]], name: str) -> bool:
    """Whether the temporary table is there, emptied where this transaction used it before."""
    at.execute("SELECT to_regclass(%s) IS NOT NULL", ['pg_temp."' + name + '"'])
    there = bool((at.fetchone() or (False,))[0])
    if there:
        at.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("pg_temp", name)))
    return there


def merge(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    keep: Sequence[str] = (),
    newer_by: Sequence[str] = (),
) -> int:
    """Insert `rows` (by id, the first column) or bring existing ones up to date. Returns rows written.

    Without `newer_by`, existing rows stay as they are. With it, a row is overwritten only by one whose `newer_by`
    columns compare greater, so that an older fact never undoes a newer one, and of several rows of one id the
    greatest counts. Columns in `keep` are set on insert only.
    Rows are locked in the order of their ids, so that two workers never wait for each other.
    """
    if not rows:
        return 0
    staged = stage(table, columns, rows)
    name = sql.Identifier(table)
    action: sql.Composable = sql.SQL("DO NOTHING")
    if newer_by:
        changed = [c for c in columns[1:] if c not in keep]
        action = sql.SQL("DO UPDATE SET {} WHERE ({}) > ({})").format(
            sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(c)) for c in changed),
            sql.SQL(", ").join(sql.SQL("excluded.{}").format(sql.Identifier(c)) for c in newer_by),
            sql.SQL(", ").join(sql.SQL("{}.{}").format(name, sql.Identifier(c)) for c in newer_by),
        )
    first = sql.Identifier(columns[0])
    statement = sql.SQL("INSERT INTO {} ({}) SELECT DISTINCT ON ({}) {} FROM {} ORDER BY {} ON CONFLICT ({}) ").format(
        name,
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        first,
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        staged,
        sql.SQL(", ").join([first, *(sql.SQL("{} DESC").format(sql.Identifier(c)) for c in newer_by)]),
        first,
    )
    with cursor() as at:
        at.execute(statement + action)
        return at.rowcount


def update(table: str, columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Set `columns[1:]` on the rows whose id is the first column. The caller already holds their locks.

    Rows that are so already are left alone. Returns rows written.
    """
    if not rows:
        return 0
    staged = stage(table, columns, rows, name="changed")
    fields = [sql.Identifier(c) for c in columns[1:]]
    with cursor() as at:
        at.execute(
            sql.SQL("UPDATE {} t SET {} FROM {} s WHERE t.id = s.id AND ({}) IS DISTINCT FROM ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(c) for c in fields),
                staged,
                sql.SQL(", ").join(sql.SQL("t.{}").format(c) for c in fields),
                sql.SQL(", ").join(sql.SQL("s.{}").format(c) for c in fields),
            )
        )
        return at.rowcount
