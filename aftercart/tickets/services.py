"""Messages in, tickets out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.tickets.models import Ticket
from aftercart.tickets.placing import refold
from aftercart.tickets.storing import Arrival, keep
from aftercart.tickets.terms import terms_of
from aftercart.tickets.writing import write


@transaction.atomic
def place(brand: Brand, arrivals: Sequence[Arrival], now: datetime) -> list[Ticket]:
    """Store what is new and fold it in. The tickets that changed."""
    fresh = keep(arrivals)
    return fold_again(brand, {one.customer_id for one in fresh}, now) if fresh else []


@transaction.atomic
def fold_again(brand: Brand, customers: Iterable[UUID], now: datetime) -> list[Ticket]:
    """Fold these customers' circles, as after a join, an act or its undoing. The tickets that changed."""
    return write(brand.id, refold(brand.id, customers, terms_of(brand, now)))


def current(brand: Brand, ticket_id: UUID) -> Ticket:
    """The ticket, or the one that has its messages now. Raises Ticket.DoesNotExist."""
    ticket = Ticket.objects.get(brand=brand, id=ticket_id)
    seen = {ticket.id}
    while ticket.became_id and ticket.became_id not in seen:
        ticket = Ticket.objects.get(brand=brand, id=ticket.became_id)
        seen.add(ticket.id)
    return ticket
