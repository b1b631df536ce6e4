"""Messages in, tickets out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.people import joining
from aftercart.tickets.models import Message, Ticket
from aftercart.tickets.placing import refold
from aftercart.tickets.storing import Arrival, keep
from aftercart.tickets.terms import terms_of
from aftercart.tickets.writing import wake_threads, write


@transaction.atomic
def place(brand: Brand, arrivals: Sequence[Arrival], now: datetime) -> list[Ticket]:
    """Store what is new and fold it in. The tickets that changed."""
    fresh = keep(arrivals)
    wake_threads(brand.id, (one.thread for one in fresh if one.thread))
    return fold_again(brand, {one.customer_id for one in fresh}, now) if fresh else []


@transaction.atomic
def fold_again(brand: Brand, customers: Iterable[UUID], now: datetime) -> list[Ticket]:
    """Fold these customers' circles, as after a join, an act or its undoing. The tickets that changed."""
    return write(brand.id, refold(brand.id, customers, terms_of(brand, now)))


@transaction.atomic
def regroup(brand: Brand, customers: Collection[UUID], now: datetime) -> list[Ticket]:
    """Something new is known of who these customers are: what they wrote is folded by it. The tickets that changed."""
    if not customers or not Ticket.objects.filter(brand=brand).exists():
        return []
    circle = joining.everybody(brand.id, customers)
    wrote = Message.objects.filter(brand=brand, customer_id__in=circle).values_list("customer_id", flat=True).distinct()
    return fold_again(brand, found, now) if (found := set(wrote)) else []


def current(brand: Brand, ticket_id: UUID) -> Ticket:
    """The ticket, or the one that has its messages now. Raises Ticket.DoesNotExist."""
    ticket = Ticket.objects.get(brand=brand, id=ticket_id)
    seen = {ticket.id}
    while ticket.became_id and ticket.became_id not in seen:
        ticket = Ticket.objects.get(brand=brand, id=ticket.became_id)
        seen.add(ticket.id)
    return ticket
