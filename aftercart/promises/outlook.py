"""What the brand's calendar means for the orders of one round of judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.calendar import entries_of
from aftercart.brands.models import Brand
from aftercart.brands.rules import Entry
from aftercart.plumbing import bulk
from aftercart.promises.calendars import Calendar
from aftercart.promises.expectations import NO_DAYS, Course, Start, closed_days, counted, on_the_road, start
from aftercart.promises.queries import Subject
from aftercart.promises.repromise import Terms

SKUS = """
SELECT l.order_id, l.sku FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE l.brand_id = %s AND l.order_id = ANY(%s::uuid[]) AND l.version = o.version AND l.sku <> '' AND l.quantity > 0
"""
NOTHING: Mapping[UUID, Sequence[str]] = {}
Counts = Callable[[Subject], date]  # as of which day an order counts


class Outlook:
    """Most brands have nothing in their calendar on most days: then nothing is asked and nothing worked out."""

    def __init__(
        self,
        entries: Sequence[Entry] = (),
        skus: Mapping[UUID, Sequence[str]] = NOTHING,
        counts: Counts | None = None,
    ) -> None:
        self.entries = entries
        self.skus = skus
        self.counts = counts

    def start(self, subject: Subject) -> Start:
        """From when it counts: an order that waits as of its day (or cut-off), what has left as of its handover."""
        row, zone = subject.row, subject.zone
        left = row.handed_over_at.astimezone(zone).date() if row.handed_over_at else None
        day = left or subject.begun_at.astimezone(zone).date()
        if left is None and self.counts is not None:
            day = max(day, self.counts(subject))
        if not self.entries:
            return Start(day=day)
        course = self._course(subject)
        if left is not None:
            return on_the_road(self.entries, left=left, course=course)
        return start(self.entries, ordered=day, course=course)

    def closed(self, subject: Subject) -> frozenset[date]:
        """The brand's own days on which it does not move, beside the public holidays."""
        if not self.entries:
            return NO_DAYS
        return closed_days(self.entries, self._course(subject), packing=subject.row.handed_over_at is None)

    def waits_since(self, subject: Subject) -> datetime:
        """Since when an order can have been packed: what waits for its product is not forgotten."""
        placed = subject.row.placed_at
        if not self.entries or subject.row.handed_over_at is not None:
            return placed
        begun = self.start(subject)
        return max(placed, datetime.combine(begun.day, time(), subject.zone)) if begun.because else placed

    def _course(self, subject: Subject) -> Course:
        row = subject.row
        return Course(
            skus=tuple(self.skus.get(subject.order_id, ())),
            country=row.country,
            region=row.region,
            carrier=row.carrier or "",
            service=row.service or row.order_service,
        )


CLEAR = Outlook()


def outlook(
    brand: Brand, order_ids: Iterable[UUID], day: date, *, terms: Terms, calendar: Callable[[str], Calendar]
) -> Outlook:
    """The calendar as it matters to these orders on this day, and the brand's cut-off. `calendar`: of a country."""
    entries, counts = entries_of(brand, day), _counting(brand, terms, calendar)
    if not any(entry.sku for entry in entries):
        return Outlook(entries, counts=counts)
    skus: defaultdict[UUID, list[str]] = defaultdict(list)
    with bulk.cursor() as at:
        at.execute(SKUS, [brand.id, bulk.array(order_ids)], binary=True)
        for order_id, sku in at.fetchall():
            skus[order_id].append(sku)
    return Outlook(entries, skus, counts)


def _counting(brand: Brand, terms: Terms, calendar: Callable[[str], Calendar]) -> Counts | None:
    """As a quote of that moment would have it; None where the brand has no cut-off."""
    cutoff, zone = terms.cutoff_minute, ZoneInfo(brand.time_zone)
    if cutoff is None:
        return None

    def counts(subject: Subject) -> date:
        home = calendar(subject.row.order_origin_country or brand.country)
        return counted(subject.begun_at.astimezone(zone), cutoff_minute=cutoff, packing=home)[0]

    return counts
