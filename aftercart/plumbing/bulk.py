"""Set-based writes: COPY into a temporary table, then one statement that merges. Never row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from django.db import connection
from psycopg import sql

Row = Sequence[Any]


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    return cast("psycopg.Cursor[tuple[Any, ...]]", connection.connection.cursor())


def stage(table: str, columns: Sequence[str], rows: Iterable[Row], *, name: str) -> None:
    """COPY `rows` into the temporary table `name`, shaped like those columns of `table`; gone at commit."""
    with _cursor() as cursor:
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA").format(
                sql.Identifier(name), listed, sql.Identifier(table)
            )
        )
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(name)))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), listed)) as copy:
            for row in rows:
                copy.write_row(row)


def merge(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    keep: Sequence[str] = (),
    newer_by: Sequence[str] = (),
) -> int:
    """Insert `rows` (unique by id, the first column) or bring existing ones up to date. Returns rows written.

    Without `newer_by`, existing rows stay as they are. With it, a row is overwritten only by one whose `newer_by`
    columns compare greater, so that an older fact never undoes a newer one. Columns in `keep` are set on insert only.
    Rows are locked in the order of their ids, so that two workers never wait for each other.
    """
    if not rows:
        return 0
    staging = f"staged_{table}"
    stage(table, columns, rows, name=staging)
    name = sql.Identifier(table)
    if newer_by:
        changed = [c for c in columns[1:] if c not in keep]
        action = sql.SQL("DO UPDATE SET {} WHERE ({}) > ({})").format(
            sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(c)) for c in changed),
            sql.SQL(", ").join(sql.SQL("excluded.{}").format(sql.Identifier(c)) for c in newer_by),
            sql.SQL(", ").join(sql.SQL("{}.{}").format(name, sql.Identifier(c)) for c in newer_by),
        )
    else:
        action = sql.SQL("DO NOTHING")
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY {} ON CONFLICT (id) ").format(
        name, listed, listed, sql.Identifier(staging), sql.Identifier(columns[0])
    )
    with _cursor() as cursor:
        cursor.execute(statement + action)
        return cursor.rowcount


def update(table: str, columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Set `columns[1:]` on the rows whose id is the first column. The caller already holds their locks."""
    if not rows:
        return 0
    staging = f"changed_{table}"
    stage(table, columns, rows, name=staging)
    assignments = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(c)) for c in columns[1:])
    with _cursor() as cursor:
        cursor.execute(
            sql.SQL("UPDATE {} t SET {} FROM {} s WHERE t.id = s.id").format(
                sql.Identifier(table), assignments, sql.Identifier(staging)
            )
        )
        return cursor.rowcount
