"""What the end of a ticket means for what we say: a question how it went, and promotions again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.outreach import holding
from aftercart.outreach.questions.rules import TICKET
from aftercart.outreach.questions.services import ask_ticket, withdraw
from aftercart.tickets import acting
from aftercart.tickets.acting import Who
from aftercart.tickets.models import Act, Ticket
from aftercart.tickets.services import current

SPAM = "spam"  # a tag


@transaction.atomic
def resolve(who: Who, ticket_id: UUID, now: datetime) -> Act:
    """As `acting.resolve`. Of what a person resolved its customer may be asked how it went."""
    act = acting.resolve(who, ticket_id, now)
    ticket = current(who.brand, ticket_id)
    if ticket.order_id is not None and ticket.state == Ticket.RESOLVED:
        ask_ticket(
            who.brand, ticket.id, ticket.order_id, resolved_at=now, by_person=who.id is not None, now=now,
            spam=SPAM in ticket.tags,
        )  # fmt: skip
        holding.refresh(who.brand, {ticket.order_id}, now)
    return act


@transaction.atomic
def changed(brand: Brand, tickets: Iterable[Ticket], now: datetime) -> int:
    """After messages or acts: whoever writes again is not asked how it went, and promotions wait. How many events."""
    orders = set()
    for ticket in tickets:
        if ticket.order_id is not None:
            orders.add(ticket.order_id)
            if ticket.state != Ticket.RESOLVED and ticket.contacts > 1:
                withdraw(brand, TICKET, ticket.id, "the ticket was opened again", now=now)
    return holding.refresh(brand, orders, now)
