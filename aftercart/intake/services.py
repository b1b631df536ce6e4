from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection, transaction

from aftercart.connectors.contract import RECEIVED_AT, PayloadError, Read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Unread
from aftercart.intake.arrivals import STORE, Arrival, arrival, fresh_ids, parameters, storable
from aftercart.intake.models import Delivery
from aftercart.intake.sealed import SealError, opened
from aftercart.plumbing import bulk, clock, ids
from aftercart.plumbing.redaction import redacted

__all__ = [
    "Applied",
    "Arrival",
    "Claimed",
    "SealError",
    "arrival",
    "claim",
    "count_unknown",
    "link_people",
    "mark_applied",
    "quarantine",
    "read",
    "replay",
    "store",
]

LONGEST_ERROR = 300
LONGEST_TRACEBACK = 20_000

# The drain's index holds only what waits. Locked first and joined afterwards, so that the planner cannot choose to
# read a month of bodies in order to find five hundred of them.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id, brand_id, source, topic, received_at FROM intake_delivery
    WHERE state = 'waiting' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
SELECT id, brand_id, source, topic, headers::text, body, received_at, sealed FROM (
    SELECT due.*, p.headers, p.body, p.sealed,
        sum(octet_length(p.body)) OVER (ORDER BY due.id) - octet_length(p.body) AS before
    FROM due CROSS JOIN LATERAL (SELECT headers, body, sealed FROM intake_payload WHERE id = due.id OFFSET 0) p
) sized WHERE before < %s
"""
# What a worker has in its hands at once: a few hundred mails with files would be gigabytes. The rest waits its turn.
CLAIM_BYTES = 64_000_000
# In a surge the statistics are older than the backlog: the planner takes it for a few rows and sorts all of them.
IN_ORDER_OF_THE_INDEX, AS_USUAL = "SET LOCAL enable_sort = off", "SET LOCAL enable_sort TO DEFAULT"
# State and range send it to the drain's index in one month, where it would otherwise read every month.
MARK = """
UPDATE intake_delivery d
SET state = 'applied', applied_at = %s, facts = r.facts, unplaced = r.unplaced, error = ''
FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS r (id, facts, unplaced)
WHERE d.id = r.id AND d.state = 'waiting' AND d.id BETWEEN %s AND %s
"""
FAULT = """
INSERT INTO intake_fault (id, brand_id, delivery_id, at, error, traceback) VALUES (%s, %s, %s, %s, %s, %s)
"""
COUNT = """
INSERT INTO intake_unknownword (id, brand_id, source, "where", what, count, last_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::int[], %s::timestamptz[])
ON CONFLICT (id) DO UPDATE SET count = intake_unknownword.count + excluded.count,
    last_at = greatest(intake_unknownword.last_at, excluded.last_at)
"""
LINK = """
INSERT INTO intake_deliveryperson (id, brand_id, delivery_id, person_id)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[]) ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this transaction alone may apply."""

    id: UUID
    brand_id: UUID
    source: str
    topic: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime
    sealed: bool = False

    @property
    def content(self) -> bytes:
        """What was delivered. Raises SealError."""
        return opened(self.brand_id, self.body) if self.sealed else self.body


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a delivery: how many facts it held, and how many of them have no stage yet."""

    id: UUID
    facts: int
    unplaced: int = 0


def store(arrivals: Sequence[Arrival]) -> list[UUID | None]:
    """Keep what arrived, in the caller's transaction if there is one. For each, its new id, or None: seen before."""
    if not arrivals:
        return []
    delivery_ids = fresh_ids(arrivals)
    with bulk.cursor() as cursor:
        cursor.execute(STORE, parameters(arrivals, delivery_ids), prepare=False)
        kept = {row[0] for row in cursor.fetchall()}
    return [delivery_id if delivery_id in kept else None for delivery_id in delivery_ids]


