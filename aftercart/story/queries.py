"""All that is known of one order, and how to find one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery, DeliveryPerson
from aftercart.orders.fold import SLACK
from aftercart.orders.models import Cancellation, Fulfilment, Order, OrderLine, Parcel, Payment, Scan
from aftercart.orders.rules import number, order_number
from aftercart.outbox.models import Outgoing
from aftercart.outreach.corrections.rules import ANSWERED
from aftercart.outreach.models import Answer, Correction, Decision, Gesture
from aftercart.outreach.questions.rules import QUESTIONS
from aftercart.people.models import Customer, PageVisit
from aftercart.people.rules import normal_email
from aftercart.plumbing import ids
from aftercart.promises.models import Forecast, Promise
from aftercart.risk.contacts import heard
from aftercart.story.presence import EARLY, There, there
from aftercart.watch.models import Concern, Watch

FOUND = 50
MANY = 200
CONTACTS_FOR = timedelta(days=120)  # after an order, that may be about it
LATER = timedelta(days=31)  # than a parcel's last scan, within which nothing more that is about it is missed
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Known:
    """Every row that tells something of an order. A parcel or line that a newer version dropped is still listed."""

    order: Order
    customer: Customer | None
    cancellation: Cancellation | None
    lines: list[OrderLine]
    payments: list[Payment]
    fulfilments: list[Fulfilment]
    parcels: list[Parcel]
    scans: list[Scan]
    promises: list[Promise]
    forecasts: list[Forecast]
    concerns: list[Concern]
    notices: list[Outgoing]
    decisions: list[Decision]
    answers: list[Answer]
    gestures: list[Gesture]
    corrections: list[Correction]
    visits: list[PageVisit]
    contacts: list[datetime]
    deliveries: list[Delivery]
    there: There


def watched(brand: Brand) -> QuerySet[Order]:
    """The brand's orders with `watched`, whether they are, and `look_at`, when they are looked at next."""
    watch = Watch.objects.filter(id=OuterRef("id"))
    return Order.objects.filter(brand=brand).annotate(watched=Exists(watch), look_at=Subquery(watch.values("look_at")))


def known(brand: Brand, order: Order, *, received: bool = True) -> Known:
    """`received`: with what was delivered about its customer, and when they wrote; both are in every month's tables."""
    of_order, found = {"brand": brand, "order_id": order.id}, there(brand, order)
    parcels = list(Parcel.objects.filter(**of_order).order_by("shipped_at", "position"))
    concerns = _rows(found.concerns, Concern.objects.filter(**of_order).order_by("opened_at"))
    decisions = _rows(found.decisions, Decision.objects.filter(**of_order))
    noticed = [one.outgoing_id for one in decisions if one.outgoing_id]
    # Nobody else is asked for an address.
    asked = any(concern.kind in ANSWERED for concern in concerns)
    contacts = heard(brand.id, [order.id], order.placed_at, order.placed_at + CONTACTS_FOR) if received else {}
    return Known(
        order=order,
        customer=Customer.objects.filter(brand=brand, id=order.customer_id).first() if order.customer_id else None,
        cancellation=Cancellation.objects.filter(brand=brand, id=order.id).first() if found.cancellation else None,
        lines=list(OrderLine.objects.filter(**of_order, version=order.version).order_by("position")),
        payments=_rows(found.payments, Payment.objects.filter(**of_order)),
        fulfilments=list(Fulfilment.objects.filter(**of_order)),
        parcels=parcels,
        scans=_scans(brand, parcels),
        promises=list(Promise.objects.filter(**of_order).order_by("told_at")),
        forecasts=_rows(found.forecasts, Forecast.objects.filter(**of_order)),
        concerns=concerns,
        notices=_rows(bool(noticed), Outgoing.objects.filter(brand=brand, id__in=noticed)),
        decisions=decisions,
        answers=_answers(brand, decisions),
        gestures=_rows(found.gestures, Gesture.objects.filter(**of_order)),
        corrections=_rows(asked, Correction.objects.filter(**of_order).order_by("at", "version")),
        visits=_rows(found.visits, _visits(brand, order)),
        contacts=contacts.get(order.id, []),
        deliveries=_deliveries(brand, order) if received else [],
        there=found,
    )


def _rows(there: bool, rows: QuerySet[Row]) -> list[Row]:
    return list(rows) if there else []


def _visits(brand: Brand, order: Order) -> QuerySet[PageVisit]:
    first = ids.floor(order.placed_at - EARLY)
    return PageVisit.objects.filter(brand=brand, order_id=order.id, id__gte=first).order_by("-at")[:MANY]


def _answers(brand: Brand, decisions: list[Decision]) -> list[Answer]:
    asked = [decision.id for decision in decisions if decision.kind in QUESTIONS and decision.spoken]
    return list(Answer.objects.filter(brand=brand, id__in=asked)) if asked else []


def _scans(brand: Brand, parcels: list[Parcel]) -> list[Scan]:
    """What the fold reads of these parcels, by month: a number may be another parcel's before and after."""
    if not parcels:
        return []
    threads = {parcel.track_id for parcel in parcels if parcel.track_id} | {p.fulfilment_id for p in parcels}
    first = min(parcel.shipped_at for parcel in parcels) - SLACK
    scans = Scan.objects.filter(brand=brand, track_id__in=threads, id__gte=ids.floor(first))
    ends = [parcel.last_scan_at for parcel in parcels if parcel.last_scan_at]
    if len(ends) == len(parcels):
        scans = scans.filter(id__lt=ids.floor(max(ends) + LATER))
    return list(scans.order_by("-at")[:MANY])


def _deliveries(brand: Brand, order: Order) -> list[Delivery]:
    """What the outside delivered about this order's customer, newest first."""
    if not order.customer_id:
        return []
    named = DeliveryPerson.objects.filter(brand=brand, person_id=order.customer_id).values("delivery_id")
    return list(Delivery.objects.filter(brand=brand, id__in=named).order_by("-id")[:FOUND])


@dataclass(frozen=True, slots=True)
class Found:
    id: UUID
    number: str
    placed_at: datetime
    country: str
    city: str
    customer: str
    concerns: int


def find(brand: Brand, text: str) -> list[Found]:
    """Orders whose number, tracking number or customer's e-mail is exactly this, newest first."""
    if not text.strip():
        return []
    people = Customer.objects.filter(brand=brand, email=normal_email(text)).values_list("id", flat=True)
    tracked = Parcel.objects.filter(brand=brand, number=number(text)).values_list("order_id", flat=True)
    # Three small index look-ups; one OR over joins would read the whole table.
    match = Q(id__in=list(tracked[:FOUND])) | Q(customer_id__in=list(people[:FOUND]))
    if key := order_number(text):
        match |= Q(number_key=key)
    orders = list(Order.objects.filter(match, brand=brand).order_by("-placed_at")[:FOUND])
    names = Customer.objects.filter(brand=brand).in_bulk([o.customer_id for o in orders if o.customer_id])
    open_concerns = Concern.objects.filter(brand=brand, order_id__in=[o.id for o in orders], closed_at=None)
    worried = list(open_concerns.values_list("order_id", flat=True))
    return [_found(order, names, worried.count(order.id)) for order in orders]


def _found(order: Order, customers: dict[UUID, Customer], concerns: int) -> Found:
    customer = customers.get(order.customer_id) if order.customer_id else None
    name = customer.name if customer else ""
    return Found(order.id, order.number, order.placed_at, order.country, order.city, name, concerns)
