"""One notice per customer and disruption: who was told with which order, and telling them once that it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.orders.carriers import carrier_name
from aftercart.outbox import services as outbox
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
CHANNEL = "email"
SPARE = timedelta(days=3)  # for an order of which no date is believed
AT_ONCE = 500  # customers told in one transaction

TOLD_WITH = """
SELECT c.evidence ->> 'disruption', o.customer_id, o.number
FROM orders_order o
JOIN outreach_decision d ON d.brand_id = o.brand_id AND d.order_id = o.id AND d.kind = 'disruption' AND d.spoken
JOIN watch_concern c ON c.id = d.concern_id
WHERE o.brand_id = %s AND o.customer_id = ANY(%s::uuid[])
"""
# One order of each customer who was told, the last to come; none of those that have arrived.
TOLD = """
SELECT DISTINCT ON (o.customer_id) d.concern_id, o.id, o.number, o.customer_id, o.country, o.region, o.postal_code,
    p.carrier, f.earliest, f.latest, c.email, c.name, c.locale, t.opened_at
FROM watch_concern t
JOIN outreach_decision d ON d.concern_id = t.id AND d.brand_id = t.brand_id AND d.kind = 'disruption' AND d.spoken
JOIN orders_order o ON o.id = t.order_id
JOIN people_customer c ON c.id = o.customer_id
JOIN orders_parcel p ON p.id = t.subject_id
LEFT JOIN promises_forecast f ON f.id = p.id
WHERE t.brand_id = %(brand)s AND t.kind = 'disruption' AND t.evidence ->> 'disruption' = %(disruption)s
    AND t.opened_at >= %(since)s AND p.delivered_at IS NULL AND o.cancelled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM outreach_decision n JOIN orders_order m ON m.id = n.order_id
        WHERE n.brand_id = o.brand_id AND n.kind = 'disruption_over' AND n.at >= %(closed)s
            AND m.customer_id = o.customer_id)
ORDER BY o.customer_id, f.latest DESC NULLS LAST, o.id LIMIT %(most)s
"""


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
    owed = 0
    for row in Disruption.objects.filter(brand=brand, all_clear_at=None, closed_at__isnull=False)[:5]:
        told = _tell(brand, row, now) if affecting([standing(row)]) else 0
        if told < AT_ONCE:
            row.all_clear_at = now
            row.save(update_fields=["all_clear_at"])
        owed += told
    return owed


def _tell(brand: Brand, row: Disruption, now: datetime) -> int:
    from aftercart.outreach.services import DECISION_COLUMNS

    with bulk.cursor() as at:
        known = {
            "brand": brand.id,
            "disruption": str(row.id),
            "since": row.opened_at,
            "closed": row.closed_at,
            "most": AT_ONCE,
        }
        at.execute(TOLD, known)
        people = at.fetchall()
    decisions = []
    for person in people:
        concern, order, outgoing = _owe(brand, row, person, now)
        decision = ids.mirrored(brand.id, "decision", concern, OVER)
        decisions.append((decision, brand.id, concern, order, OVER, True, "the disruption is over", now, outgoing))
    bulk.merge("outreach_decision", DECISION_COLUMNS, decisions)
    return len(people)


def _owe(brand: Brand, row: Disruption, person: Sequence[Any], now: datetime) -> tuple[UUID, UUID, UUID]:
    concern, order, number, customer, country, region, postal, carrier, earliest, latest, email, name, locale, since = (
        person
    )
    zone = destination_zone(country, region, postal)
    situation = Situation(
        kind=OVER,
        brand=brand.name,
        number=number,
        link=tracking_url(brand, order),
        since=since.astimezone(zone).date(),
        name=name.split()[0] if name.strip() else "",
        carrier=carrier_name(carrier or ""),
        city=standing(row).town,
        earliest=earliest,
        latest=latest,
        deadline=_deadline(latest, now, zone),
    )
    notice = words.notice(brand, situation, language=words.language_for(locale, brand.language))
    outgoing = outbox.owe(
        brand,
        outbox.Owed(
            channel=CHANNEL,
            kind=OVER,
            customer_id=customer,
            episode=concern,
            address=email,
            subject=notice.subject,
            text=notice.text,
            html=notice.html,
            language=notice.language,
        ),
        at=now,
    )
    return concern, order, outgoing


def _deadline(latest: date | None, now: datetime, zone: ZoneInfo) -> date:
    return latest if latest is not None else now.astimezone(zone).date() + SPARE
