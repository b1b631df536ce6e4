"""Answering by machine what has just opened a ticket, in the transaction that placed it; ending what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.facts import Nature
from aftercart.orders.models import Order
from aftercart.outbox import answering as limits
from aftercart.outbox.looping import silent_because
from aftercart.outreach import answering, holding
from aftercart.outreach.answering import Refusal, Reply
from aftercart.outreach.automatic.models import MachineAnswer, id_of
from aftercart.outreach.automatic.rules import ASKED, CHAT, Asking, Terms, person_because
from aftercart.outreach.automatic.terms import terms_of
from aftercart.people.models import Customer
from aftercart.people.rules import normal_email
from aftercart.plumbing.addresses import normal_phone
from aftercart.tickets import acting, replying
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Body, Message, Ticket
from aftercart.tickets.rules import Why
from aftercart.tickets.services import current
from aftercart.watch.models import Concern
from aftercart.words.kinds import EMAIL, SMS
from aftercart.words.services import shipped

SHORT = ("sms", "whatsapp")
DECIDED = ["category", "at", "answered", "reason", "reply_id", "facts", "closes_at"]
LIVE = (Ticket.OPEN, Ticket.WAITING, Ticket.SNOOZED)


@dataclass(frozen=True, slots=True)
class _Case:
    """A ticket that is open, and the message that opened it."""

    ticket: Ticket
    message: Message
    alone: bool


@transaction.atomic
def answer(brand: Brand, tickets: Iterable[Ticket], now: datetime) -> int:
    """After messages were placed: answer those that a machine may, and keep why it does not answer others. How many."""
    terms = terms_of(brand, now)
    if not terms.on:
        return 0
    cases = _opened(brand, {one.id for one in tickets})
    known = MachineAnswer.objects.filter(brand=brand).in_bulk([id_of(case.message.id) for case in cases])
    answered = 0
    for case in cases:
        before = known.get(id_of(case.message.id))
        # What was answered is answered. What was not may be, once more is known of it, and nothing else was said.
        if before is None or (case.alone and not before.answered):
            answered += _decide(brand, case, terms, now)
    return answered


def _opened(brand: Brand, ticket_ids: set[UUID]) -> list[_Case]:
    rows = Ticket.objects.filter(brand=brand, id__in=ticket_ids, state=Ticket.OPEN).order_by("id")
    cases = []
    for ticket in rows:
        said = list(Message.objects.filter(brand=brand, ticket_id=ticket.id).order_by("at", "id")[:2])
        first = next((one for one in said if one.direction == Message.IN), None)
        if first is not None and first.id == said[0].id:
            began = any(one["message"] == str(first.id) and one["why"] == Why.FIRST for one in ticket.why)
            cases.append(_Case(ticket, first, began and len(said) == 1))
    return cases


def _decide(brand: Brand, case: _Case, terms: Terms, now: datetime) -> bool:
    ticket, message = case.ticket, case.message
    row = MachineAnswer(
        id=id_of(message.id), brand=brand, message_id=message.id, customer_id=message.customer_id,
        category=message.category, at=now, answered=False,
    )  # fmt: skip
    row.reason = person_because(_asking(brand, case), terms, now)
    said = Refusal(row.reason) if row.reason else _found(brand, message, now)
    if isinstance(said, Reply):
        row.reason = _silent(brand, ticket, message, now)
        if not row.reason:
            _say(brand, ticket, message, said, row, terms, now)
    else:
        row.reason = said.reason
    row.reason = row.reason[:300]
    MachineAnswer.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=DECIDED)
    return row.answered


def _asking(brand: Brand, case: _Case) -> Asking:
    ticket, message = case.ticket, case.message
    order = Order.objects.filter(brand=brand, id=message.order_id).first() if message.order_id else None
    other, worries = None, frozenset[str]()
    if order is not None:
        same = Ticket.objects.filter(brand=brand, order_id=order.id, state__in=LIVE).exclude(id=ticket.id)
        other = same.values_list("number", flat=True).first()
        open_ = Concern.objects.filter(brand=brand, order_id=order.id, closed_at=None)
        worries = frozenset(open_.values_list("kind", flat=True))
    return Asking(
        category=message.category, confidence=message.confidence, channel=message.channel, at=message.at,
        language=message.language, nature=Nature(message.nature), public=message.public,
        signals=tuple(message.signals), trust=message.trust, own_address=_is_of(brand, message, order),
        order_how=message.order_how if order else "", names_other=_names_other(message), opens=case.alone,
        comes_back=ticket.follows_id is not None, taken=ticket.assignee_id is not None, other=other, worries=worries,
    )  # fmt: skip


def _names_other(message: Message) -> bool:
    """Whether they name a number, and it was not by that number that their order was found."""
    reading = Body.objects.filter(id=message.id).values_list("reading", flat=True).first() or {}
    named = any(one["kind"] in ("order", "parcel") for one in reading.get("entities", ()))
    return named and message.order_how not in ("named", "parcel")


def _is_of(brand: Brand, message: Message, order: Order | None) -> bool:
    """Whether it came from the address or the number that the order's customer has."""
    buyer = Customer.objects.filter(brand=brand, id=order.customer_id).first() if order and order.customer_id else None
    sender = Body.objects.filter(id=message.id).values_list("sender", flat=True).first() or ""
    if buyer is None or not sender:
        return False
    if "@" in sender:
        return normal_email(sender) == normal_email(buyer.email) != ""
    return normal_phone(sender) == normal_phone(buyer.phone) != ""


