"""The answer that we already have, and the draft that an agent begins with."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from aftercart.look.access import Desk
from aftercart.outreach.answering import Refusal, Reply, answer
from aftercart.outreach.automatic.rules import ASKED
from aftercart.tickets.models import Ticket


def suggested(desk: Desk, ticket: Ticket) -> Reply | Refusal | None:
    """From live data, in the customer's language; None where the problem is none that data can answer."""
    question = ASKED.get(ticket.cause)
    if question is None or ticket.order_id is None or ticket.state == Ticket.RESOLVED:
        return None
    if ticket.public:
        return Refusal("everybody can read it, and it would tell of an order")
    return _answer(desk, question, ticket.order_id, ticket.language)


def _answer(desk: Desk, question: str, order_id: UUID, language: str) -> Reply | Refusal:
    return answer(desk.brand, question, order_id, desk.now, language=language, channel="email")


def draft(request: HttpRequest, found: Reply | Refusal | None) -> str:
    """The suggestion, once it was asked for."""
    return found.text if request.GET.get("use") == "answer" and isinstance(found, Reply) else ""
