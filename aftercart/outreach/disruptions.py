"""One notice per customer and disruption: who was told with which order, and telling them once that it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.orders.carriers import carrier_name
from aftercart.outbox import services as outbox
from aftercart.outreach.consent import EMAIL, refused_of
from aftercart.outreach.models import DECISION_COLUMNS
from aftercart.people.links import tracking_url
from aftercart.plumbing import bulk, ids
from aftercart.promises.queries import destination_zone
from aftercart.watch.disruptions.incidents import standing
from aftercart.watch.disruptions.standing import affecting
from aftercart.watch.judging import Opened
from aftercart.watch.models import Disruption
from aftercart.words import services as words
from aftercart.words.rules import Situation

KIND, OVER = "disruption", "disruption_over"
SPARE = timedelta(days=3)  # for an order of which no date is believed
AT_ONCE = 500  # customers told in one transaction

TOLD_WITH = """
SELECT c.evidence ->> 'disruption', o.customer_id, o.number
FROM orders_order o
JOIN outreach_decision d ON d.brand_id = o.brand_id AND d.order_id = o.id AND d.kind = 'disruption' AND d.spoken
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
SELECT DISTINCT ON (o.customer_id) t.id, o.id, o.number, o.customer_id, o.country, o.region, o.postal_code,
    p.carrier, f.earliest, f.latest, c.email, c.name, c.locale, t.opened_at
FROM spoken t
JOIN orders_order o ON o.id = t.order_id
JOIN people_customer c ON c.id = o.customer_id
JOIN orders_parcel p ON p.id = t.subject_id
LEFT JOIN promises_forecast f ON f.id = p.id
WHERE p.delivered_at IS NULL AND o.cancelled_at IS NULL AND c.email <> ''
    AND o.customer_id NOT IN (SELECT customer_id FROM heard)
ORDER BY o.customer_id, f.latest DESC NULLS LAST, o.id LIMIT %(most)s
"""


class Told(NamedTuple):
    """A customer who was told, by one of their orders."""

    concern: UUID
    order: UUID
    number: str
    customer: UUID
    country: str
    region: str
    postal_code: str
    carrier: str | None
    earliest: date | None
    latest: date | None
    email: str
    name: str
    locale: str
    since: datetime


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


def tell_all_clear(brand: Brand, now: datetime) -> int:
    """Those who were told about a disruption that is over hear so, once. How many messages are owed.

    The caller holds a transaction; a disruption is settled when nobody is left to tell.
    """
    over = Disruption.objects.filter(brand=brand, all_clear_at=None, closed_at__isnull=False)
    owed = 0
    for row in over.select_for_update(skip_locked=True)[:5]:
        people = _people(brand, row) if affecting([standing(row)]) else []
        if len(people) < AT_ONCE:
            row.all_clear_at = now
            row.save(update_fields=["all_clear_at"])
        owed += _tell(brand, row, people, now)
    return owed


def _people(brand: Brand, row: Disruption) -> list[Told]:
    with bulk.cursor() as at:
        known = {"brand": brand.id, "disruption": str(row.id), "since": row.opened_at, "closed": row.closed_at}
        at.execute(TOLD, {**known, "most": AT_ONCE})
        return [Told._make(found) for found in at.fetchall()]


def _tell(brand: Brand, row: Disruption, people: Sequence[Told], now: datetime) -> int:
    silent = refused_of(brand, (one.email for one in people))
    decisions: list[bulk.Row] = []
    for one in people:
        outgoing = None if one.email in silent else _owe(brand, row, one, now)
        reason = "the disruption is over" if outgoing else "the customer asked for no messages"
        decision = ids.mirrored(brand.id, "decision", one.concern, OVER)
        decisions.append(
            (decision, brand.id, one.concern, one.order, OVER, outgoing is not None, reason, now, outgoing)
        )
    bulk.merge("outreach_decision", DECISION_COLUMNS, decisions)
    return sum(one.email not in silent for one in people)


def _owe(brand: Brand, row: Disruption, one: Told, now: datetime) -> UUID:
    zone = destination_zone(one.country, one.region, one.postal_code)
    situation = Situation(
        kind=OVER,
        brand=brand.name,
        number=one.number,
        link=tracking_url(brand, one.order),
        since=one.since.astimezone(zone).date(),
        name=one.name.split()[0] if one.name.strip() else "",
        carrier=carrier_name(one.carrier or ""),
        city=standing(row).town,
        earliest=one.earliest,
        latest=one.latest,
        deadline=_deadline(one.latest, now, zone),
    )
    notice = words.notice(brand, situation, language=words.language_for(one.locale, brand.language))
    return outbox.owe(
        brand,
        outbox.Owed(
            channel=EMAIL,
            kind=OVER,
            customer_id=one.customer,
            episode=one.concern,
            address=one.email,
            subject=notice.subject,
            text=notice.text,
            html=notice.html,
            language=notice.language,
        ),
        at=now,
    )


def _deadline(latest: date | None, now: datetime, zone: ZoneInfo) -> date:
    return latest if latest is not None else now.astimezone(zone).date() + SPARE