def _found(brand: Brand, message: Message, now: datetime) -> Reply | Refusal:
    assert message.order_id
    channel = SMS if message.channel in SHORT else EMAIL
    question = ASKED[message.category]
    return answering.answer(brand, question, message.order_id, now, language=message.language, channel=channel)


def _silent(brand: Brand, ticket: Ticket, message: Message, now: datetime) -> str:
    """Why it would be one answer too many, or could not leave; then nobody else is told yes until the commit."""
    way = replying.way_of(ticket)
    if way.why_not:
        return way.why_not
    nature = Nature(message.nature)
    if way.channel != CHAT:
        return limits.why_silent(brand, way.address, nature, now)
    # What stands in a chat leaves by no outbox.
    theirs = MachineAnswer.objects.filter(brand=brand, customer_id=message.customer_id, answered=True)
    return silent_because(nature, theirs.values_list("at", flat=True), now, limits.terms_of(brand, now))


def _say(
    brand: Brand, ticket: Ticket, message: Message, said: Reply, row: MachineAnswer, terms: Terms, now: datetime
) -> None:
    try:
        sent = replying.reply(
            Who(brand, None), ticket.id, worded(brand, said, message.channel), now, seen=message.id,
            language=said.language, automatic=True,
        )  # fmt: skip
    except NotPossible as error:
        row.reason = error.reason
        return
    row.answered, row.reply_id, row.facts = True, sent.id, dict(said.facts)
    row.closes_at = now + timedelta(hours=terms.resolve_hours)


def worded(brand: Brand, said: Reply, channel: str) -> str:
    """The answer by this channel, with what it is and how to reach a person."""
    parts: Mapping[str, object] = shipped(said.language)["parts"]
    if channel in SHORT:
        return f"{said.text} {parts['sms_automatic']}"
    told = "\n\n".join(said.news) if channel == CHAT else said.text
    return f"{told}\n\n{str(parts['automatic']).format(brand=brand.name)}"


@transaction.atomic
def resolve_due(brand: Brand, now: datetime, *, limit: int = 500) -> int:
    """Resolve what was answered by machine and has waited long enough for its customer. Nobody is asked how it went."""
    due = MachineAnswer.objects.select_for_update(skip_locked=True).filter(brand=brand, closes_at__lte=now)
    rows, orders = list(due.order_by("closes_at")[:limit]), set[UUID]()
    for row in rows:
        message = Message.objects.filter(brand=brand, id=row.message_id).first()
        ticket = current(brand, message.ticket_id) if message else None
        if ticket is not None and ticket.state == Ticket.WAITING and _was_last(brand, ticket, row):
            acting.resolve(Who(brand, None), ticket.id, now)
            orders |= {ticket.order_id} if ticket.order_id else set()
    MachineAnswer.objects.filter(id__in=[row.id for row in rows]).update(closes_at=None)
    holding.refresh(brand, orders, now)
    return len(rows)


def _was_last(brand: Brand, ticket: Ticket, row: MachineAnswer) -> bool:
    """Whether nobody has said anything since but thanks."""
    said = Message.objects.filter(brand=brand, ticket_id=ticket.id, pleasant=False).exclude(direction=Message.NOTE)
    return said.order_by("-at", "-id").values_list("id", flat=True).first() == row.reply_id
