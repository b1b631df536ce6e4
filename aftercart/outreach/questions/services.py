"""Asking what a later stage knows the occasion of, and taking answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.orders.models import Order, Parcel
from aftercart.outreach.models import Decision
from aftercart.outreach.questions.models import Answer
from aftercart.outreach.questions.rules import CHANGEABLE, CHECK, COUNTS_FOR, QUESTIONS, REFUND, TICKET
from aftercart.outreach.questions.terms import asking_of
from aftercart.plumbing import ids

LONGEST_COMMENT = 1000


class Closed(Exception):
    """The time to answer, or to change an answer, is over."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer as it stands. `fresh`: it is another one than before."""

    answer: Answer
    fresh: bool


def ask_ticket(
    brand: Brand,
    ticket: UUID,
    order_id: UUID,
    *,
    resolved_at: datetime,
    by_person: bool,
    now: datetime,
    spam: bool = False,
) -> str:
    """Ask later whether a ticket about this order was solved; what for it is not asked, "" where it is.

    In the transaction that resolves it. Only of what a person resolved. `resolved_at`, `now`: the brand's time.
    """
    if spam:
        return _never(brand, TICKET, ticket, order_id, resolved_at, "the ticket was spam", now)
    if not by_person:
        return _never(brand, TICKET, ticket, order_id, resolved_at, "no person resolved the ticket", now)
    return _ask(brand, TICKET, ticket, order_id, resolved_at, now)


def ask_refund(brand: Brand, refund: UUID, order_id: UUID, *, visible_at: datetime, now: datetime) -> str:
    """Ask later how a refund went that its customer can see since `visible_at`; what for it is not asked, else ""."""
    return _ask(brand, REFUND, refund, order_id, visible_at, now)


def withdraw(brand: Brand, kind: str, episode: UUID, why: str, *, now: datetime) -> bool:
    """What was to be asked has come to nothing, as when a ticket is opened again. False where it was asked already."""
    waiting = Decision.objects.filter(brand=brand, concern_id=episode, kind=kind, waits_until__isnull=False)
    return bool(waiting.update(waits_until=None, at=now, reason=why[:200]))


def _ask(brand: Brand, kind: str, episode: UUID, order_id: UUID, since: datetime, now: datetime) -> str:
    hours = asking_of(brand, now).ask.get(kind)
    if hours is None:
        return "the brand does not ask this"
    until = since + timedelta(hours=hours)
    return _decided(brand, kind, episode, order_id, since, now, reason="its time has not come", waits_until=until)


def _never(
    brand: Brand, kind: str, episode: UUID, order_id: UUID, since: datetime, why: str, now: datetime
) -> str:  # fmt: skip
    return _decided(brand, kind, episode, order_id, since, now, reason=why, waits_until=None) or why


def _decided(
    brand: Brand, kind: str, episode: UUID, order_id: UUID, since: datetime, now: datetime, *, reason: str,
    waits_until: datetime | None,
) -> str:  # fmt: skip
    """Write it down, unless it was before: an occasion is decided about once, however often it is told."""
    order = Order.objects.filter(brand=brand, id=order_id).first()
    if order is None:
        return "this order is not known"
    Decision.objects.get_or_create(
        id=ids.mirrored(brand.id, "decision", episode, kind),
        defaults={
            "brand": brand, "concern_id": episode, "order_id": order_id, "customer_id": order.customer_id, "kind": kind,
            "spoken": False, "reason": reason, "since": since, "at": now, "waits_until": waits_until,
        },
    )  # fmt: skip
    return ""


def question(brand: Brand, asked: UUID) -> Decision | None:
    """What was asked; None where nothing was."""
    return Decision.objects.filter(brand=brand, id=asked, spoken=True).first()


def answer_of(brand: Brand, asked: UUID) -> Answer | None:
    return Answer.objects.filter(brand=brand, id=asked).first()


def is_open(asked: Decision, given: Answer | None, now: datetime) -> bool:
    """Whether it can be answered, or its answer changed."""
    if given is not None:
        return now - given.at < CHANGEABLE
    return asked.kind not in QUESTIONS or now - asked.at < COUNTS_FOR


@transaction.atomic
def answer(brand: Brand, asked: Decision, *, yes: bool, language: str, now: datetime) -> Taken:
    """Take the customer's answer. The same again is the same; another one within a day takes its place.

    Raises `Closed` where it is too late for that.
    """
    # One at a time: two taps are one answer.
    Decision.objects.select_for_update().get(id=asked.id)
    given = answer_of(brand, asked.id)
    if given is not None and given.yes == yes:
        return Taken(given, fresh=False)
    if not is_open(asked, given, now):
        raise Closed
    if given is not None:
        given.yes, given.changed_at = yes, now
        given.save(update_fields=["yes", "changed_at"])
        return Taken(given, fresh=True)
    made = Answer.objects.create(
        id=asked.id,
        brand=brand,
        kind=asked.kind,
        order_id=asked.order_id,
        customer_id=asked.customer_id,
        carrier=_carrier(brand, asked),
        yes=yes,
        language=language,
        at=now,
    )
    return Taken(made, fresh=True)


def comment(brand: Brand, asked: UUID, text: str, *, now: datetime) -> bool:
    """Keep what the customer adds to their answer, as long as that could be changed. Whether it was kept."""
    given = Answer.objects.filter(brand=brand, id=asked, at__gt=now - CHANGEABLE)
    return bool(given.update(comment=" ".join(text.replace("\0", "").split())[:LONGEST_COMMENT]))


def _carrier(brand: Brand, asked: Decision) -> str:
    """Who brought it: the parcel that is asked about, else the last one of the order."""
    parcels = Parcel.objects.filter(brand=brand, order_id=asked.order_id)
    one = parcels.filter(id=asked.concern_id) if asked.kind == CHECK else parcels.order_by("-delivered_at")
    return one.values_list("carrier", flat=True).first() or ""
