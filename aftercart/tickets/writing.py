"""Writing down what a fold came to: the tickets' rows, the words that they are found by, and who is to be woken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from aftercart.facts import Nature
from aftercart.plumbing import bulk, clock
from aftercart.tickets import indexing
from aftercart.tickets.indexing import Words
from aftercart.tickets.models import Message, Ticket
from aftercart.tickets.placing import Folded, Placed, Told

LIVE = "aftercart_live"
FOLDED = (
    "customer_id", "order_id", "return_id", "cause", "concern_id", "disruption_id", "state", "became_id", "follows_id",
    "title", "snippet", "who", "language", "channel", "public", "opened_at", "last_at", "last_in_at", "waiting_since",
    "resolved_at", "messages", "contacts", "repeats", "signals", "why",
)  # fmt: skip
SET_BY_HAND = ("snoozed_until", "wakes_on")
COLUMNS = ("id", "brand_id", "number", *FOLDED, *SET_BY_HAND, "changed_at")
NUMBERS = "SELECT nextval('tickets_number') FROM generate_series(1, %s)"
CONCERNS = """
SELECT DISTINCT ON (order_id) order_id, id, evidence ->> 'disruption' FROM watch_concern
WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) AND closed_at IS NULL ORDER BY order_id, opened_at DESC
"""
WORDS = """
SELECT id, subject, text, sender, sender_name, handle FROM tickets_body
WHERE id = ANY(%s::uuid[]) AND id BETWEEN %s AND %s
"""
ORDERS = "SELECT id, number FROM orders_order WHERE brand_id = %s AND id = ANY(%s::uuid[])"
PARCELS = """
SELECT order_id, string_agg(number, ' ') FROM orders_parcel WHERE brand_id = %s AND order_id = ANY(%s::uuid[])
GROUP BY order_id
"""
WAKE = "SELECT pg_notify(%s, told) FROM unnest(%s::text[]) AS told"


def write(brand_id: UUID, done: Folded) -> list[Ticket]:
    """The tickets that are not as they were, as they are now. In the transaction of the fold."""
    now = clock.machine()
    around = _Around(brand_id, done.placed)
    made = [(placed, _row(brand_id, placed, around)) for placed in done.placed]
    moved = {name for _, name in done.moved}
    changed = [(p, row) for p, row in made if p.row is None or p.id in moved or not _same(p.row, row)]
    numbers = _numbers(sum(placed.row is None for placed, _ in changed))
    for placed, row in changed:
        row.number = placed.row.number if placed.row else numbers.pop(0)
        row.changed_at = now
    bulk.merge(
        "tickets_ticket", COLUMNS, [_cells(row) for _, row in changed], overwrite=True, keep=("brand_id", "number")
    )
    _end(done.gone)
    indexing.index(brand_id, [_entry(placed, row, around) for placed, row in changed])
    wake(brand_id, [row for _, row in changed])
    return [row for _, row in changed]


class _Around:
    """What tickets say of their orders and in their customers' words, read at once."""

    def __init__(self, brand_id: UUID, placed: Sequence[Placed]) -> None:
        orders = {order for one in placed if (order := one.case.matter.order)}
        told = [message.id for one in placed for message in one.messages]
        with bulk.cursor() as cursor:
            listed = [brand_id, bulk.array(orders)]
            found = cursor.execute(CONCERNS, listed, binary=True).fetchall() if orders else []
            self.concerns = {order: (concern, UUID(at) if at else None) for order, concern, at in found}
            self.numbers = dict(cursor.execute(ORDERS, listed, binary=True).fetchall()) if orders else {}
            self.parcels = dict(cursor.execute(PARCELS, listed, binary=True).fetchall()) if orders else {}
            span = (min(told, key=lambda one: one.int), max(told, key=lambda one: one.int)) if told else ()
            rows = cursor.execute(WORDS, [bulk.array(told), *span], binary=True).fetchall() if told else []
        self.words = {row[0]: Words(*row[1:]) for row in rows}


