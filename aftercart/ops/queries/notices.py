from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aftercart.brands.models import AuditEntry, Brand
from aftercart.brands.services import VIEWED
from aftercart.plumbing import ids
from aftercart.story.rows import PAGE, Listed, fetch, paged, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notices. Blank means any; `until` is exclusive; `order` as `order_number` compares."""

    state: str = ""
    kind: str = ""
    channel: str = ""
    order: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An outgoing message with its words, and the order that it is about where we know it."""

    id: UUID
    kind: str
    channel: str
    state: str
    reason: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    message_id: str
    address: str
    subject: str
    text: str
    html: str
    language: str
    name: str
    order_id: UUID | None
    number: str
    outcome: str  # as its provider told, "" where it told nothing
    outcome_at: datetime | None
    outcome_why: str
    line: str  # through which it was handed over last, "" for the installation's own mail
    provider_id: str
    template: str  # an approved text that was sent in place of ours, and what filled it
    filling: str


STATEMENT = """
SELECT m.id, m.kind, m.channel, m.state, m.reason, m.attempts, m.created_at, m.sent_at, m.message_id,
  coalesce(b.address, ''), coalesce(b.subject, ''), coalesce(b.text, ''), coalesce(b.html, ''),
  coalesce(b.language, ''), coalesce(k.name, ''), c.order_id, coalesce(o.number, ''),
  m.outcome, m.outcome_at, m.outcome_why, coalesce(w.name, ''), m.provider_id, coalesce(b.template, ''),
  array_to_string(ARRAY(SELECT jsonb_array_elements_text(b.variables)), ', ')
FROM outbox_outgoing m
LEFT JOIN outbox_line w ON w.id = m.line_id AND w.brand_id = m.brand_id
LEFT JOIN outbox_outgoingbody b ON b.id = m.id AND b.brand_id = m.brand_id
LEFT JOIN people_customer k ON k.id = m.customer_id AND k.brand_id = m.brand_id
LEFT JOIN outreach_decision c ON c.brand_id = m.brand_id AND c.concern_id = m.episode AND c.kind = m.kind
LEFT JOIN orders_order o ON o.id = c.order_id AND o.brand_id = m.brand_id
WHERE m.brand_id = %(brand)s {where}
ORDER BY m.id DESC LIMIT %(limit)s
"""
CONDITIONS = {
    "state": "m.state = %(state)s",
    "kind": "m.kind = %(kind)s",
    "channel": "m.channel = %(channel)s",
    "order": "o.number_key = %(order)s",
    "since": "m.id >= %(since)s",
    "until": "m.id < %(until)s",
    "before": "m.id < %(before)s",
}


def _statement(brand: Brand, wanted: Wanted, before: UUID | None, limit: int) -> tuple[str, dict[str, Any]]:
    # Ids begin with the time at which the message became owed.
    asked = asdict(wanted) | {
        "since": wanted.since and ids.floor(wanted.since),
        "until": wanted.until and ids.floor(wanted.until),
        "before": before,
    }
    values = {name: value for name, value in asked.items() if value}
    where = "".join(f" AND {CONDITIONS[name]}" for name in values)
    return STATEMENT.format(where=where), values | {"brand": brand.id, "limit": limit}


def listed(brand: Brand, wanted: Wanted, before: UUID | None, size: int = PAGE) -> Listed[Row]:
    """Newest first."""
    return paged(fetch(Row, *_statement(brand, wanted, before, size + 1)), lambda row: row.id, size)


def everything(brand: Brand, wanted: Wanted, *, limit: int) -> Iterator[Row]:
    """For an export: every row that is wanted, up to `limit`."""
    return stream(Row, *_statement(brand, wanted, None, limit))


def one(brand: Brand, outgoing_id: UUID) -> Row | None:
    statement = STATEMENT.format(where="AND m.id = %(id)s")
    return next(iter(fetch(Row, statement, {"brand": brand.id, "id": outgoing_id, "limit": 1})), None)


@dataclass(frozen=True, slots=True)
class Silence:
    """A decision not to speak."""

    id: UUID
    kind: str
    reason: str
    at: datetime
    waits_until: datetime | None  # it is decided again then
    order_id: UUID
    number: str


SILENCES = """
SELECT d.id, d.kind, d.reason, d.at, d.waits_until, d.order_id, coalesce(o.number, '')
FROM outreach_decision d LEFT JOIN orders_order o ON o.id = d.order_id AND o.brand_id = d.brand_id
WHERE d.brand_id = %(brand)s AND NOT d.spoken AND (%(reason)s = '' OR d.reason = %(reason)s)
  AND (%(kind)s = '' OR d.kind = %(kind)s) AND (%(order)s = '' OR o.number_key = %(order)s)
  AND (%(before)s IS NULL OR (d.at, d.id) <
    (SELECT at, id FROM outreach_decision WHERE brand_id = %(brand)s AND id = %(before)s))
ORDER BY d.at DESC, d.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unspoken:
    """Which decisions not to speak. Blank means any; `order` as `order_number` compares."""

    reason: str = ""
    kind: str = ""
    order: str = ""


def silences(brand: Brand, wanted: Unspoken, before: UUID | None, size: int = PAGE) -> Listed[Silence]:
    """When we decided not to speak, and why; newest first."""
    values = asdict(wanted) | {"brand": brand.id, "before": before, "limit": size + 1}
    return paged(fetch(Silence, SILENCES, values), lambda row: row.id, size)


def acts(brand: Brand, outgoing_id: UUID) -> list[AuditEntry]:
    """What people did to a notice, newest first."""
    found = AuditEntry.objects.filter(brand=brand, subject=str(outgoing_id)).exclude(action=VIEWED)
    return list(found.order_by("-at")[:10])
