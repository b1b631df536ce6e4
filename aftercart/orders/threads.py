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

LINKED = """
SELECT track_id, fulfilment_id FROM orders_parcel
WHERE brand_id = %(brand)s AND (track_id = ANY(%(threads)s) OR fulfilment_id = ANY(%(threads)s))
"""
OPEN = """
INSERT INTO orders_track (id, brand_id, number)
SELECT id, %s, number FROM unnest(%s::uuid[], %s::text[]) AS t (id, number) ORDER BY id ON CONFLICT (id) DO NOTHING
"""
LOCK = "SELECT id FROM orders_track WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
PARCELS = """
SELECT id, fulfilment_id, version, shipped_at, track_id, number, carrier, cancelled, told_handed_over_at,
    origin_region, origin_country, order_id
FROM orders_parcel
WHERE brand_id = %(brand)s AND (track_id = ANY(%(threads)s) OR fulfilment_id = ANY(%(threads)s))
"""
# Partitions are pruned by the bound on the id; a description matters to the fold only where something arrived.
SCANS = """
SELECT at, id, track_id, state, code, source, carrier, zone, local, reason, attention,
    CASE WHEN state = 'delivered' THEN description ELSE '' END, city, region, country
FROM orders_scan WHERE brand_id = %s AND track_id = ANY(%s) AND id >= %s
"""
ESTIMATES = "SELECT id, version, earliest, latest FROM orders_carrierestimate WHERE id = ANY(%s)"
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

    A parcel hangs on two threads, its number's and its fulfilment's; whoever folds it must hold both. All are locked
    in the order of their ids. Where a parcel appeared meanwhile that ties in another thread, that one is locked too.
    """
    held: dict[UUID, str] = {}
    wanted = _with_linked(brand_id, threads, threads)
    while new := {thread: number for thread, number in wanted.items() if thread not in held}:
        ordered = sorted(new)
        with bulk.cursor() as at:
            at.execute(OPEN, [brand_id, ordered, [bulk.fit(new[thread], 80) for thread in ordered]])
            at.execute(LOCK, [ordered])
        held |= new
        wanted = _with_linked(brand_id, threads, held)
    return set(held)


def _with_linked(brand_id: UUID, threads: Mapping[UUID, str], known: Mapping[UUID, str]) -> dict[UUID, str]:
    linked = dict(known)
    for pair in _select(LINKED, {"brand": brand_id, "threads": list(threads)}):
        for thread in filter(None, pair):
            linked.setdefault(thread, "")
    return linked


def _select(query: LiteralString, arguments: Sequence[object] | Mapping[str, object]) -> list[tuple[Any, ...]]:
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
    """Fold the parcels on these threads anew. (order, parcel) of each."""
    directly = set(threads)
    # The whole of the held threads is read: a fold must know who shares the number, and the fulfilment.
    found = _select(PARCELS, {"brand": brand_id, "threads": list(held)})
    if not found:
        return []
    told = [_told(row) for row in found]
    journeys = fold(told, *_read(brand_id, told))
    ours = [
        (row[-1], parcel.id)
        for row, parcel in zip(found, told, strict=True)
        if parcel.track_id in directly or parcel.fulfilment_id in directly
    ]
    bulk.update("orders_parcel", FOLDED, [(parcel, *journeys[parcel]) for _, parcel in ours])
    return ours


def _told(row: tuple[Any, ...]) -> Told:
    return Told(
        id=row[0],
        fulfilment_id=row[1],
        version=row[2],
        shipped_at=row[3],
        track_id=row[4],
        number=row[5],
        carrier=row[6],
        cancelled=row[7],
        told_handed_over_at=row[8],
        origin_region=row[9],
        origin_country=row[10],
    )


def _read(brand_id: UUID, told: Sequence[Told]) -> tuple[Iterable[Scanned], Iterable[Estimated]]:
    threads = [parcel.fulfilment_id for parcel in told]
    threads += [parcel.track_id for parcel in told if parcel.track_id]
    since: datetime = min(parcel.shipped_at for parcel in told) - SLACK
    scans = _select(SCANS, [brand_id, threads, ids.floor(since)])
    estimates = _select(ESTIMATES, [threads])
    return map(Scanned._make, scans), map(Estimated._make, estimates)
