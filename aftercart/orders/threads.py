"""Threads of scans: locked, written, read again and folded, so that no worker folds without another's scans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from aftercart.orders import tables
from aftercart.orders.fold import SLACK
from aftercart.orders.rules import Estimated, Journey, Scanned, Told, fold
from aftercart.plumbing import bulk, ids
from aftercart.policies.services import newest

# A parcel hangs on two threads, its number's and its fulfilment's.
LINKED = """
SELECT p.track_id, p.fulfilment_id FROM orders_parcel p
WHERE p.brand_id = %s AND (p.track_id = ANY(%s::uuid[]) OR p.fulfilment_id = ANY(%s::uuid[]))
"""
OPEN = """
INSERT INTO orders_track (id, brand_id, number)
SELECT id, %s, number FROM unnest(%s::uuid[], %s::text[]) AS t (id, number) ORDER BY id ON CONFLICT (id) DO NOTHING
"""
LOCK = "SELECT count(*) FROM (SELECT 1 FROM orders_track WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE) held"
PARCELS = """
SELECT p.id, p.fulfilment_id, p.version, p.shipped_at, p.track_id, p.number, p.told_carrier, p.cancelled,
    p.told_handed_over_at, p.origin_region, p.origin_country, p.order_id
FROM orders_parcel p
WHERE p.brand_id = %s AND (p.track_id = ANY(%s::uuid[]) OR p.fulfilment_id = ANY(%s::uuid[]))
"""
# Partitions are pruned by the bound on the id; a description matters to the fold only where something arrived. OFFSET 0
# has each thread looked up by index, where the planner may want to sort every scan of the brand.
SCANS = """
SELECT t.place, s.* FROM unnest(%s::uuid[]) WITH ORDINALITY AS t (thread, place) CROSS JOIN LATERAL (
    SELECT at, id::text, state, code, source, carrier, zone, local, reason, attention,
        CASE WHEN state = 'delivered' THEN description ELSE '' END, city, region, country, collect_by
    FROM orders_scan WHERE brand_id = %s AND track_id = t.thread AND id >= %s OFFSET 0
) s
"""
ESTIMATES = "SELECT id, version, earliest, latest FROM orders_carrierestimate WHERE id = ANY(%s::uuid[])"
# The policy that names the brand's own carriers.
CARRIERS = "carriers"
FOLDED = ("id", *Journey._fields)


def _merge_scans() -> sql.SQL:
    columns, reading = ", ".join(tables.SCAN), tables.SCAN[tables.READING]
    assignments = ", ".join(f"{column} = excluded.{column}" for column in reading)
    # Compared byte by byte, as Python compares the rows of one batch.
    ours, theirs = (
        ", ".join(f"coalesce({row}.{column}, '') COLLATE \"C\"" for column in reading) for row in ("excluded", "t")
    )
    told = columns.replace("state", "nullif(state, '')", 1)
    return sql.SQL(
        f"INSERT INTO orders_scan AS t ({columns})"
        f" SELECT {told} FROM {{}} ORDER BY id"
        f" ON CONFLICT (id) DO UPDATE SET {assignments} WHERE ({ours}) > ({theirs})"
    )


MERGE_SCANS = _merge_scans()


def lock(brand_id: UUID, threads: Mapping[UUID, str]) -> set[UUID]:
    """Hold these threads, and those that share a parcel with them, until the transaction ends. Which are held.

    Whoever folds a parcel must hold both of its threads. All are locked in the order of their ids.
    """
    listed = bulk.array(threads)
    linked = _select(LINKED, brand_id, listed, listed)
    wanted = dict.fromkeys([thread for pair in linked for thread in pair if thread], "") | dict(threads)
    _hold(brand_id, wanted)
    return set(wanted)


def _hold(brand_id: UUID, threads: Mapping[UUID, str]) -> None:
    """Nearly always all are there. Those that are not are opened, and then all are locked again, in order."""
    ordered = sorted(threads, key=ids.as_number)
    listed = bulk.array(ordered)
    if _locked(listed) < len(ordered):
        with bulk.cursor() as at:
            at.execute(OPEN, [brand_id, listed, [bulk.fit(threads[thread], 80) for thread in ordered]])
        _locked(listed)


def _locked(threads: str) -> int:
    with bulk.cursor() as at:
        at.execute(LOCK, [threads])
        return int((at.fetchone() or (0,))[0])


def _select(query: LiteralString, *arguments: object) -> list[tuple[Any, ...]]:
    with bulk.cursor() as at:
        at.execute(query, arguments, binary=True)
        return at.fetchall()


def add_scans(rows: Iterable[Sequence[object]]) -> None:
    """New scans are kept; of one that is known, the greater reading."""
    rows = list(rows)
    if not rows:
        return
    staged = bulk.stage("orders_scan", tables.SCAN, rows)
    with bulk.cursor() as at:
        at.execute(MERGE_SCANS.format(staged))


def refold(brand_id: UUID, threads: Iterable[UUID], held: set[UUID]) -> list[tuple[UUID, UUID]]:
    """Fold the parcels on these threads anew. (order, parcel) of each that stands otherwise than before."""
    directly = set(threads)
    told, orders = _told(brand_id, directly, held)
    if not told:
        return []
    journeys = fold(told, *_read(brand_id, told), own=_own(brand_id, told))
    ours = [p.id for p in told if p.track_id in directly or p.fulfilment_id in directly]
    changed = bulk.update("orders_parcel", FOLDED, [(parcel, *journeys[parcel]) for parcel in ours])
    return [(orders[parcel], parcel) for parcel in changed]


def _told(brand_id: UUID, directly: set[UUID], held: set[UUID]) -> tuple[list[Told], dict[UUID, UUID]]:
    """The parcels on the held threads, all of them: a fold must know who shares a number, or a fulfilment.

    Where one appeared since they were locked that ties in another thread, that one is locked too, and all read again.
    """
    while True:
        listed = bulk.array(held)
        found = _select(PARCELS, brand_id, listed, listed)
        told = [Told._make(row[:-1]) for row in found]
        ours = [p for p in told if p.track_id in directly or p.fulfilment_id in directly]
        missing = {thread for p in ours for thread in (p.track_id, p.fulfilment_id) if thread and thread not in held}
        if not missing:
            return told, {row[0]: row[-1] for row in found}
        _hold(brand_id, dict.fromkeys(missing, ""))
        held |= missing


def _own(brand_id: UUID, told: Sequence[Told]) -> frozenset[str]:
    """Whom the brand ships with, as far as it has said: asked only where the shop named nobody."""
    if all(parcel.carrier or not parcel.number for parcel in told):
        return frozenset()
    return frozenset(map(str, newest(brand_id, CARRIERS).get("own", ())))


def _read(brand_id: UUID, told: Sequence[Told]) -> tuple[dict[UUID, list[Scanned]], dict[UUID, Estimated]]:
    threads = list({thread for p in told for thread in (p.track_id, p.fulfilment_id) if thread})
    listed = bulk.array(threads)
    since: datetime = min([parcel.shipped_at for parcel in told]) - SLACK
    roads: list[list[Scanned]] = [[] for _ in threads]
    for row in _select(SCANS, listed, brand_id, ids.floor(since)):
        roads[row[0] - 1].append(Scanned._make(row[1:]))
    estimates = {row[0]: Estimated._make(row[1:]) for row in _select(ESTIMATES, listed)}
    return dict(zip(threads, roads, strict=True)), estimates
