from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from aftercart.facts import Fact, RefundIssued, ReturnChanged, ReturnReceived, ReturnShipped
from aftercart.orders.rules import order_id, version
from aftercart.plumbing import bulk, ids
from aftercart.returns import tables
from aftercart.returns.queries import refunded_since
from aftercart.returns.rules import CHANGED, GOODS, LABEL, Standing, Told, fold, refund_id, return_id

__all__ = ["PLACED", "record", "refunded_since"]

PLACED: frozenset[type[Fact]] = frozenset({RefundIssued, ReturnChanged, ReturnReceived, ReturnShipped})
Steps = ReturnChanged | ReturnReceived | ReturnShipped
LOCK = "SELECT id FROM returns_return WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE"
STEPS = """
SELECT return_id, at, id::text, kind, word, order_key, name, number, carrier, lines::text
FROM returns_step WHERE brand_id = %s AND return_id = ANY(%s::uuid[])
"""


def record(brand_id: UUID, facts: Iterable[Fact]) -> None:
    """Keep what facts tell of returns and refunds, in the caller's transaction: any order, any number of times.

    Whoever folds a return holds its row, so that no two workers fold without each other's steps.
    """
    returns: dict[UUID, bulk.Row] = {}
    steps, refunds = list[bulk.Row](), list[bulk.Row]()
    for fact in facts:
        if isinstance(fact, RefundIssued):
            refunds.append(_refund(brand_id, fact))
        elif isinstance(fact, Steps):
            of = return_id(brand_id, fact.source, fact.return_id)
            returns[of] = (of, brand_id, bulk.fit(fact.source, 40), bulk.fit(fact.return_id, 120))
            steps.append(_step(brand_id, of, fact))
    bulk.merge(tables.REFUND.name, tables.REFUND.columns, refunds, newer_by=tables.REFUND.newer_by)
    if returns:
        bulk.merge("returns_return", tables.RETURN, list(returns.values()))
        with bulk.cursor() as at:
            at.execute(LOCK, [bulk.array(returns)])
        bulk.merge(tables.STEP.name, tables.STEP.columns, steps)
        _refold(brand_id, returns)


def _refold(brand_id: UUID, returns: Iterable[UUID]) -> None:
    known = defaultdict[UUID, list[Told]](list)
    with bulk.cursor() as at:
        at.execute(STEPS, [brand_id, bulk.array(returns)], binary=True)
        for of, *told, lines in at.fetchall():
            known[of].append(Told._make([*told, tuple(json.loads(lines))]))
    bulk.update("returns_return", tables.FOLDED, [_folded(of, fold(steps)) for of, steps in known.items()])


def _folded(of: UUID, standing: Standing) -> bulk.Row:
    *told, lines = standing
    return (of, *told, json.dumps(lines))


def _refund(brand_id: UUID, fact: RefundIssued) -> bulk.Row:
    return (
        refund_id(brand_id, fact.source, fact.refund_id),
        brand_id,
        order_id(brand_id, fact.source, fact.order_id),
        bulk.fit(fact.refund_id, 120),
        version(fact.happened_at, fact),
        max(fact.amount.amount, 0) if fact.amount else 0,
        bulk.fit(fact.amount.currency, 3) if fact.amount else "",
        bulk.fit(fact.method, 60),
        fact.happened_at,
        json.dumps([bulk.fit(line, 120) for line, _ in fact.lines]),
    )


def _step(brand_id: UUID, of: UUID, fact: Steps) -> bulk.Row:
    told: dict[str, Any] = {}
    if isinstance(fact, ReturnChanged):
        told = {"kind": CHANGED, "word": fact.step, "order_key": fact.order_id, "name": fact.name}
        told["lines"] = [bulk.fit(line, 120) for line, *_ in fact.lines]
    elif isinstance(fact, ReturnShipped):
        told = {"kind": LABEL, "number": fact.number, "carrier": fact.carrier}
    else:
        told = {"kind": GOODS, "word": fact.disposition}
    return (
        # When we were told is no content: a fact told twice is one step.
        ids.mirrored_event(fact.happened_at, of, repr(replace(fact, reported_at=fact.happened_at))),
        brand_id,
        of,
        fact.happened_at,
        told["kind"],
        bulk.fit(told.get("word", ""), 80).lower(),
        bulk.fit(told.get("order_key", ""), 120),
        bulk.fit(told.get("name", ""), 60),
        bulk.fit(told.get("number", ""), 80),
        bulk.fit(told.get("carrier", ""), 80),
        json.dumps(told.get("lines", [])),
    )
