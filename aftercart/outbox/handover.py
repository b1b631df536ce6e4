"""Handing over what is owed. A row is taken by lease, marked `sending` in a commit of its own, and only then sent.

A sender that dies before that mark leaves the row due again; one that dies after it leaves a row that nobody can know
about: it is parked for a person, unless whoever took it knows a message that comes again. Consent is asked in the very
statement that makes the mark, so that no opt-out comes too late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from aftercart.brands.models import Brand
from aftercart.connectors.registry import PROVIDERS
from aftercart.connectors.sending import Channel, Message, SendError, Unknowable
from aftercart.facts import File
from aftercart.intake.sealed import SealError
from aftercart.outbox import lines
from aftercart.outbox.lines import Lines, Wait, Way
from aftercart.outbox.models import Line, Outgoing, OutgoingBody, OutgoingFile
from aftercart.outbox.rules import retry_after
from aftercart.plumbing import clock
from aftercart.plumbing.hours import Span, opens

OUT_OF_HOURS = timedelta(minutes=5)
OUTDATED = "It could not leave while it was sure to be true: what to say was decided again."
OPTED_OUT = "The customer asked for no such messages."
DIED = "The sender stopped while handing this over: it may or may not have arrived."
MARK = """
UPDATE outbox_outgoing o SET line_id = %s, state = CASE WHEN r.refused THEN 'cancelled' ELSE 'sending' END,
    reason = CASE WHEN r.refused THEN %s ELSE o.reason END, lease_until = CASE WHEN r.refused THEN NULL ELSE %s END
FROM (SELECT o.id, {refused} AS refused FROM outbox_outgoing o WHERE o.id = %s) r
WHERE o.id = r.id AND o.state = 'due' AND o.attempts = %s AND o.due_at = %s RETURNING o.state
"""


@dataclass(frozen=True, slots=True)
class Consents:
    """What a later stage knows of what people want to hear.

    `refused`: an SQL condition over an outgoing row `o`. `stop`: the address at which a customer, who holds an address
    of that hash, ends messages of a channel and purpose with one click; '' where there is nothing to end.
    """

    refused: str = "false"
    stop: Callable[[Brand, UUID, str, str, str], str] = lambda brand, customer, hashed, channel, purpose: ""


DecideAgain = Callable[[Outgoing, datetime], None]


@dataclass(slots=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    retried: int = 0
    parked: int = 0
    cancelled: int = 0
    void: int = 0

    @property
    def idle(self) -> bool:
        return not (self.sent or self.retried or self.parked or self.cancelled or self.void)


def drain(
    channels: Mapping[str, Channel],
    *,
    limit: int = 50,
    now: datetime | None = None,
    consents: Consents = Consents(),
    decide_again: DecideAgain | None = None,
) -> Sent:
    """Send what is due, at most `limit` messages. `now` is the brand's time to write on them, if it is driven.

    `channels`: what brands without lines of their own speak through. `decide_again`: what a later stage does about a
    message that has become void, in the transaction in which it does.
    """
    done = Sent(parked=give_up_abandoned())
    ways = Lines(channels)
    for row in _take(limit):
        if decide_again and _outdated(row, now):
            done.void += _void(row, now, decide_again)
            continue
        way = _closed(row, now) or ways.choose(row.brand_id, row.channel, row.purpose)
        if isinstance(way, Wait):
            _put_back(row, way)
            continue
        match _mark_sending(row, way, consents):
            case Outgoing.SENDING:
                _hand_over(row, way, consents, done, now)
            case Outgoing.CANCELLED:
                done.cancelled += 1
    return done


def give_up_abandoned() -> int:
    """Rows whose sender died in the act: taken by the outside or not, nobody can know. A person decides; how many.

    Where it was handed to somebody who recognises a message, it is simply handed over again.
    """
    abandoned = Outgoing.objects.filter(state=Outgoing.SENDING, lease_until__lt=clock.machine())
    if not abandoned.exists():
        return 0
    knowing = [name for name, provider in PROVIDERS.items() if provider.REPEATABLE]
    again = Line.objects.filter(provider__in=knowing).values("id")
    abandoned.filter(line_id__in=again).update(state=Outgoing.DUE, lease_until=None, due_at=clock.machine())
    return abandoned.update(state=Outgoing.PARKED, lease_until=None, reason=DIED)


def _take(limit: int) -> Iterable[Outgoing]:
    """Lease due rows by pushing their due time ahead, in one statement; nobody else takes them before that."""
    now = clock.machine()
    with connection.cursor() as cursor:
        cursor.execute(
            # Materialized: else the planner may look the limited rows up again for each one, and take more of them.
            "WITH due AS MATERIALIZED (SELECT id FROM outbox_outgoing WHERE state = 'due' AND due_at <= %s"
            " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)"
            " UPDATE outbox_outgoing o SET due_at = %s, attempts = attempts + 1 FROM due WHERE o.id = due.id"
            " RETURNING o.id",
            [now, limit, now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)],
        )
        taken = [row_id for (row_id,) in cursor.fetchall()]
    return Outgoing.objects.select_related("brand").filter(id__in=taken).order_by("created_at", "id")


def _outdated(row: Outgoing, now: datetime | None) -> bool:
    """Whether it waited too long, or into hours in which it may not leave, and has certainly not left."""
    if row.true_until is None:
        return False
    at = now or clock.business(row.brand)
    if at <= row.true_until and opens(at, map(Span.read, row.hours)) == at:
        return False
    if row.line_id is None:
        return True
    # Whoever knows a message that comes again may have it already: there it is the same one or none.
    line = Line.objects.filter(id=row.line_id).first()
    return line is not None and not PROVIDERS[line.provider].REPEATABLE


def _void(row: Outgoing, now: datetime | None, decide_again: DecideAgain) -> int:
    """It ends and is decided again in one transaction, if the row is still as we took it."""
    at = now or clock.business(row.brand)
    with transaction.atomic():
        taken = Outgoing.objects.filter(id=row.id, state=Outgoing.DUE, attempts=row.attempts, due_at=row.due_at).update(
            state=Outgoing.VOID, reason=OUTDATED, attempts=row.attempts - 1
        )
        if taken:
            decide_again(row, at)
    return taken


def _closed(row: Outgoing, now: datetime | None) -> Wait | None:
    """What was not taken in its hours is not sent out of them. Brands' time may be driven: looked at now and then."""
    at = now or clock.business(row.brand)
    opening = opens(at, map(Span.read, row.hours))
    if opening == at:
        return None
    wait = min(opening - at, OUT_OF_HOURS) if opening else OUT_OF_HOURS
    return Wait(clock.machine() + wait, "It waits for the hours in which it may be sent.")


