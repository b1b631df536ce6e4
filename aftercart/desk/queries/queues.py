"""The queues of the desk and their tickets: each list walks one index, and no count reads more than it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.story.rows import fetch

PAGE = 40
MOST = 999  # that a count tells exactly


@dataclass(frozen=True, slots=True)
class Queue:
    """`order`: the column that its index ends in; the longest wait comes first, all else newest first."""

    key: str
    name: str
    icon: str
    where: str
    about: str  # what will be here, while nothing is
    order: str = "last_at"
    oldest_first: bool = False
    counted: bool = True


# Indexes of `tickets.models.Ticket` that these walk are named after them.
QUEUES = (
    Queue("mine", "Mine", "person", "assignee_id = %(me)s AND state = 'open'", "Tickets that you have taken (A)."),
    Queue(
        "unassigned", "Unassigned", "inbox", "assignee_id IS NULL AND state = 'open'",
        "What comes in and nobody has taken yet.",
    ),
    Queue(
        "longest", "Waiting longest", "clock", "state = 'open' AND waiting_since IS NOT NULL",
        "Customers who wait for an answer, the longest wait first.", order="waiting_since", oldest_first=True,
    ),
    Queue(
        "delay", "Known delay", "late",
        "state = 'open' AND (concern_id IS NOT NULL OR disruption_id IS NOT NULL)",
        "Tickets about what we know already; most have an answer ready.",
    ),
    Queue("snoozed", "Snoozed", "watch", "state = 'snoozed'", "Tickets that come back by themselves (H)."),
    Queue("waiting", "With the customer", "back", "state = 'waiting'", "We have answered and asked something."),
    Queue("resolved", "Resolved", "done", "state = 'resolved'", "What is settled (E).", counted=False),
    Queue("all", "All", "bag", "state <> 'gone'", "Every ticket, as soon as somebody writes.", counted=False),
)  # fmt: skip
BY_KEY = {queue.key: queue for queue in QUEUES}

LISTED = """
SELECT t.id, t.number, t.who, t.title, t.snippet, t.cause, t.state, t.channel, t.public, t.last_at, t.waiting_since,
    t.repeats, t.signals, t.tags, t.snoozed_until, u.username, o.number, c.kind, t.disruption_id, told.latest,
    t.changed_at
FROM ({tickets}) t
LEFT JOIN auth_user u ON u.id = t.assignee_id
LEFT JOIN orders_order o ON o.id = t.order_id
LEFT JOIN watch_concern c ON c.id = t.concern_id
LEFT JOIN LATERAL (
    SELECT latest FROM promises_promise p WHERE p.brand_id = t.brand_id AND p.order_id = t.order_id
    ORDER BY told_at DESC, id DESC LIMIT 1
) told ON true
"""
OF_QUEUE = "SELECT * FROM tickets_ticket WHERE brand_id = %(brand)s AND {where} {after} ORDER BY {order} LIMIT %(most)s"
COUNTED = "(SELECT count(*) FROM (SELECT FROM tickets_ticket WHERE brand_id = %(brand)s AND {where} LIMIT %(most)s) n)"


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket as a list shows it."""

    id: UUID
    number: int
    who: str
    title: str
    snippet: str
    cause: str
    state: str
    channel: str
    public: bool
    last_at: datetime
    waiting_since: datetime | None
    repeats: int
    signals: list[str]
    tags: list[str]
    snoozed_until: datetime | None
    assignee: str | None
    order: str | None
    concern: str | None
    disruption_id: UUID | None
    promised: date | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """`after`: where the next page begins; blank on the last."""

    rows: list[Row]
    after: str = ""


def listed(brand: Brand, queue: Queue, me: int, after: str = "") -> Listed:
    """One page of a queue. ValueError where `after` is no mark that a page gave."""
    column, down = queue.order, not queue.oldest_first
    where, known = "", {"brand": brand.id, "me": me, "most": PAGE + 1}
    if after:
        at, _, last = after.partition("_")
        known |= {"at": datetime.fromisoformat(at), "last": UUID(last)}
        # The first comparison is what the index is entered by.
        sign = "<" if down else ">"
        where = f"AND {column} {sign}= %(at)s AND ({column}, id) {sign} (%(at)s, %(last)s)"
    order = f"{column} DESC, id DESC" if down else f"{column}, id"
    tickets = OF_QUEUE.format(where=queue.where, after=where, order=order)
    rows = fetch(Row, f"{LISTED.format(tickets=tickets)} ORDER BY t.{order.replace(', id', ', t.id')}", known)
    return paged(rows, column)


def paged(rows: Sequence[Row], column: str = "last_at") -> Listed:
    kept = list(rows[:PAGE])
    return Listed(kept, f"{getattr(kept[-1], column).isoformat()}_{kept[-1].id}" if len(rows) > PAGE else "")


def counts(brand: Brand, me: int) -> dict[str, str]:
    """How many wait in each queue that is counted: "7", "999+"."""
    asked = [queue for queue in QUEUES if queue.counted]
    statement = "SELECT " + ", ".join(COUNTED.format(where=queue.where) for queue in asked)
    found = fetch(lambda *row: row, statement, {"brand": brand.id, "me": me, "most": MOST + 1})[0]
    shown = (f"{count:,}" if count <= MOST else f"{MOST}+" for count in found)
    return {queue.key: text for queue, text in zip(asked, shown, strict=True)}
