"""Asking: what is due is claimed, asked for outside of any transaction, and its answers stored like any delivery.

A claim is a lease: who dies between claim and settlement is followed by another who asks again, and an answer that was
stored is stored together with the new date.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from aftercart.connectors.contract import ASKED_FOR, PayloadError
from aftercart.connectors.faults import Trouble
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import ParcelScanned
from aftercart.intake import services as intake
from aftercart.intake.arrivals import arrival
from aftercart.orders.polling import fetching, lines
from aftercart.orders.polling.enrolling import roads
from aftercart.orders.polling.lines import Line
from aftercart.orders.polling.rules import LONGEST, Road, again_after, next_in, pause
from aftercart.orders.rules import number
from aftercart.plumbing import bulk, clock, http

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

# Longer than any answer may take, twice: a token may have to be fetched before, and again.
LEASE = timedelta(minutes=3)
# What failed alone is asked for alone: one odd number must not spoil the answer of thirty.
OLDEST = """
SELECT failures FROM orders_poll WHERE brand_id = %s AND source = %s AND due_at <= %s ORDER BY due_at LIMIT 1
"""
# Materialized: a planner that looks up the limited rows again for each row that it changes finds others each time.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM orders_poll WHERE brand_id = %s AND source = %s AND due_at <= %s AND (failures > 0) = %s
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE orders_poll o SET due_at = %s, asked_at = %s FROM due WHERE o.id = due.id
RETURNING o.id, o.number, o.answer, o.turn, o.failures
"""
SETTLE = """
UPDATE orders_poll o SET due_at = r.due_at, answered_at = coalesce(r.answered_at, o.answered_at), answer = r.answer,
    turn = r.turn, failures = r.failures, error = r.error
FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::int[], %s::int[], %s::text[])
    AS r (id, due_at, answered_at, answer, turn, failures, error)
WHERE o.id = r.id
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number that this asker alone may ask for, until its lease ends."""

    id: UUID
    number: str
    answer: str
    turn: int
    failures: int
    road: Road | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a claimed number."""

    id: UUID
    due_at: datetime | None
    answered_at: datetime | None
    answer: str
    turn: int
    failures: int
    error: str


def ask(line: Line, *, seconds: float) -> int:
    """Ask for what is due, as fast as the carrier allows, for so long; how many questions were put."""
    until, asked = time.monotonic() + seconds, 0
    with http.client(read_seconds=settings.CARRIER_TIMEOUT) as wire:
        while time.monotonic() < until:
            claimed = claim(line, clock.machine())
            if not claimed:
                break
            asked += 1
            if not _ask_for(line, wire, claimed):
                break
    return asked


def claim(line: Line, now: datetime) -> list[Claimed]:
    """The longest due, as many as one question may name, with a permit to put it. Those that are over are let go."""
    while True:
        with transaction.atomic():
            due = _due(line, now)
            over = [one for one in due if one.road is None or next_in(one.road, now) is None]
            settle([Settled(o.id, None, None, o.answer, o.turn, 0, "") for o in over])
            open_ = [one for one in due if one not in over]
            if open_ and not lines.take_permit(line, now):
                transaction.set_rollback(True)
                return []
        if open_ or not due:
            return open_


def _due(line: Line, now: datetime) -> list[Claimed]:
    line_ = [line.brand_id, line.source, now]
    with bulk.cursor() as cursor:
        oldest = cursor.execute(OLDEST, line_).fetchone()
        if oldest is None:
            return []
        alone = oldest[0] > 0
        most = 1 if alone else line.tracker.AT_ONCE
        rows = cursor.execute(CLAIM, [*line_, alone, most, now + LEASE, now]).fetchall()
    known = roads(line.brand_id, [row[1] for row in rows])
    return [Claimed(row[0], row[1], row[2], row[3], row[4], known.get(row[1])) for row in rows]


def _ask_for(line: Line, wire: httpx.Client, claimed: Sequence[Claimed]) -> bool:
    """False: leave the carrier alone for now."""
    outcome = fetching.fetch(line, wire, [one.number for one in claimed])
    now = clock.machine()
    with transaction.atomic():
        if outcome.trouble is None:
            settle([_settled(line, one, outcome.answers.get(one.number), outcome.troubles, now) for one in claimed])
            lines.went_well(line)
            return True
        until = lines.went_wrong(line, outcome.trouble, outcome.reason, outcome.wish, now)
        settle([_postponed(one, until, outcome.trouble) for one in claimed])
    log.warning(
        "%s of brand %s: %s (%s); asked again at %s",
        line.source, line.brand_id, outcome.trouble, line.clean(outcome.reason), until.isoformat(timespec="seconds"),
    )  # fmt: skip
    return False


def _postponed(one: Claimed, until: datetime, trouble: Trouble) -> Settled:
    """Until the line opens again. It may be this very number that breaks the carrier: then the others come first."""
    if trouble is not Trouble.BROKEN:
        return Settled(one.id, until, None, one.answer, one.turn, one.failures, "")
    due_at = until + pause(one.failures, random.random(), None)
    return Settled(one.id, due_at, None, one.answer, one.turn, min(one.failures + 1, 30_000), "")


def _settled(line: Line, one: Claimed, body: bytes | None, troubles: Mapping[str, str], now: datetime) -> Settled:
    """Stores the answer where it is another than the last one."""
    assert one.road is not None
    if body is None:
        wait = again_after(one.failures, next_in(one.road, now) or LONGEST)
        error = line.clean(troubles.get(one.number, "the carrier left this number out of its answer"))
        return Settled(one.id, now + wait, None, one.answer, one.turn, min(one.failures + 1, 30_000), error)
    answer = hashlib.blake2b(body, digest_size=32).hexdigest()
    turn = one.turn
    if answer != one.answer:
        turn += 1
        topic = f"{one.number} ({turn})"
        intake.store([arrival(line.brand_id, line.source, body, now, topic=topic, headers={ASKED_FOR: one.number})])
    wait_ = next_in(_told(line, one, body), now)
    return Settled(one.id, None if wait_ is None else now + wait_, now, answer, turn, 0, "")


def _told(line: Line, one: Claimed, body: bytes) -> Road:
    """The road as this answer tells it, which the pipeline has yet to apply."""
    assert one.road is not None
    try:
        reads = FACT_SOURCES[line.source].parse(body, {ASKED_FOR: one.number})
    except PayloadError:
        return one.road
    # UPS answers with every package of a shipment.
    own = [read for read in reads if isinstance(read, ParcelScanned) and number(read.number) == one.number]
    scans = [scan for scan in own if scan.state is not None]
    newest = max(scans, key=lambda scan: scan.happened_at, default=None)
    if newest is None or newest.state is None:
        return one.road
    return replace(one.road, state=newest.state, last_scan_at=max(newest.happened_at, one.road.shipped_at))


def settle(rows: Sequence[Settled]) -> None:
    if not rows:
        return
    with bulk.cursor() as cursor:
        cursor.execute(
            SETTLE,
            [
                bulk.array(row.id for row in rows),
                bulk.instants(row.due_at for row in rows),
                bulk.instants(row.answered_at for row in rows),
                [row.answer for row in rows],
                [row.turn for row in rows],
                [row.failures for row in rows],
                [row.error for row in rows],
            ],
        )
