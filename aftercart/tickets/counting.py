"""How often customers had to write: contacts, repeats and what one contact settled, by cause and by week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.plumbing import bulk

# A ticket's last message is no older than its first, and by that one there is an index.
COUNTED = """
SELECT {by}, count(*), sum(contacts), sum(repeats), count(resolved_at),
    count(*) FILTER (WHERE resolved_at IS NOT NULL AND contacts = 1 AND repeats = 0),
    count(*) FILTER (WHERE concern_id IS NOT NULL OR disruption_id IS NOT NULL)
FROM tickets_ticket
WHERE brand_id = %(brand)s AND state <> 'gone' AND contacts > 0
    AND last_at >= %(since)s AND opened_at >= %(since)s AND opened_at < %(until)s
GROUP BY 1
"""
BY_CAUSE = COUNTED.format(by="cause")
BY_WEEK = COUNTED.format(by="date_trunc('week', opened_at AT TIME ZONE %(zone)s)::date")
PLACED = """
SELECT date_trunc('week', placed_at AT TIME ZONE %(zone)s)::date, count(*) FROM orders_order
WHERE brand_id = %(brand)s AND placed_at >= %(since)s AND placed_at < %(until)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """Problems that customers began to write about in some time, and what has become of them since."""

    problems: int = 0
    contacts: int = 0
    repeats: int = 0
    resolved: int = 0
    at_once: int = 0  # resolved with one contact, and none followed
    known: int = 0  # we knew of it: a worry or a disruption

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.problems + other.problems, self.contacts + other.contacts, self.repeats + other.repeats,
            self.resolved + other.resolved, self.at_once + other.at_once, self.known + other.known,
        )  # fmt: skip

    @property
    def repeated(self) -> float | None:
        """The share of the contacts that were repeats."""
        return self.repeats / self.contacts if self.contacts else None

    @property
    def first_contact(self) -> float | None:
        """First contact resolution: of what is resolved, the share that one contact settled."""
        return self.at_once / self.resolved if self.resolved else None

    @property
    def open(self) -> int:
        return self.problems - self.resolved

    @property
    def foreseen(self) -> float | None:
        """The share of the problems that we knew of."""
        return self.known / self.problems if self.problems else None


@dataclass(frozen=True, slots=True)
class Week:
    """Problems that began in the week from `monday` on, beside the orders that were placed in it."""

    monday: date
    counted: Counted
    orders: int

    @property
    def per_hundred(self) -> float | None:
        """Contacts for every hundred orders."""
        return 100 * self.counted.contacts / self.orders if self.orders else None


def by_cause(brand_id: UUID, since: datetime, until: datetime) -> dict[str, Counted]:
    """Of the problems that began in that time; '': not understood."""
    return {str(cause): one for cause, one in _counted(BY_CAUSE, brand=brand_id, since=since, until=until)}


def by_week(brand_id: UUID, since: datetime, until: datetime, zone: ZoneInfo) -> list[Week]:
    """The weeks of the brand's calendar in which anything began or was ordered, the oldest first."""
    told = {"brand": brand_id, "since": since, "until": until, "zone": zone.key}
    began = dict(_counted(BY_WEEK, **told))
    with bulk.cursor() as cursor:
        placed = dict(cursor.execute(PLACED, told).fetchall())
    return [Week(monday, began.get(monday, Counted()), placed.get(monday, 0)) for monday in sorted({*began, *placed})]


def total(counted: Iterable[Counted]) -> Counted:
    return reduce(Counted.__add__, counted, Counted())


def _counted(statement: str, **told: object) -> Iterable[tuple[object, Counted]]:
    with bulk.cursor() as cursor:
        rows = cursor.execute(statement, told).fetchall()
    return [(key, Counted(*map(int, counts))) for key, *counts in rows]
