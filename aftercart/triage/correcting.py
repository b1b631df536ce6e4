"""A person says what a ticket is about, and the reader of the brand's next messages has heard it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from aftercart.tickets import acting
from aftercart.tickets.acting import Who
from aftercart.tickets.models import Act, Body, Message
from aftercart.understanding import services as understanding


@transaction.atomic
def relabel(
    who: Who, ticket_id: UUID, now: datetime, *, cause: str = "", order_id: UUID | None = None,
    return_id: UUID | None = None,
) -> Act:  # fmt: skip
    """As `acting.relabel`; the message that the ticket began with is from now on an example of that cause.

    Only where it was understood otherwise, or not at all: what was right already teaches nothing.
    """
    act = acting.relabel(who, ticket_id, now, cause=cause, order_id=order_id, return_id=return_id)
    if cause and (said := _misread(who, act, cause)):
        by = User.objects.filter(id=who.id or 0).values_list("username", flat=True).first() or "the system"
        understanding.correct(who.brand, said[0], cause, by=by, at=now, language=said[1])
    return act


@transaction.atomic
def undo(who: Who, act_id: UUID, now: datetime) -> Act:
    """As `acting.undo`; what was learned from a label that is taken back is forgotten."""
    act = acting.undo(who, act_id, now)
    cause = str(act.detail.get("cause", "")) if act.kind == Act.RELABEL else ""
    if cause and (said := _misread(who, act, cause)):
        understanding.forget(who.brand, said[0], cause)
    return act


def _misread(who: Who, act: Act, cause: str) -> tuple[str, str] | None:
    """What the customer wrote first in the ticket of the act, and in which language, if it was read otherwise."""
    ticket_id = Message.objects.get(brand=who.brand, id=act.about).ticket_id
    first = (
        Message.objects.filter(brand=who.brand, ticket_id=ticket_id, direction=Message.IN, nature="person")
        .order_by("at", "id")
        .first()
    )
    if first is None or first.category == cause:
        return None
    body = Body.objects.filter(brand=who.brand, id=first.id).first()
    text = "\n".join(filter(None, (body.subject, body.text))) if body else ""
    return (text, first.language) if text.strip() else None
