"""Owing and settling. A row is taken by lease, marked `sending` in a commit of its own, and only then handed over.

A sender that dies before that mark leaves the row due again; one that dies after it leaves a row that nobody can know
about, and the row is parked for a person. So nothing is sent twice and nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.connectors.sending import Channel, Message, SendError, Unknowable
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outbox.rules import retry_after
from aftercart.plumbing import clock, ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that is owed once for each (brand, customer, kind, episode)."""

    channel: str
    kind: str
    customer_id: UUID
    episode: UUID
    address: str
    subject: str
    text: str
    html: str
    language: str


def owe(brand: Brand, owed: Owed, *, at: datetime) -> UUID:
    """Write the message down as owed, inside the caller's transaction; the id of the one row there is for it."""
    message_id = _message_id(brand, owed)
    row, created = Outgoing.objects.get_or_create(
        brand=brand,
        customer_id=owed.customer_id,
        kind=owed.kind,
        episode=owed.episode,
        defaults={
            "id": ids.new(at),
            "channel": owed.channel,
            "created_at": at,
            "due_at": clock.machine(),
            "message_id": message_id,
        },
    )
    if created:
        OutgoingBody.objects.create(
            id=row.id,
            brand=brand,
            person_id=owed.customer_id,
            address=owed.address,
            subject=owed.subject[:300],
            text=owed.text,
            html=owed.html,
            language=owed.language,
        )
    return row.id


def _message_id(brand: Brand, owed: Owed) -> str:
    key = ids.mirrored(brand.id, owed.customer_id, owed.kind, owed.episode)
    domain = brand.from_email.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{key}@{domain}>"


def cancel(brand: Brand, outgoing_id: UUID, reason: str, by: str) -> bool:
    """Never send a due or parked message. False if it was sent or is being sent."""
    return _by_hand(brand, outgoing_id, by, "outbox.cancel", Outgoing.CANCELLED, reason)


def release(brand: Brand, outgoing_id: UUID, by: str) -> bool:
    """Send a parked message after all: somebody has made sure that it did not arrive."""
    return _by_hand(brand, outgoing_id, by, "outbox.release", Outgoing.DUE, "")


def _by_hand(brand: Brand, outgoing_id: UUID, by: str, action: str, state: str, reason: str) -> bool:
    allowed = [Outgoing.PARKED] if state == Outgoing.DUE else [Outgoing.PARKED, Outgoing.DUE]
    with transaction.atomic():
        changed = Outgoing.objects.filter(brand=brand, id=outgoing_id, state__in=allowed).update(
            state=state, reason=reason[:300], due_at=clock.machine(), lease_until=None
        )
        if changed:
            audit(brand, actor=by, action=action, subject=str(outgoing_id), detail={"reason": reason})
    return bool(changed)


@dataclass(slots=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    retried: int = 0
    parked: int = 0

    @property
    def idle(self) -> bool:
        return not (self.sent or self.retried or self.parked)


def drain(channels: Mapping[str, Channel], *, limit: int = 50, now: datetime | None = None) -> Sent:
    """Send what is due, at most `limit` messages. `now` is the brand's time to write on them, if it is driven."""
    done = Sent(parked=park_abandoned())
    for row in _take(limit):
        if _mark_sending(row):
            _hand_over(row, channels, done, now)
    return done


def park_abandoned() -> int:
    """Rows whose sender died in the act: taken by the outside or not, nobody can know. A person decides."""
    return Outgoing.objects.filter(state=Outgoing.SENDING, lease_until__lt=clock.machine()).update(
        state=Outgoing.PARKED,
        lease_until=None,
        reason="The sender stopped while handing this over: it may or may not have arrived.",
    )


def _take(limit: int) -> Iterable[Outgoing]:
    """Lease due rows by pushing their due time ahead, in one statement; nobody else takes them before that."""
    now = clock.machine()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_outgoing SET due_at = %s, attempts = attempts + 1 WHERE id IN ("
            " SELECT id FROM outbox_outgoing WHERE state = 'due' AND due_at <= %s ORDER BY due_at LIMIT %s"
            " FOR UPDATE SKIP LOCKED) RETURNING id",
            [now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS), now, limit],
        )
        taken = [row_id for (row_id,) in cursor.fetchall()]
    return Outgoing.objects.select_related("brand").filter(id__in=taken).order_by("created_at", "id")


def _mark_sending(row: Outgoing) -> bool:
    """In a commit of its own, if the row is still as we took it: not cancelled, not taken over after our lease."""
    lease = clock.machine() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    return bool(
        Outgoing.objects.filter(id=row.id, state=Outgoing.DUE, attempts=row.attempts, due_at=row.due_at).update(
            state=Outgoing.SENDING, lease_until=lease
        )
    )


def _hand_over(row: Outgoing, channels: Mapping[str, Channel], done: Sent, now: datetime | None) -> None:
    body = OutgoingBody.objects.get(id=row.id)
    message = Message(
        key=row.message_id,
        sender=row.brand.from_email,
        to=body.address,
        subject=body.subject,
        text=body.text,
        html=body.html,
        language=body.language,
    )
    try:
        channels[row.channel](message)
    except Unknowable as error:
        done.parked += _settle(row, state=Outgoing.PARKED, reason=str(error)[:300])
    except SendError as error:
        wait = None if error.permanent else retry_after(row.attempts)
        if wait is None:
            done.parked += _settle(row, state=Outgoing.PARKED, reason=str(error)[:300])
        else:
            due = clock.machine() + wait
            done.retried += _settle(row, state=Outgoing.DUE, reason=str(error)[:300], due_at=due)
    else:
        at = now or clock.business(row.brand)
        done.sent += _settle(row, state=Outgoing.SENT, reason="", sent_at=at)


def _settle(row: Outgoing, **outcome: object) -> int:
    """Write down how it ended, unless somebody else has taken the row over. Parked meanwhile for us: known now."""
    return Outgoing.objects.filter(
        id=row.id, attempts=row.attempts, state__in=[Outgoing.SENDING, Outgoing.PARKED]
    ).update(lease_until=None, **outcome)


def backlog() -> dict[str, int]:
    """How many rows are in each state, over all brands."""
    return dict(Outgoing.objects.values_list("state").annotate(Count("id")).order_by())
