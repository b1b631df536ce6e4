"""One notice per customer and disruption: who was told with which order, and telling them once that it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk
from aftercart.promises.queries import subjects
from aftercart.promises.rules import Window
from aftercart.watch.disruptions.incidents import standing
from aftercart.watch.disruptions.standing import affecting
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import NO_KINDS, Opened
from aftercart.watch.models import Concern, Disruption

KIND, OVER = "disruption", "disruption_over"
AT_ONCE = 500  # customers told in one transaction

TOLD_WITH = """
SELECT c.evidence ->> 'disruption', o.customer_id, o.number
FROM orders_order o
JOIN outreach_decision d ON d.brand_id = o.brand_id AND d.order_id = o.id AND d.kind = 'disruption'
    AND (d.spoken OR d.held_out)
JOIN watch_concern c ON c.id = d.concern_id
WHERE o.brand_id = %s AND o.customer_id = ANY(%s::uuid[])
"""
# One order of each customer who was told, the last to come; none of those that have arrived. Step by step, whatever
# the planner's statistics say: from the concerns of this disruption, by key, to their orders.
TOLD = """
WITH told AS MATERIALIZED (
    SELECT t.id, t.order_id, t.subject_id, t.opened_at FROM watch_concern t
    WHERE t.brand_id = %(brand)s AND t.kind = 'disruption' AND t.evidence ->> 'disruption' = %(disruption)s
        AND t.opened_at >= %(since)s
), spoken AS MATERIALIZED (
    SELECT t.* FROM told t JOIN outreach_decision d ON d.brand_id = %(brand)s AND d.concern_id = t.id
        AND d.kind = 'disruption' AND d.spoken
), heard AS MATERIALIZED (
    SELECT o.customer_id FROM outreach_decision d JOIN orders_order o ON o.id = d.order_id
    WHERE d.brand_id = %(brand)s AND d.at >= %(closed)s AND d.kind = 'disruption_over' AND o.customer_id IS NOT NULL
)
SELECT DISTINCT ON (o.customer_id) t.id, o.id, p.id, f.earliest, f.latest
FROM spoken t
JOIN orders_order o ON o.id = t.order_id
JOIN orders_parcel p ON p.id = t.subject_id
LEFT JOIN promises_forecast f ON f.id = p.id
WHERE p.delivered_at IS NULL AND o.cancelled_at IS NULL AND o.customer_id IS NOT NULL
    AND o.customer_id NOT IN (SELECT customer_id FROM heard)
ORDER BY o.customer_id, f.latest DESC NULLS LAST, o.id LIMIT %(most)s
"""


class Told(NamedTuple):
    """A customer who was told, by one of their parcels."""

    concern: UUID
    order: UUID
    parcel: UUID
    earliest: date | None
    latest: date | None

    @property
    def window(self) -> Window | None:
        """What is believed of it."""
        if self.earliest is None or self.latest is None:
            return None
        return Window(earliest=self.earliest, latest=self.latest, likely=self.latest, basis="forecast", version=0)


@dataclass(slots=True)
class Elsewhere:
    """By disruption and customer, the number of the order with which the customer was told."""

    orders: dict[tuple[str, UUID | None], str] = field(default_factory=dict)

    def order(self, one: Opened) -> str:
        return self.orders.get(_key(one), "") if one.concern.kind == KIND else ""

    def add(self, one: Opened) -> None:
        if one.concern.kind == KIND:
            self.orders[_key(one)] = one.subject.row.number


def _key(one: Opened) -> tuple[str, UUID | None]:
    return str(one.concern.evidence.get("disruption", "")), one.subject.row.customer_id


def told_with(brand: Brand, opened: Sequence[Opened]) -> Elsewhere:
    found = Elsewhere()
    customers = {o.subject.row.customer_id for o in opened if o.concern.kind == KIND and o.subject.row.customer_id}
    if customers:
        with bulk.cursor() as at:
            at.execute(TOLD_WITH, [brand.id, bulk.array(c for c in customers if c)])
            found.orders = {(told, customer): number for told, customer, number in at.fetchall()}
    return found


def over(brand: Brand, now: datetime) -> list[Opened]:
    """One occasion for each customer who was told about a disruption that is over, and has not heard so.

    The caller holds a transaction; a disruption is settled when nobody is left to tell.
    """
    ended = Disruption.objects.filter(brand=brand, all_clear_at=None, closed_at__isnull=False)
    found: list[Opened] = []
    # One at a time: each customer is held until the commit, and no server holds thousands.
    for row in ended.select_for_update(skip_locked=True)[:1]:
        people = _people(brand, row) if affecting([standing(row)]) else []
        if len(people) < AT_ONCE:
            row.all_clear_at = now
            row.save(update_fields=["all_clear_at"])
        found += _occasions(brand, people, now)
    return found


def remembered(concern: Concern) -> dict[str, object]:
    """Of a concern about a disruption: what its end still has to say of it."""
    return {"since": concern.opened_at.isoformat(), "town": concern.evidence.get("town", "")}


def _people(brand: Brand, row: Disruption) -> list[Told]:
    with bulk.cursor() as at:
        known = {"brand": brand.id, "disruption": str(row.id), "since": row.opened_at, "closed": row.closed_at}
        at.execute(TOLD, {**known, "most": AT_ONCE})
        return [Told._make(found) for found in at.fetchall()]


def _occasions(brand: Brand, people: Sequence[Told], now: datetime) -> list[Opened]:
    concerns = Concern.objects.filter(brand=brand).in_bulk([one.concern for one in people])
    parcels = {s.id: s for some in subjects(brand.id, {one.order for one in people}).values() for s in some}
    return [
        Opened(
            Episode.about(parcels[one.parcel], OVER, remembered(concerns[one.concern]), id=one.concern, at=now),
            parcels[one.parcel],
            one.window,
            None,
            NO_KINDS,
            ended=KIND,
        )
        for one in people
        if one.parcel in parcels
    ]
