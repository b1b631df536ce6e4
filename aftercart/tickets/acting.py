"""What people do to tickets. Each act is kept, names a message of the ticket, and can be taken back for good.

Their ids have the machine's time: where the brand's clock stands still, that tells which of two acts was first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.orders.models import Parcel
from aftercart.plumbing import clock, ids
from aftercart.tickets.models import Act, Message, Ticket
from aftercart.tickets.services import current, fold_again
from aftercart.tickets.undoing import Setting, tags_without, values_without
from aftercart.tickets.writing import wake

TAG_LENGTH = 40


class NotPossible(ValueError):
    """What was asked for cannot be done to this ticket: which field, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever acts, at a brand. `id`: of the user; None: the system."""

    brand: Brand
    id: int | None


@transaction.atomic
def resolve(who: Who, ticket_id: UUID, now: datetime) -> Act:
    """Nothing is left to do. What the customer writes after it opens the ticket again, thanks excepted."""
    ticket = _unresolved(current(who.brand, ticket_id))
    return _folded(who, Act.RESOLVE, ticket, now)


@transaction.atomic
def reopen(who: Who, ticket_id: UUID, now: datetime) -> Act:
    ticket = current(who.brand, ticket_id)
    if ticket.state != Ticket.RESOLVED:
        raise NotPossible("ticket", "it is open")
    return _folded(who, Act.REOPEN, ticket, now)


@transaction.atomic
def relabel(
    who: Who,
    ticket_id: UUID,
    now: datetime,
    *,
    cause: str = "",
    order_id: UUID | None = None,
    return_id: UUID | None = None,
) -> Act:
    """Say what it is about; what is written later is placed by that. What is not given stays."""
    if not (cause or order_id or return_id):
        raise NotPossible("cause", "nothing is said")
    detail = {"cause": cause, "order": str(order_id or ""), "return": str(return_id or "")}
    return _folded(who, Act.RELABEL, current(who.brand, ticket_id), now, detail=detail)


@transaction.atomic
def merge(who: Who, ticket_id: UUID, other_id: UUID, now: datetime) -> Act:
    """`other` becomes part of the ticket: they are one problem."""
    ticket, other = current(who.brand, ticket_id), current(who.brand, other_id)
    if ticket.id == other.id:
        raise NotPossible("other", "a ticket cannot be merged with itself")
    there = _message_of(other)
    parties = [ticket.customer_id, other.customer_id]
    detail = {"other": str(other.id), "number": other.number}
    return _folded(who, Act.MERGE, ticket, now, other=there, parties=parties, detail=detail)


@transaction.atomic
def split(
    who: Who, ticket_id: UUID, messages: Iterable[UUID], now: datetime, *, cause: str = "", order_id: UUID | None = None
) -> Act:
    """These messages are another problem: a ticket of their own."""
    ticket, named = current(who.brand, ticket_id), set(messages)
    there = set(Message.objects.filter(brand=who.brand, ticket_id=ticket.id).values_list("id", flat=True))
    if not named or not named <= there:
        raise NotPossible("messages", "choose at least one, all of this ticket")
    if named == there:
        raise NotPossible("messages", "at least one has to stay")
    stays = min(there - named, key=ids.as_number)
    detail = {"messages": sorted(map(str, named)), "cause": cause, "order": str(order_id or "")}
    return _folded(who, Act.SPLIT, ticket, now, about=stays, detail=detail)


@transaction.atomic
def undo(who: Who, act_id: UUID, now: datetime) -> Act:
    """As if it had never been done."""
    act = Act.objects.select_for_update().filter(brand=who.brand, id=act_id).first()
    if act is None:
        raise NotPossible("act", "it is not known")
    if act.undone_at is not None:
        raise NotPossible("act", "it is undone already")
    act.undone_at, act.undone_by = now, who.id
    act.save(update_fields=["undone_at", "undone_by"])
    if act.kind in Act.FOLDED:
        fold_again(who.brand, act.parties, now)
    else:
        ticket = _held(who, _of_message(who.brand, act.about).id)
        _set(who, ticket, _without(ticket, act))
    return act


@transaction.atomic
def assign(who: Who, ticket_id: UUID, user_id: int | None, now: datetime) -> Act:
    """None: to nobody."""
    return _direct(who, Act.ASSIGN, _held(who, ticket_id), now, assignee_id=user_id)


@transaction.atomic
def tag(who: Who, ticket_id: UUID, now: datetime, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Act:
    added, removed = ({_tag(one) for one in names} for names in (add, remove))
    ticket = _held(who, ticket_id)
    return _direct(who, Act.TAG, ticket, now, tags=sorted((set(ticket.tags) | added) - removed))


@transaction.atomic
def snooze(who: Who, ticket_id: UUID, now: datetime, *, until: datetime | None = None, on_scan: bool = False) -> Act:
    """Out of sight until a moment, or until the order's next scan; what the customer writes wakes it either way."""
    ticket = _unresolved(_held(who, ticket_id))
    if until is not None and until <= now:
        raise NotPossible("until", "it is past")
    if on_scan and ticket.order_id is None:
        raise NotPossible("on_scan", "no order is known of it")
    wakes_on = "scan" if on_scan else "reply"
    return _direct(who, Act.SNOOZE, ticket, now, snoozed_until=until, wakes_on=wakes_on, state=Ticket.SNOOZED)


@transaction.atomic
def wake_up(who: Who, ticket_id: UUID, now: datetime) -> Act:
    """Back into sight."""
    ticket = _held(who, ticket_id)
    if ticket.state != Ticket.SNOOZED:
        raise NotPossible("ticket", "it is not snoozed")
    return _direct(who, Act.WAKE, ticket, now, snoozed_until=None, wakes_on="", state=_awake(ticket))


