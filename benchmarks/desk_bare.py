"""What the desk's pages tell, asked of PostgreSQL by hand: as few statements as there can be, over one connection,
and of the months alone that a ticket and its order are of, as the pages do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from aftercart.plumbing import ids

MOMENT, DAY = timedelta(seconds=1), timedelta(days=1)
ROWS = """
SELECT t.*, o.number, u.username, p.latest FROM ({tickets}) t LEFT JOIN orders_order o ON o.id = t.order_id
LEFT JOIN auth_user u ON u.id = t.assignee_id
LEFT JOIN LATERAL (
    SELECT latest FROM promises_promise WHERE brand_id = t.brand_id AND order_id = t.order_id
    ORDER BY told_at DESC LIMIT 1
) p ON true ORDER BY t.last_at DESC
"""
QUEUE = """
SELECT * FROM tickets_ticket WHERE brand_id = %(brand)s AND state = 'open' AND assignee_id IS NULL
ORDER BY last_at DESC LIMIT 40
"""
COUNTS = """
SELECT count(*) FILTER (WHERE assignee_id = %(me)s), count(*) FILTER (WHERE assignee_id IS NULL), count(*)
FROM (SELECT assignee_id FROM tickets_ticket WHERE brand_id = %(brand)s AND state = 'open' LIMIT 3000) t
"""
WORDS = """
SELECT t.* FROM tickets_search s JOIN tickets_ticket t ON t.id = s.id
WHERE s.brand_id = %(brand)s AND s.words @@ plainto_tsquery('simple', %(words)s) ORDER BY s.last_at DESC LIMIT 40
"""
OF_NUMBER = """
SELECT t.* FROM tickets_ticket t WHERE t.brand_id = %(brand)s
AND t.order_id IN (SELECT id FROM orders_order WHERE brand_id = %(brand)s AND number_key = %(words)s)
"""
TICKET = "SELECT * FROM tickets_ticket WHERE brand_id = %(brand)s AND number = %(number)s"
SAID = """
SELECT * FROM tickets_message m JOIN tickets_body b ON b.id = m.id AND b.id BETWEEN %(first)s AND %(last)s
WHERE m.brand_id = %(brand)s AND m.ticket_id = %(ticket)s AND m.id BETWEEN %(first)s AND %(last)s ORDER BY m.at
"""
ORDER = "SELECT * FROM orders_order WHERE brand_id = %(brand)s AND id = %(order)s"
OF_ORDER = tuple(
    f"SELECT * FROM {table} WHERE brand_id = %(brand)s AND {column} = %(order)s"
    for table, column in (
        ("orders_orderline", "order_id"), ("orders_parcel", "order_id"),
        ("promises_promise", "order_id"), ("promises_forecast", "order_id"), ("watch_concern", "order_id"),
        ("outreach_decision", "order_id"), ("returns_refund", "order_id"),
        ("orders_payment", "order_id"), ("orders_fulfilment", "order_id"),
    )
)  # fmt: skip
VISITS = "SELECT * FROM people_pagevisit WHERE brand_id = %(brand)s AND order_id = %(order)s AND id >= %(placed)s"
SCANS = """
SELECT s.* FROM orders_scan s JOIN orders_parcel p ON p.track_id = s.track_id
WHERE s.brand_id = %(brand)s AND p.brand_id = %(brand)s AND p.order_id = %(order)s
    AND s.id >= %(placed)s
"""
OF_CUSTOMER = (
    "SELECT * FROM people_customer WHERE id = %(customer)s",
    "SELECT * FROM people_identity WHERE brand_id = %(brand)s AND customer_id = %(customer)s",
    "SELECT * FROM orders_order WHERE brand_id = %(brand)s AND customer_id = %(customer)s"
    " ORDER BY placed_at DESC LIMIT 8",
    "SELECT * FROM tickets_ticket WHERE brand_id = %(brand)s AND customer_id = %(customer)s"
    " ORDER BY last_at DESC LIMIT 9",
)


class Bare:
    def __init__(self, url: str, brand: UUID, me: int) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._known: dict[str, Any] = {"brand": brand, "me": me}

    def listed(self) -> object:
        return self._ask(ROWS.format(tickets=QUEUE)), self._ask(COUNTS)

    def words(self, words: str) -> object:
        return self._ask(ROWS.format(tickets=WORDS), words=words)

    def number(self, number: str) -> object:
        return self._ask(ROWS.format(tickets=OF_NUMBER), words=number), self.words(number)

    def ticket(self, number: int) -> object:
        row = self._one(TICKET, number=number)
        named = {"ticket": row["id"], "order": row["order_id"], "customer": row["customer_id"]}
        order = self._one(ORDER, **named)
        named |= {
            "first": ids.floor(row["opened_at"] - MOMENT), "last": ids.floor(row["last_at"] + MOMENT),
            "placed": ids.floor(order["placed_at"] - DAY),
        }  # fmt: skip
        return [self._ask(statement, **named) for statement in (SAID, *OF_ORDER, SCANS, VISITS, *OF_CUSTOMER)]

    def _one(self, statement: str, **more: Any) -> dict[str, Any]:
        with self._connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(statement.encode(), self._known | more).fetchone() or {}

    def _ask(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        # Its text is all from this file.
        return self._connection.execute(statement.encode(), self._known | more).fetchall()
