"""Concerns as rows: which are open, opened, opened again and closed, many in one statement."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, Self
from uuid import UUID

from aftercart.plumbing import bulk
from aftercart.promises.queries import Subject

Key = tuple[UUID, str]  # what it is about (an order or a parcel), and its kind

COLUMNS = (
    "id", "brand_id", "order_id", "subject_id", "kind", "opened_at", "carrier", "lane", "evidence", "closed_by",
    "reopened",
)  # fmt: skip
OPEN = """
SELECT order_id, subject_id, kind, id FROM watch_concern
WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) AND closed_at IS NULL
"""
CLOSED_SINCE = """
SELECT subject_id, kind, id FROM watch_concern
WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) AND closed_at >= %s AND closed_by <> 'the feed outage'
ORDER BY closed_at
"""
BEGUN = "SELECT id, opened_at, evidence->>'since' FROM watch_concern WHERE brand_id = %s AND id = ANY(%s::uuid[])"
CLOSE = "UPDATE watch_concern SET closed_at = %s, closed_by = %s WHERE brand_id = %s AND id = ANY(%s::uuid[])"
REOPEN = """
UPDATE watch_concern SET closed_at = NULL, closed_by = '', reopened = reopened + 1
WHERE brand_id = %s AND id = ANY(%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Episode:
    """A concern as it begins."""

    id: UUID
    order_id: UUID
    subject_id: UUID
    kind: str
    opened_at: datetime
    carrier: str
    lane: str
    evidence: dict[str, object]

    @classmethod
    def about(cls, subject: Subject, kind: str, evidence: dict[str, object], *, id: UUID, at: datetime) -> Self:
        return cls(
            id=id,
            order_id=subject.order_id,
            subject_id=subject.id,
            kind=kind,
            opened_at=at,
            carrier=subject.row.carrier or "",
            lane=subject.lane.key[:200],
            evidence=evidence,
        )


def open_of(brand_id: UUID, order_ids: Iterable[UUID]) -> dict[UUID, dict[Key, UUID]]:
    """The open concerns of these orders, by order."""
    found: defaultdict[UUID, dict[Key, UUID]] = defaultdict(dict)
    with bulk.cursor() as at:
        at.execute(OPEN, [brand_id, bulk.array(order_ids)], binary=True)
        for order_id, subject_id, kind, concern in at.fetchall():
            found[order_id][subject_id, kind] = concern
    return found


def closed_since(brand_id: UUID, order_ids: Iterable[UUID], since: datetime) -> dict[Key, UUID]:
    """Of each kind and subject the concern that was closed last, if that was not before `since`."""
    with bulk.cursor() as at:
        at.execute(CLOSED_SINCE, [brand_id, bulk.array(order_ids), since], binary=True)
        return {(subject_id, kind): concern for subject_id, kind, concern in at.fetchall()}


def begun(brand_id: UUID, concerns: Iterable[UUID]) -> dict[UUID, datetime]:
    """Since when what each of these is about held: as its evidence says, else since it was opened."""
    with bulk.cursor() as at:
        at.execute(BEGUN, [brand_id, bulk.array(concerns)])
        return {
            concern: datetime.fromisoformat(since) if since else opened_at
            for concern, opened_at, since in at.fetchall()
        }


def begin(brand_id: UUID, episodes: Sequence[Episode]) -> None:
    rows = [
        (
            e.id,
            brand_id,
            e.order_id,
            e.subject_id,
            e.kind,
            e.opened_at,
            e.carrier,
            e.lane,
            json.dumps(e.evidence),
            "",
            0,
        )
        for e in episodes
    ]
    bulk.merge("watch_concern", COLUMNS, rows)


def reopen(brand_id: UUID, concerns: Sequence[UUID]) -> None:
    _change(REOPEN, concerns, brand_id)


def close(brand_id: UUID, concerns: Sequence[UUID], at: datetime, by: str) -> None:
    _change(CLOSE, concerns, at, by, brand_id)


def _change(statement: LiteralString, concerns: Sequence[UUID], *given: object) -> None:
    if concerns:
        with bulk.cursor() as at:
            at.execute(statement, [*given, bulk.array(concerns)])
