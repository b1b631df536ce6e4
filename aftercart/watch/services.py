from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.promises import services as promises
from aftercart.promises.ledger import Ledger
from aftercart.promises.outlook import outlook
from aftercart.promises.queries import subjects
from aftercart.promises.terms import terms_of
from aftercart.watch import episodes, seeing
from aftercart.watch.episodes import Key
from aftercart.watch.judging import Changes, Round

NONE_OPEN: Mapping[Key, UUID] = {}

WATCH = """
INSERT INTO watch_watch (id, brand_id, look_at)
SELECT id, %s, NULL FROM unnest(%s::uuid[]) AS w (id) ORDER BY id ON CONFLICT (id) DO NOTHING
"""
LOCK = "SELECT count(*) FROM (SELECT 1 FROM watch_watch WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE) held"


def reassess(brand: Brand, order_ids: Iterable[UUID], now: datetime, *, restate: bool = False) -> Changes:
    """Judge these orders and their parcels at `now`: open and close concerns, set when to look again.

    `restate`: say also how each stands, though nothing has changed.
    Locks the orders' watch rows first and reads after that, so that what another worker has just committed counts.
    """
    wanted = sorted(set(order_ids), key=ids.as_number)
    if not wanted:
        return Changes()
    _lock(brand.id, wanted)
    return _judge(brand, wanted, now, restate=restate)


def settle(brand: Brand, order_ids: Iterable[UUID], now: datetime) -> None:
    """Say of these orders which dates were kept, and judge nothing else."""
    wanted = sorted(set(order_ids), key=ids.as_number)
    if wanted:
        _lock(brand.id, wanted)
        Ledger(brand.id, wanted).settle(subjects(brand.id, wanted), now)


def look_at_due(brand: Brand, now: datetime, *, limit: int = 500) -> Changes:
    """Judge the orders whose moment has come, leaving those that another worker has in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM watch_watch WHERE brand_id = %s AND look_at <= %s ORDER BY look_at LIMIT %s"
            " FOR UPDATE SKIP LOCKED",
            [brand.id, now, limit],
        )
        due = [order for (order,) in cursor.fetchall()]
    return _judge(brand, sorted(due, key=ids.as_number), now) if due else Changes()


def _lock(brand_id: UUID, order_ids: Sequence[UUID]) -> None:
    """Nearly always all are watched already. Those that are not become so, and then all are locked again, in order."""
    listed = bulk.array(order_ids)
    with bulk.cursor() as at:
        at.execute(LOCK, [listed])
        if at.fetchone() != (len(order_ids),):
            at.execute(WATCH, [brand_id, listed])
            at.execute(LOCK, [listed])


def _judge(brand: Brand, order_ids: Sequence[UUID], now: datetime, *, restate: bool = False) -> Changes:
    tables = promises.taught(brand.id)
    found = subjects(brand.id, order_ids)
    ledger = Ledger(brand.id, order_ids)
    before = episodes.open_of(brand.id, order_ids)
    terms, around = terms_of(brand, now), seeing.around(brand.id, found)
    ahead = outlook(brand, order_ids, now.date(), terms=terms, calendar=promises.calendar)
    judging = Round(brand, tables, ledger, ahead, around, terms, now)
    judging.standing = {} if restate else None
    for order_id in order_ids:
        judging.order(order_id, found.get(order_id, ()), before.get(order_id, NONE_OPEN))
    ledger.settle(found, now)
    changes = judging.write()
    changes.arrived = seeing.arrivals(found, around.rests, now)
    return changes


def look_again(brand: Brand, now: datetime, *, order_ids: Iterable[UUID] | None = None) -> int:
    """What they are judged by has changed: have these orders, or all that are open, looked at now."""
    statement = "UPDATE watch_watch SET look_at = %s WHERE brand_id = %s AND "
    with connection.cursor() as cursor:
        if order_ids is None:
            cursor.execute(statement + "look_at > %s", [now, brand.id, now])
        else:
            cursor.execute(statement + "id = ANY(%s)", [now, brand.id, sorted(order_ids)])
        return int(cursor.rowcount)
