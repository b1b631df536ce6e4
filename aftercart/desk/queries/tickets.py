"""A ticket by its number, its customer, and what else they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from aftercart.brands.models import Brand, Member
from aftercart.orders.models import Order
from aftercart.people.models import Customer, Identity
from aftercart.returns.models import Refund, Return
from aftercart.story import queries as story
from aftercart.story.troubles import Trouble, troubles_of
from aftercart.tickets.models import Ticket
from aftercart.tickets.services import current

PAST = 8


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a ticket. `known` is of its order; the customer's own orders are the newest few."""

    known: story.Known | None
    troubles: list[Trouble]
    returned: list[Return]
    refunds: list[Refund]
    customer: Customer | None
    identities: list[Identity]
    orders: list[Order]
    past: list[Ticket]


def by_number(brand: Brand, number: int) -> Ticket | None:
    """The ticket, or that which has its messages now."""
    found = Ticket.objects.filter(brand=brand, number=number).first()
    return current(brand, found.id) if found is not None and found.became_id else found


def around(brand: Brand, ticket: Ticket) -> Around:
    known = of_order(brand, ticket.order_id) if ticket.order_id else None
    order = known.order if known else None
    buyer = (known.customer if known else None) or Customer.objects.filter(brand=brand, id=ticket.customer_id).first()
    whose = {ticket.customer_id, *([buyer.id] if buyer else [])}
    same = Q(customer_id__in=whose) | (Q(order_id=order.id) if order else Q(pk__in=[]))
    return Around(
        known=known,
        troubles=troubles_of(brand, known.order, known.parcels) if known and known.there.disruptions else [],
        returned=_returns(brand, known.order) if known and known.there.returned else [],
        refunds=_refunds(brand, known.order) if known and known.there.refunds else [],
        customer=buyer,
        identities=list(Identity.objects.filter(brand=brand, customer_id__in=whose).order_by("kind", "value")),
        orders=list(Order.objects.filter(brand=brand, customer_id__in=whose).order_by("-placed_at")[:PAST]),
        past=list(
            Ticket.objects.filter(same, brand=brand)
            .exclude(id=ticket.id)
            .exclude(state=Ticket.GONE)
            .order_by("-last_at")[:PAST]
        ),
    )


def of_order(brand: Brand, order_id: UUID) -> story.Known | None:
    order = Order.objects.filter(brand=brand, id=order_id).first()
    # What the customer wrote stands in the ticket itself.
    return story.known(brand, order, received=False) if order else None


def _returns(brand: Brand, order: Order) -> list[Return]:
    return list(Return.objects.filter(brand=brand, source=order.source, order_key=order.external_id))


def _refunds(brand: Brand, order: Order) -> list[Refund]:
    return list(Refund.objects.filter(brand=brand, order_id=order.id).order_by("refunded_at"))


def staff(brand: Brand) -> list[User]:
    """Whom a ticket can be assigned to."""
    members = Member.objects.filter(brand=brand).values("user_id")
    return list(User.objects.filter(id__in=members, is_active=True).order_by("username"))
