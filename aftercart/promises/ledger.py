"""The ledger of these orders, read once for a round of judging: what was told, what is in force, what was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from aftercart.plumbing import bulk
from aftercart.promises.keeping import Entry, Fate, Outcome, changed_at, first_told, in_force, last_told, outcomes
from aftercart.promises.queries import Subject

OUTCOME_COLUMNS = (
    "id", "brand_id", "order_id", "state", "arrived_on", "days_late", "superseded", "carrier", "lane",
    "settled_at",
)  # fmt: skip
LEDGER = """
SELECT p.id, p.order_id, p.parcel_id, p.earliest, p.latest, p.surface, p.told_at,
    t.state, t.arrived_on, t.days_late, t.superseded, t.carrier, t.lane
FROM promises_promise p LEFT JOIN promises_outcome t ON t.id = p.id
WHERE p.brand_id = %s AND p.order_id = ANY(%s::uuid[])
"""
# Dates told before there were outcomes, or before these named a lane, or entered past the pipeline.
UNSETTLED = """
SELECT DISTINCT p.order_id FROM promises_promise p JOIN orders_order o ON o.id = p.order_id
WHERE p.brand_id = %s AND p.latest < %s AND NOT EXISTS (
    SELECT FROM promises_outcome t WHERE t.id = p.id AND t.lane <> ''
) LIMIT %s
"""
ENTRY = len(Entry._fields)
NOTHING: Sequence[Entry] = ()


class Ledger:
    """All that was told about some orders. Whoever settles holds the orders' watch rows."""

    def __init__(self, brand_id: UUID, order_ids: Sequence[UUID]) -> None:
        self.brand_id = brand_id
        self.told: defaultdict[UUID, list[Entry]] = defaultdict(list)
        self.settled: dict[UUID, Outcome] = {}
        with bulk.cursor() as at:
            at.execute(LEDGER, [brand_id, bulk.array(order_ids)], binary=True)
            for row in at.fetchall():
                entry = Entry._make(row[:ENTRY])
                self.told[entry.order_id].append(entry)
                if row[ENTRY] is not None:
                    self.settled[entry.id] = Outcome._make(row[ENTRY:])
        self.promised = {order: one.latest for order, entries in self.told.items() if (one := in_force(entries))}

    def first(self, order_id: UUID) -> date | None:
        return first_told(self.told.get(order_id, NOTHING))

    def last(self, order_id: UUID) -> Entry | None:
        return last_told(self.told.get(order_id, NOTHING))

    def changed_at(self, order_id: UUID) -> datetime | None:
        return changed_at(self.told.get(order_id, NOTHING))

    def settle(self, found: Mapping[UUID, Sequence[Subject]], now: datetime) -> int:
        """Write down how each date ended, anew where facts have changed; nothing where they have not. How many."""
        rows, gone = [], []
        for order_id, entries in self.told.items():
            watched = found.get(order_id, ())
            if self._undecided(entries, watched, now):
                continue
            ended = outcomes(entries, fate_of(watched, now)) if watched else {}
            for entry in entries:
                before, after = self.settled.get(entry.id), ended.get(entry.id)
                if after is not None and after != before:
                    rows.append((entry.id, self.brand_id, order_id, *after, now))
                elif before is not None and after is None:
                    gone.append(entry.id)
        if gone:
            with bulk.cursor() as at:
                at.execute("DELETE FROM promises_outcome WHERE id = ANY(%s::uuid[])", [bulk.array(gone)])
        bulk.merge("promises_outcome", OUTCOME_COLUMNS, rows, overwrite=True)
        return len(rows) + len(gone)

    def _undecided(self, entries: Sequence[Entry], watched: Sequence[Subject], now: datetime) -> bool:
        """Nearly always: nothing has arrived, no day has passed, and so it was before."""
        if any(subject.done for subject in watched) or any(entry.id in self.settled for entry in entries):
            return False
        return not watched or min(e.latest for e in entries) >= now.astimezone(watched[0].zone).date()


def unsettled(brand_id: UUID, before: date, *, limit: int) -> list[UUID]:
    """Orders with a date that was due before that day and has no outcome."""
    with bulk.cursor() as at:
        at.execute(UNSETTLED, [brand_id, before, limit])
        return [order for (order,) in at.fetchall()]


def fate_of(watched: Sequence[Subject], now: datetime) -> Fate:
    """What became of an order and its parcels, in the days of whoever receives them."""
    first = watched[0]
    zone, parcels = first.zone, [subject for subject in watched if subject.row.parcel_id]
    cancelled = [at for at in (first.row.cancelled_at, first.row.cancelled_later_at) if at]
    return Fate(
        today=now.astimezone(zone).date(),
        arrivals={s.id: s.row.delivered_at.astimezone(zone).date() if s.row.delivered_at else None for s in parcels},
        lanes={s.id: s.lane for s in parcels},
        lane=first.lane,
        cancelled_on=min(cancelled).astimezone(zone).date() if cancelled else None,
    )
