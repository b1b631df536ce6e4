"""What decides whether something is given for each of some worries: a few statements for any number of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT
from aftercart.orders.models import NotReceived, Order, Parcel
from aftercart.outbox import lines
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.rules import GESTURE
from aftercart.outreach.experiments.services import Arm
from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.gestures.rules import Case
from aftercart.people.models import Customer
from aftercart.promises.ledger import Ledger
from aftercart.risk.models import Assessment
from aftercart.watch.models import Concern

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """By id: orders, customers, the reasons of parcels, the open concerns with what they may cost. By order: every kind
    that has worried about it, and whether it was given something. By customer: when they were given something, how
    often they said that nothing came, their arms, and those of each notice."""

    brand: Brand
    now: datetime
    way: bool
    orders: Mapping[UUID, Order]
    customers: Mapping[UUID, Customer]
    concerns: Mapping[UUID, Concern]
    weighed: Mapping[UUID, Assessment]
    reasons: Mapping[UUID, str]
    ledger: Ledger
    worries: Mapping[UUID, set[str]]
    had: set[UUID]
    given: defaultdict[UUID, list[date]]
    not_received: Mapping[UUID, int]
    arms: Mapping[UUID, Arm]
    notices: Mapping[str, Mapping[UUID, Arm]]

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.brand.time_zone)).date()

    def case(self, row: Gesture, left: Mapping[str, int]) -> Case:
        order, concern, weighed = self.orders.get(row.order_id), self.concerns.get(row.concern_id), None
        if concern:
            weighed = self.weighed.get(concern.id)
        customer = self.customers.get(row.customer_id) if row.customer_id else None
        currency = order.currency if order else ""
        untold = self.notices[row.kind].get(customer.id, experiments.NOBODY).held_out if customer else False
        return Case(
            kind=row.kind,
            today=self.today,
            tomorrow=_morning(self.brand, self.today + timedelta(1)),
            speaks_since=self.brand.speaks_since,
            since=row.since,
            currency=currency,
            open=bool(concern and order and order.cancelled_at is None),
            known=bool(customer and customer.email),
            way=self.way,
            reason=self.reasons.get(concern.subject_id, "") if concern else "",
            promised=self.ledger.first(row.order_id),
            # Those of an order without a currency are in the brand's, and protect nothing of the order's.
            protects=weighed.contact_cost + weighed.future_cost if weighed and weighed.currency == currency else None,
            stake=weighed.expected if weighed and weighed.currency == currency else 0,
            worries=frozenset(self.worries.get(row.order_id, ())),
            untold=untold,
            not_received=self.not_received.get(customer.id, 0) if customer else 0,
            had=row.order_id in self.had,
            given=tuple(self.given[customer.id]) if customer else (),
            left=left,
        )


def around(brand: Brand, rows: Sequence[Gesture], now: datetime) -> Around:
    """The caller holds these customers."""
    orders = {row.order_id for row in rows}
    people = {row.customer_id for row in rows if row.customer_id}
    open_ = Concern.objects.filter(brand=brand, id__in=[row.concern_id for row in rows], closed_at=None).in_bulk()
    parcels = Parcel.objects.filter(brand=brand, id__in=[one.subject_id for one in open_.values()])
    worries: defaultdict[UUID, set[str]] = defaultdict(set)
    for order, kind in Concern.objects.filter(brand=brand, order_id__in=orders).values_list("order_id", "kind"):
        worries[order].add(kind)
    given: defaultdict[UUID, list[date]] = defaultdict(list)
    taken = Gesture.objects.filter(brand=brand, state__in=Gesture.GIVEN)
    for customer, day in taken.filter(customer_id__in=people).values_list("customer_id", "given_on"):
        if customer and day:
            given[customer].append(day)
    return Around(
        brand=brand,
        now=now,
        way=lines.takes(brand, EVENT, lines.GESTURE),
        orders=Order.objects.filter(brand=brand).in_bulk(orders),
        customers=Customer.objects.filter(brand=brand).in_bulk(people),
        concerns=open_,
        weighed=Assessment.objects.filter(brand=brand).in_bulk(open_),
        reasons={id_: reason or "" for id_, reason in parcels.values_list("id", "reason")},
        ledger=Ledger(brand.id, sorted(orders)),
        worries=worries,
        had=set(taken.filter(order_id__in=orders).values_list("order_id", flat=True)),
        given=given,
        not_received=_not_received(brand, people, now),
        arms=experiments.arms(brand, people, GESTURE, now),
        notices={kind: experiments.arms(brand, people, kind, now) for kind in {row.kind for row in rows}},
    )


def _not_received(brand: Brand, people: set[UUID], now: datetime) -> dict[UUID, int]:
    """Of how many orders within a year each of them has said that they did not come, and not since that they did."""
    whose = dict(Order.objects.filter(brand=brand, customer_id__in=people).values_list("id", "customer_id"))
    said = NotReceived.objects.filter(brand=brand, order_id__in=whose, found=False, reported_at__gt=now - YEAR)
    found = Counter(whose[order] for order in set(said.values_list("order_id", flat=True)))
    return {customer: count for customer, count in found.items() if customer}


def _morning(brand: Brand, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(brand.time_zone))
