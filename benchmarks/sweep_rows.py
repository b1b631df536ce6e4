"""One order's rows, many times over: each table's own columns, with other ids and other times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

CUSTOMERS_FOR_EACH_ORDER = 4  # orders of one customer
# For each table, what differs from row to row. `n` counts orders; ids are made from it as in the neighbouring tables.
ORDER, PARCEL, FULFILMENT = "md5('o' || n)::uuid", "md5('p' || n)::uuid", "md5('f' || n)::uuid"
CUSTOMER = f"md5('c' || n / {CUSTOMERS_FOR_EACH_ORDER})::uuid"
SILENT = "CASE WHEN n %% {silent_ones} = 0 THEN t.{column} - %(earlier)s ELSE t.{column} END"
OWN: Mapping[str, Mapping[str, str]] = {
    "orders_order": {"id": ORDER, "customer_id": CUSTOMER, "number": "'B' || n"},
    "orders_fulfilment": {"id": FULFILMENT, "order_id": ORDER},
    "orders_parcel": {
        "id": PARCEL, "order_id": ORDER, "fulfilment_id": FULFILMENT, "track_id": "md5('t' || n)::uuid",
        "number": "'3S' || n", "moved_at": SILENT, "last_scan_at": SILENT, "state_at": SILENT, "first_scan_at": SILENT,
        "handed_over_at": SILENT,
    },
    "promises_promise": {"id": "md5('r' || n)::uuid", "order_id": ORDER},
    "promises_forecast": {"id": PARCEL, "order_id": ORDER},
    "watch_watch": {"id": ORDER, "look_at": "%(look_at)s + (1 + n %% 86400) * interval '1 second'"},
}  # fmt: skip
CUSTOMER_OWN = {"id": "md5('c' || n)::uuid"}


def multiply(
    brand_id: UUID,
    orders: int,
    *,
    silent_ones: int,
    earlier: timedelta,
    look_at: datetime,
    own: Mapping[str, Mapping[str, str]] = OWN,
) -> None:
    """`orders` in all that are looked at during the day after `look_at`; one in `silent_ones` moved `earlier`.

    `own`: for each table what differs from row to row."""
    known = {"brand": brand_id, "earlier": earlier, "look_at": look_at}
    with connection.cursor() as cursor:
        for table, columns in own.items():
            chosen = {c: e.format(silent_ones=silent_ones, column=c) for c, e in columns.items()}
            _copy(table, chosen, orders, known)
        _copy("people_customer", CUSTOMER_OWN, orders // CUSTOMERS_FOR_EACH_ORDER + 1, known)
        for table in OWN:
            cursor.execute(f"DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table})")
        cursor.execute("CREATE TABLE bare_watch AS SELECT id, look_at FROM watch_watch")
        cursor.execute("CREATE INDEX ON bare_watch (look_at)")
        cursor.execute("CREATE TABLE bare_outbox (id uuid PRIMARY KEY, parcel_id uuid, state text, due_at timestamptz)")
        _settle_down()


def make_due(count: int, at: datetime) -> None:
    """So many orders' moment has come, all over the table, in both the real one and the bare one's."""
    with connection.cursor() as cursor:
        for table in ("watch_watch", "bare_watch"):
            cursor.execute(
                f"UPDATE {table} SET look_at = %s - interval '1 minute' WHERE id IN"
                " (SELECT md5('o' || n * 27)::uuid FROM generate_series(1, %s) n)",
                [at, count],
            )
        _settle_down()


def _copy(table: str, own: Mapping[str, str], count: int, known: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        values = ", ".join(own.get(name, f't."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        pattern = f"(SELECT * FROM {table} WHERE brand_id = %(brand)s LIMIT 1) t"
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {pattern}, generate_series(1, {count}) n", known
        )


def _settle_down() -> None:
    with connection.cursor() as cursor:
        for table in (*OWN, "people_customer", "bare_watch"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")