def _put_back(row: Outgoing, wait: Wait) -> None:
    """As if it had not been taken: to wait is no attempt."""
    Outgoing.objects.filter(id=row.id, state=Outgoing.DUE, attempts=row.attempts, due_at=row.due_at).update(
        attempts=row.attempts - 1, due_at=wait.until, reason=wait.reason[:300]
    )


def _mark_sending(row: Outgoing, way: Way, consents: Consents) -> str:
    """In a commit of its own, if the row is still as we took it: not cancelled, not taken over after our lease."""
    lease = clock.machine() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    line: UUID | None = way.line.id if way.line else None
    with connection.cursor() as cursor:
        cursor.execute(
            MARK.format(refused=consents.refused), [line, OPTED_OUT, lease, row.id, row.attempts, row.due_at]
        )
        found = cursor.fetchone()
    return found[0] if found else ""


def _hand_over(row: Outgoing, way: Way, consents: Consents, done: Sent, now: datetime | None) -> None:
    try:
        given = way.channel(_message(row, consents))
    except Unknowable as error:
        if way.line:
            lines.failed(way.line, SendError(str(error), permanent=False))
        done.parked += _settle(row, state=Outgoing.PARKED, reason=lines.clean(way.line, str(error)))
    except SendError as error:
        _not_taken(row, way.line, error, done)
    else:
        if way.line:
            lines.worked(way.line)
        at = now or clock.business(row.brand)
        done.sent += _settle(row, state=Outgoing.SENT, reason="", sent_at=at, provider_id=given[:200])


def _message(row: Outgoing, consents: Consents) -> Message:
    body = OutgoingBody.objects.get(id=row.id)
    return Message(
        key=row.message_id,
        reference=row.id.hex,
        kind=row.kind,
        sender=row.brand.from_email,
        to=body.address,
        subject=body.subject,
        text=body.text,
        html=body.html,
        language=body.language,
        about=body.about,
        template=body.template,
        variables=tuple(body.variables),
        task=body.task,
        mail=body.mail,
        files=_files(row) if body.mail else (),
        stop=consents.stop(row.brand, row.customer_id, row.address_hash, row.channel, row.purpose),
    )


def _files(row: Outgoing) -> tuple[File, ...]:
    found = OutgoingFile.objects.filter(brand=row.brand, outgoing_id=row.id).order_by("position")
    try:
        return tuple(File(name=one.name, type=one.type, content=one.plain) for one in found)
    except SealError as error:
        raise SendError(f"a file of it cannot be opened: {error}", permanent=True) from None


def _not_taken(row: Outgoing, line: Line | None, error: SendError, done: Sent) -> None:
    reason = lines.clean(line, str(error))
    closed = None
    if line and error.of_line:
        closed = lines.failed(line, error)
    elif line:
        lines.worked(line)
    wait = None if error.permanent else retry_after(row.attempts)
    if wait is None:
        done.parked += _settle(row, state=Outgoing.PARKED, reason=reason)
        return
    # Where the line is closed now, whoever takes the row next finds it another, or the time to wait for.
    due = clock.machine() + (timedelta(0) if closed else max(wait, error.wait or wait))
    done.retried += _settle(row, state=Outgoing.DUE, reason=reason, due_at=due)


def _settle(row: Outgoing, **outcome: object) -> int:
    """Write down how it ended, unless somebody else has taken the row over. Parked meanwhile for us: known now."""
    return Outgoing.objects.filter(
        id=row.id, attempts=row.attempts, state__in=[Outgoing.SENDING, Outgoing.PARKED]
    ).update(lease_until=None, **outcome)
