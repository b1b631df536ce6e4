"""The answer that we already have, and the draft that an agent begins with."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from aftercart.look.access import Desk
from aftercart.outreach.answering import Refusal, Reply, answer
from aftercart.outreach.automatic.rules import ASKED
from aftercart.tickets.models import Ticket


def askable(ticket: Ticket) -> bool:
    """Whether we are to answer, and the problem is one that data can answer."""
    return ticket.cause in ASKED and ticket.order_id is not None and ticket.state in (Ticket.OPEN, Ticket.SNOOZED)


def suggested(desk: Desk, ticket: Ticket) -> Reply | Refusal | None:
    """From live data, in the customer's language; None where the problem is none that data can answer."""
    if not askable(ticket) or ticket.order_id is None:
        return None
    question = ASKED[ticket.cause]
    if ticket.public:
        return Refusal("everybody can read it, and it would tell of an order")
    return _answer(desk, question, ticket.order_id, ticket.language)


def _answer(desk: Desk, question: str, order_id: UUID, language: str) -> Reply | Refusal:
    return answer(desk.brand, question, order_id, desk.now, language=language, channel="email")


def wanted(request: HttpRequest) -> bool:
    """Whether the page is to begin with it."""
    return request.GET.get("use") == "answer"


def draft(found: Reply | Refusal | None) -> str:
    return found.text if isinstance(found, Reply) else ""