def claim(limit: int) -> list[Claimed]:
    """The oldest waiting deliveries of all brands that nobody else holds, locked until the caller's commit."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("claim holds its rows only inside transaction.atomic")
    with bulk.cursor() as cursor:
        cursor.execute(IN_ORDER_OF_THE_INDEX)
        rows = cursor.execute(CLAIM, [limit, CLAIM_BYTES], binary=True).fetchall()
        cursor.execute(AS_USUAL)
    rows.sort(key=lambda row: ids.as_number(row[0]))
    return [
        Claimed(id, brand_id, source, topic, msgspec.json.decode(headers), body, received_at, closed)
        for id, brand_id, source, topic, headers, body, received_at, closed in rows
    ]


def read(claimed: Claimed) -> list[Read]:
    """The facts in a delivery: the same delivery always reads the same. Raises PayloadError or SealError."""
    connector = FACT_SOURCES.get(claimed.source)
    if connector is None:
        raise PayloadError("source", f"there is no connector called {claimed.source!r}")
    return connector.parse(claimed.content, {**claimed.headers, RECEIVED_AT: claimed.received_at.isoformat()})


def mark_applied(results: Sequence[Applied], at: datetime) -> None:
    """To be committed together with the effects of these deliveries."""
    if results:
        done = [r.id for r in results]
        counts = [[r.facts for r in results], [r.unplaced for r in results]]
        span = min(done, key=ids.as_number), max(done, key=ids.as_number)
        with bulk.cursor() as cursor:
            cursor.execute(MARK, [at, bulk.array(done), *counts, *span])


def quarantine(claimed: Claimed, error: BaseException, at: datetime | None = None) -> None:
    """Set a delivery aside with the reason and the traceback; `replay` brings it back. Nothing else is delayed."""
    # Both may quote what was delivered.
    reason = _line(redacted(f"{type(error).__name__}: {error}"), LONGEST_ERROR)
    trace = redacted(storable("".join(traceback.format_exception(error)))[-LONGEST_TRACEBACK:])
    at = at or clock.machine()
    with transaction.atomic():
        Delivery.objects.filter(id=claimed.id).update(state=Delivery.QUARANTINED, error=reason)
        with bulk.cursor() as cursor:
            cursor.execute(FAULT, [ids.new(at), claimed.brand_id, claimed.id, at, reason, trace])


def kept(brand_id: UUID) -> list[UUID]:
    """Deliveries with facts that had no home when they were applied."""
    rows = Delivery.objects.filter(brand_id=brand_id, state=Delivery.APPLIED, unplaced__gt=0)
    return list(rows.order_by("id").values_list("id", flat=True))


def replay(brand_id: UUID, delivery_ids: Iterable[UUID] | None = None) -> int:
    """Let deliveries wait again: those named, or all that are in quarantine. Returns how many."""
    deliveries = Delivery.objects.filter(brand_id=brand_id).exclude(state=Delivery.WAITING)
    if delivery_ids is None:
        deliveries = deliveries.filter(state=Delivery.QUARANTINED)
    else:
        deliveries = deliveries.filter(id__in=list(delivery_ids))
    return deliveries.update(state=Delivery.WAITING, applied_at=None, error="")


def count_unknown(brand_id: UUID, source: str, unread: Iterable[Unread], at: datetime) -> None:
    """Count the words that a connector could not translate, so that somebody teaches it."""
    counts = Counter((_line(u.where, 120), _line(u.what, 200)) for u in unread)
    rows = sorted((ids.mirrored(brand_id, source, *word), *word, count) for word, count in counts.items())
    if rows:
        words = len(rows)
        keys, where, what, count = map(list, zip(*rows, strict=True))
        with bulk.cursor() as cursor:
            cursor.execute(COUNT, [keys, [brand_id] * words, [source] * words, where, what, count, [at] * words])


def link_people(rows: Iterable[tuple[UUID, UUID, UUID]]) -> None:
    """(brand, delivery, person): whose personal data these deliveries hold, so that erasure finds the bytes."""
    found = sorted({(ids.mirrored(delivery, person), brand, delivery, person) for brand, delivery, person in rows})
    if found:
        with bulk.cursor() as cursor:
            cursor.execute(LINK, [bulk.array(column) for column in zip(*found, strict=True)])


def _line(value: str, longest: int) -> str:
    return " ".join(storable(value).split())[:longest]
