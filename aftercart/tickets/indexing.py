"""The words that a ticket is found by. What was indexed otherwise than today is indexed anew, a few at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from aftercart.plumbing import bulk, ids
from aftercart.tickets.models import Search
from aftercart.tickets.pairs import indexed

INDEX = """
INSERT INTO tickets_search (id, brand_id, last_at, words, form)
SELECT r.id, %s, r.last_at, to_tsvector('simple', r.words), %s
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS r (id, last_at, words)
ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at, words = excluded.words, form = excluded.form
"""
FORGET = "DELETE FROM tickets_search WHERE id = ANY(%s::uuid[])"
# Whoever folds a ticket meanwhile has its row, and indexes it anew themselves.
OUTDATED = """
SELECT s.id, s.brand_id, t.number, t.opened_at, t.last_at, o.number, p.numbers
FROM tickets_search s JOIN tickets_ticket t ON t.id = s.id LEFT JOIN orders_order o ON o.id = t.order_id
LEFT JOIN LATERAL (
    SELECT string_agg(number, ' ') AS numbers FROM orders_parcel WHERE brand_id = t.brand_id AND order_id = t.order_id
) p ON true
WHERE s.form = 0 ORDER BY s.brand_id, s.id LIMIT %s FOR UPDATE OF s SKIP LOCKED
"""
SAID = """
SELECT m.ticket_id, b.subject, b.text, b.sender, b.sender_name, b.handle
FROM tickets_message m JOIN tickets_body b ON b.id = m.id AND b.id BETWEEN %s AND %s
WHERE m.brand_id = %s AND m.ticket_id = ANY(%s::uuid[]) AND m.id BETWEEN %s AND %s
"""
MOMENT = timedelta(seconds=1)
LONGEST_SEARCHED = 20_000  # characters of one message
LONGEST_INDEXED = 200_000  # of all: an index entry of PostgreSQL's ends at a megabyte


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    text: str
    sender: str
    sender_name: str
    handle: str

    @property
    def who(self) -> str:
        return self.sender_name or self.handle or self.sender


Entry = tuple[UUID, datetime, str]  # a ticket, when it was last written to, its words


def searched(numbers: Iterable[object], said: Iterable[Words]) -> str:
    """All that a ticket is looked for by: its numbers, who wrote, what they wrote."""
    told = list(said)
    people = {part for one in told for part in (one.sender, one.sender_name, one.handle) if part}
    words = [part[:LONGEST_SEARCHED] for one in told for part in (one.subject, one.text) if part]
    whole = " ".join([*map(str, numbers), *sorted(people), *words])
    return bulk.fit(indexed(whole, LONGEST_INDEXED), LONGEST_INDEXED)


def index(brand_id: UUID, entries: Sequence[Entry]) -> None:
    if entries:
        names, moments, words = map(list, zip(*entries, strict=True))
        with bulk.cursor() as cursor:
            cursor.execute(INDEX, [brand_id, Search.FORM, bulk.array(names), bulk.instants(moments), bulk.texts(words)])


def forget(tickets: Iterable[UUID]) -> None:
    with bulk.cursor() as cursor:
        cursor.execute(FORGET, [bulk.array(tickets)])


@transaction.atomic
def index_outdated(most: int = 200) -> int:
    """Index so many tickets as one would today that were indexed otherwise; how many there were."""
    with bulk.cursor() as cursor:
        rows = cursor.execute(OUTDATED, [most], binary=True).fetchall()
    of_brand: defaultdict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        of_brand[row[1]].append(row)
    for brand_id, tickets in of_brand.items():
        said = _said(brand_id, tickets)
        index(brand_id, [
            (id, last, searched([number, *filter(None, (order, parcels))], said[id]))
            for id, _, number, _, last, order, parcels in tickets
        ])  # fmt: skip
    return len(rows)


def _said(brand_id: UUID, tickets: Sequence[tuple[Any, ...]]) -> defaultdict[UUID, list[Words]]:
    first = ids.floor(min(row[3] for row in tickets) - MOMENT)
    last = ids.floor(max(row[4] for row in tickets) + MOMENT)
    named = bulk.array(row[0] for row in tickets)
    said: defaultdict[UUID, list[Words]] = defaultdict(list)
    with bulk.cursor() as cursor:
        for id, *words in cursor.execute(SAID, [first, last, brand_id, named, first, last], binary=True).fetchall():
            said[id].append(Words(*words))
    return said
