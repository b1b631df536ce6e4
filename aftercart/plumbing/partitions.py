"""Event tables are range-partitioned by month on `id`, whose first 48 bits are the time. Known only here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from aftercart.plumbing import ids


class CreatePartitionedModel(migrations.CreateModel):
    """As CreateModel, with the table partitioned by range of `id` and a DEFAULT partition to begin with."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        editor: Any = schema_editor
        plain = editor.sql_create_table
        editor.sql_create_table = plain + " PARTITION BY RANGE (id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            editor.sql_create_table = plain
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')


def partitioned_tables() -> list[str]:
    """Every table that is partitioned, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def _month(at: datetime) -> datetime:
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def _next_month(at: datetime) -> datetime:
    return datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)


def ensure_months(table: str, first: datetime, last: datetime) -> list[str]:
    """Give each month from `first` to `last` its partition; rows that wait in the DEFAULT one move. The names made.

    All who read or write the table wait for each move. OperationalError after 2 seconds in which others kept it busy:
    they are not to queue behind us. What has not been made then is made the next time, and nothing is missing.
    """
    made = []
    month = _month(first.astimezone(UTC))
    while month <= last:
        name = f"{table}_{month:%Y_%m}"
        if not _attached(name):
            _make(table, name, str(ids.floor(month)), str(ids.floor(_next_month(month))))
            made.append(name)
        month = _next_month(month)
    return made


def _attached(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(%s))", [name])
        return bool((cursor.fetchone() or (False,))[0])


@transaction.atomic
def _make(table: str, name: str, low: str, high: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        # Before the first row moves, or it would be missing from what others read, and written again beside itself.
        cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        cursor.execute(f'CREATE TABLE IF NOT EXISTS "{name}" (LIKE "{table}" INCLUDING ALL)')
        cursor.execute(
            f'WITH moved AS (DELETE FROM "{table}_default" WHERE id >= %s AND id < %s RETURNING *)'
            f' INSERT INTO "{name}" SELECT * FROM moved ON CONFLICT DO NOTHING',
            [low, high],
        )
        cursor.execute(f"ALTER TABLE \"{table}\" ATTACH PARTITION \"{name}\" FOR VALUES FROM ('{low}') TO ('{high}')")


def months_in_default(table: str) -> list[datetime]:
    """The months whose rows wait in the DEFAULT partition."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT left(id::text, 8) FROM "{table}_default"')
        # The first 32 bits of the 48-bit millisecond stamp: steps of 65 s, enough to name the month.
        stamps = [int(prefix, 16) << 16 for (prefix,) in cursor.fetchall()]
    return sorted({_month(datetime.fromtimestamp(stamp / 1000, UTC)) for stamp in stamps})
