"""What is known of an order's returns and refunds, as its customer counts days, and as the words need it."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from aftercart.brands.models import Brand
from aftercart.orders.models import Order, OrderLine, Payment
from aftercart.outreach.refunds import Case, Refunded, Returned, Told
from aftercart.people.links import tracking_url
from aftercart.people.models import Customer
from aftercart.people.rules import given_name
from aftercart.promises.queries import Subject
from aftercart.returns.models import Return
from aftercart.returns.queries import refunds_of, returns_of
from aftercart.returns.rules import method
from aftercart.returns.terms import terms_of
from aftercart.words.services import shipped
from aftercart.words.situations import Situation

REFUND = "refund"  # the kind of payment that goes back


def case_of(brand: Brand, about: Subject, named: str, now: datetime) -> Case:
    order = Order.objects.get(brand=brand, id=about.order_id)
    zone = about.zone
    lines = frozenset(OrderLine.objects.filter(brand=brand, order_id=order.id).values_list("external_id", flat=True))
    return Case(
        today=now.astimezone(zone).date(),
        terms=terms_of(brand, now),
        returns=[_returned(one, zone, lines) for one in returns_of(brand, order)],
        refunds=[
            Refunded(
                day=one.refunded_at.astimezone(zone).date(),
                amount=one.amount,
                currency=one.currency,
                method=method(one.method),
                lines=lines.intersection(one.lines),
            )
            for one in refunds_of(brand, order)
        ],
        named=named,
        failed=_failed(brand, order),
        total=None if order.total is None else (order.total, order.currency),
        here=brand.country,
        there=order.country,
    )


def situation(brand: Brand, about: Subject, told: Told, customer: Customer, language: str) -> Situation:
    methods = shipped(language)["methods"]
    return Situation(
        kind=told.kind,
        brand=brand.name,
        number=about.row.number,
        link=tracking_url(brand, about.order_id),
        since=told.since,
        name=given_name(customer.name),
        deadline=told.deadline,
        days=told.days,
        amount=told.amount,
        currency=told.currency,
        method=str(methods.get(told.method, "")),
    )


def _returned(one: Return, zone: tzinfo, lines: frozenset[str]) -> Returned:
    """`lines`: the order's. A source may name lines of its own instead, which tell nothing of a refund's."""

    def day(at: datetime | None) -> date | None:
        return at and at.astimezone(zone).date()

    return Returned(
        name=one.name,
        state=one.state,
        asked=day(one.asked_at),
        approved=day(one.approved_at),
        received=day(one.received_at),
        checked=day(one.checked_at),
        number=one.number,
        missing=one.missing,
        lines=lines.intersection(one.lines),
    )


def _failed(brand: Brand, order: Order) -> bool:
    """Whether the last payment back did not succeed."""
    last = Payment.objects.filter(brand=brand, order_id=order.id, kind=REFUND).order_by("-at", "-version").first()
    return last is not None and not last.succeeded
