from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from aftercart.facts import Fact
from aftercart.orders import tables, threads
from aftercart.orders.rows import HOMES, FactError, Rows
from aftercart.people import services as people
from aftercart.plumbing.bulk import Table, merge

__all__ = ["PLACED", "FactError", "Touched", "record"]

PLACED: frozenset[type[Fact]] = frozenset(HOMES)


@dataclass(frozen=True, slots=True)
class Touched:
    """Orders that a batch tells of, and parcels that now stand otherwise, with their orders.

    What is told twice touches nothing, unless it is told of an order itself.
    """

    orders: set[UUID] = field(default_factory=set)
    parcels: set[UUID] = field(default_factory=set)


def record(brand_id: UUID, facts: Iterable[Fact]) -> Touched:
    """Store facts and fold what they touch, in the caller's transaction. Any order, any number of times, any batches.

    A caller that records for several brands in one transaction goes by brand id: rows are locked table by table in
    the order of their ids, so that workers do not wait for each other in a ring. PostgreSQL breaks a ring that
    a new link closes all the same: then this raises, and the caller tries its transaction again.
    """
    rows = Rows(brand_id, facts)
    for table in tables.BEFORE_THREADS:
        _merge(rows, table)
    parcels: list[tuple[UUID, UUID]] = []
    if rows.threads:
        held = threads.lock(brand_id, rows.threads)
        for table in tables.WITH_THREADS:
            _merge(rows, table)
        threads.add_scans(rows.scans.values())
        parcels = threads.refold(brand_id, rows.threads, held)
    people.record_visits(brand_id, rows.visits)
    return Touched(orders=rows.orders | {order for order, _ in parcels}, parcels={parcel for _, parcel in parcels})


def _merge(rows: Rows, table: Table) -> None:
    merge(table.name, table.columns, rows.of[table], newer_by=table.newer_by)