def _row(brand_id: UUID, placed: Placed, around: _Around) -> Ticket:
    case, matter, was = placed.case, placed.case.matter, placed.row
    heard = [one for one in placed.messages if one.direction == Message.IN]
    first, last = (heard or placed.messages)[0], _last(placed.messages)
    begins, ends = around.words[first.id], around.words[last.id]
    concern, disruption = around.concerns.get(matter.order, (None, None)) if matter.order else (None, None)
    # What worried about its order when they wrote stays, while it is about that order.
    known = was if was is not None and was.order_id == matter.order else None
    woken = was is None or case.resolved_at is not None or (was.last_in_at != case.last_in_at and not _away(heard))
    row = Ticket(
        id=placed.id, brand_id=brand_id, customer_id=placed.customer_id, order_id=matter.order,
        return_id=matter.returned,
        cause=matter.cause, concern_id=concern or (known.concern_id if known else None),
        disruption_id=disruption or (known.disruption_id if known else None), follows_id=placed.follows_id,
        title=_line(begins.subject or begins.text), snippet=_line(ends.text or ends.subject), who=begins.who[:200],
        language=next((one.language for one in reversed(heard) if one.language), ""),
        channel=(heard or placed.messages)[-1].channel, public=any(one.public for one in heard),
        opened_at=case.opened_at or first.at, last_at=case.last_at or last.at, last_in_at=case.last_in_at,
        waiting_since=case.waiting_since, resolved_at=case.resolved_at, messages=len(placed.messages),
        contacts=case.contacts, repeats=case.repeats, signals=sorted({s for one in heard for s in one.signals}),
        why=[{"message": str(one), "why": why} for one, why in case.why.items()],
        snoozed_until=None if woken or was is None else was.snoozed_until,
        wakes_on="" if woken or was is None else was.wakes_on,
    )  # fmt: skip
    row.state = _state(row, case.contacts)
    return row


def _state(row: Ticket, contacts: int) -> str:
    if row.resolved_at is not None or not contacts:  # what only machines wrote waits for nobody
        return Ticket.RESOLVED
    if row.snoozed_until is not None or row.wakes_on:
        return Ticket.SNOOZED
    return Ticket.OPEN if row.waiting_since is not None else Ticket.WAITING


def _away(heard: Sequence[Told]) -> bool:
    """Whether what came last only says that they are not there: that wakes nothing."""
    return bool(heard) and max(heard, key=lambda one: one.at).nature == Nature.AUTO_REPLY


def _last(messages: Sequence[Told]) -> Told:
    return next((one for one in reversed(messages) if one.direction != Message.NOTE), messages[-1])


def _line(text: str) -> str:
    return " ".join(text[:1000].split())[:200]


def _same(was: Ticket, row: Ticket) -> bool:
    return all(getattr(was, name) == getattr(row, name) for name in (*FOLDED, *SET_BY_HAND))


def _numbers(count: int) -> list[int]:
    if not count:
        return []
    with bulk.cursor() as cursor:
        return [number for (number,) in cursor.execute(NUMBERS, [count]).fetchall()]


def _cells(row: Ticket) -> tuple[Any, ...]:
    cells = (getattr(row, name) for name in COLUMNS)
    return tuple(msgspec.json.encode(cell).decode() if n == WHY else cell for n, cell in enumerate(cells))


WHY = COLUMNS.index("why")


def _end(gone: Mapping[UUID, UUID]) -> None:
    for old, became in sorted(gone.items()):
        Ticket.objects.filter(id=old).exclude(state=Ticket.GONE, became_id=became).update(
            state=Ticket.GONE, became_id=became, changed_at=clock.machine()
        )
    if gone:
        indexing.forget(gone)


def _entry(placed: Placed, row: Ticket, around: _Around) -> indexing.Entry:
    of_order = [around.numbers.get(row.order_id, ""), around.parcels.get(row.order_id, "")] if row.order_id else []
    words = indexing.searched([row.number, *of_order], [around.words[one.id] for one in placed.messages])
    return row.id, row.last_at, words


def wake_threads(brand_id: UUID, threads: Iterable[str]) -> None:
    """Those who look at these conversations hear of it when the transaction commits."""
    if told := [msgspec.json.encode({"brand": str(brand_id), "thread": one}).decode() for one in sorted(set(threads))]:
        with bulk.cursor() as cursor:
            cursor.execute(WAKE, [LIVE, bulk.texts(told)])


def wake(brand_id: UUID, tickets: Sequence[Ticket]) -> None:
    """Those who look at them hear of it when the transaction commits."""
    told = [
        msgspec.json.encode({"brand": str(brand_id), "ticket": str(row.id), "customer": str(row.customer_id)}).decode()
        for row in tickets
    ]
    if told:
        with bulk.cursor() as cursor:
            cursor.execute(WAKE, [LIVE, bulk.texts(told)])