def wake_due(brand: Brand, now: datetime, *, limit: int = 500) -> int:
    """Wake what was snoozed until now."""
    due = Ticket.objects.filter(brand=brand, state=Ticket.SNOOZED, snoozed_until__lte=now).order_by("snoozed_until")
    return sum(_woken(brand, ticket_id, now) for ticket_id in due.values_list("id", flat=True)[:limit])


def wake_scanned(brand: Brand, parcel_ids: Collection[UUID], now: datetime) -> int:
    """Wake what waits for news of these parcels."""
    if not parcel_ids:
        return 0
    orders = Parcel.objects.filter(brand=brand, id__in=parcel_ids).values("order_id")
    due = Ticket.objects.filter(brand=brand, state=Ticket.SNOOZED, wakes_on="scan", order_id__in=orders)
    return sum(_woken(brand, ticket_id, now) for ticket_id in due.values_list("id", flat=True))


def _woken(brand: Brand, ticket_id: UUID, now: datetime) -> bool:
    try:
        wake_up(Who(brand, None), ticket_id, now)
    except NotPossible:
        return False
    return True


def history(brand: Brand, ticket: Ticket) -> list[Act]:
    """All that people did to it, undone or not, the oldest first."""
    messages = Message.objects.filter(brand=brand, ticket_id=ticket.id).values("id")
    return list(Act.objects.filter(brand=brand, about__in=messages).order_by("id"))


def _unresolved(ticket: Ticket) -> Ticket:
    if ticket.state == Ticket.RESOLVED:
        raise NotPossible("ticket", "it is resolved")
    return ticket


def _tag(name: str) -> str:
    tag = " ".join(name.replace("\0", " ").split()).lower()
    if not tag or len(tag) > TAG_LENGTH:
        raise NotPossible("tag", f"{name!r} is not 1 to {TAG_LENGTH} characters long")
    return tag


def _message_of(ticket: Ticket) -> UUID:
    """By which its acts name it: the first that is in it."""
    first = Message.objects.filter(brand_id=ticket.brand_id, ticket_id=ticket.id).order_by("at", "id").first()
    if first is None:
        raise NotPossible("ticket", "it has no messages")
    return first.id


def _of_message(brand: Brand, message_id: UUID) -> Ticket:
    return current(brand, Message.objects.get(brand=brand, id=message_id).ticket_id)


def _folded(
    who: Who, kind: str, ticket: Ticket, now: datetime, *, about: UUID | None = None, other: UUID | None = None,
    parties: Sequence[UUID] = (), detail: dict[str, Any] | None = None,
) -> Act:  # fmt: skip
    act = Act.objects.create(
        id=ids.new(), brand=who.brand, kind=kind, at=now, by_id=who.id, about=about or _message_of(ticket),
        other=other, parties=list(parties) or [ticket.customer_id], detail=detail or {},
    )  # fmt: skip
    fold_again(who.brand, act.parties, now)
    return act


def _held(who: Who, ticket_id: UUID) -> Ticket:
    """The ticket as it stands; until the commit neither a colleague nor a message changes it."""
    ticket = Ticket.objects.select_for_update().get(id=current(who.brand, ticket_id).id)
    return _held(who, ticket.became_id) if ticket.became_id else ticket


def _awake(ticket: Ticket) -> str:
    return Ticket.OPEN if ticket.waiting_since else Ticket.WAITING


def _direct(who: Who, kind: str, ticket: Ticket, now: datetime, **values: Any) -> Act:
    """Set what no fold decides; what it was before is kept with the act."""
    before = {name: _plain(getattr(ticket, name)) for name in values}
    act = Act.objects.create(
        id=ids.new(), brand=who.brand, kind=kind, at=now, by_id=who.id, about=_message_of(ticket),
        parties=[ticket.customer_id],
        detail={"before": before, "after": {name: _plain(value) for name, value in values.items()}},
    )  # fmt: skip
    _set(who, ticket, values)
    return act


def _set(who: Who, ticket: Ticket, values: dict[str, Any]) -> None:
    Ticket.objects.filter(brand=who.brand, id=ticket.id).update(**values, changed_at=clock.machine())
    wake(who.brand.id, [ticket])


def _without(ticket: Ticket, act: Act) -> dict[str, Any]:
    """What to set for the act never to have been done."""
    if act.kind == Act.TAG:
        return {"tags": tags_without(ticket.tags, _setting(act))}
    kinds = [Act.ASSIGN] if act.kind == Act.ASSIGN else [Act.SNOOZE, Act.WAKE]
    if act.kind != Act.ASSIGN and _is_over(ticket, act):
        return {}
    names = ["assignee_id"] if act.kind == Act.ASSIGN else ["snoozed_until", "wakes_on"]
    messages = Message.objects.filter(brand_id=act.brand_id, ticket_id=ticket.id).values("id")
    earlier = Act.objects.filter(brand_id=act.brand_id, about__in=messages, kind__in=kinds, id__lt=act.id)
    now = {name: _plain(getattr(ticket, name)) for name in names}
    values = dict(values_without(now, _setting(act), map(_setting, earlier.order_by("-id"))) or {})
    if values and act.kind != Act.ASSIGN:
        values["state"] = Ticket.SNOOZED if any(values.values()) else _awake(ticket)
    return values


def _is_over(ticket: Ticket, act: Act) -> bool:
    """Whether it was resolved since, or somebody wrote: that ends a sleep however it began."""
    written = ticket.last_in_at is not None and ticket.last_in_at > act.at
    return ticket.state in (Ticket.RESOLVED, Ticket.GONE) or written


def _setting(act: Act) -> Setting:
    return Setting(act.detail["before"], act.detail["after"], act.undone_at is not None)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
