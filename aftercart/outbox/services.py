"""What is owed, and what people decide about it. How it is handed over is in handover.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.facts import File
from aftercart.intake.sealed import sealed
from aftercart.outbox import lines
from aftercart.outbox.models import Outgoing, OutgoingBody, OutgoingFile, Reach
from aftercart.plumbing import clock, ids
from aftercart.plumbing.addresses import address_hash
from aftercart.plumbing.hours import Span

# What people asked for themselves; nobody can have refused it.
ASKED = "asked"
# What there is one message for, at each brand.
KEY = ("customer_id", "kind", "episode")
# What is about a customer, and no order of theirs.
HOLD, GESTURE = lines.HOLD, lines.GESTURE
# What somebody is to do about an order: a system of the brand's own, or its people.
TASK, OF_TEAM = lines.TASK, "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that is owed once for each (brand, customer, kind, episode). `purpose`: what a consent is about."""

    channel: str
    kind: str
    customer_id: UUID
    episode: UUID
    address: str
    subject: str
    text: str
    html: str
    language: str
    purpose: str = "service"
    hours: tuple[Span, ...] = ()  # in which it may leave, however often it is tried
    about: Mapping[str, str] = field(default_factory=dict)  # what it says as facts: connectors.sending.Message
    template: str = ""  # the provider's name of an approved text that is sent in place of this one
    variables: tuple[str, ...] = ()  # what fills it
    not_before: datetime | None = None  # machine time; None: it may leave at once
    true_until: datetime | None = None  # what it says is decided again after that; None: it holds however late
    task: Mapping[str, object] = field(default_factory=dict)  # what a system is to do
    mail: Mapping[str, str] = field(default_factory=dict)  # what only mail has: connectors.sending.Message
    files: tuple[File, ...] = ()


def owe(brand: Brand, owed: Owed, *, at: datetime) -> UUID:
    """Write the message down as owed, inside the caller's transaction; the id of the one row there is for it."""
    return owe_all(brand, [owed], at=at)[0]


@transaction.atomic
def owe_all(brand: Brand, messages: Sequence[Owed], *, at: datetime) -> list[UUID]:
    """Write each of them down as owed. The id of the one row there is for each, in the same order."""
    known = Outgoing.objects.filter(brand=brand, episode__in={owed.episode for owed in messages})
    # In the place of one that did not leave: its tries count, or what nobody takes would be tried for ever.
    void = known.filter(state=Outgoing.VOID).order_by("attempts")
    tried = {tuple(key): attempts for attempts, *key in void.values_list("attempts", *KEY)}
    rows = [_row(brand, owed, at, tried.get((owed.customer_id, owed.kind, owed.episode), 0)) for owed in messages]
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True)
    there = {tuple(key): id_ for id_, *key in known.exclude(state=Outgoing.VOID).values_list("id", *KEY)}
    found = [there[row.customer_id, row.kind, row.episode] for row in rows]
    new = [
        (row, owed) for row, owed, id_ in zip(rows, messages, found, strict=True) if row.id == id_
    ]  # not owed before
    OutgoingBody.objects.bulk_create([_body(brand, row, owed) for row, owed in new])
    OutgoingFile.objects.bulk_create([file for row, owed in new for file in _files(brand, row, owed)])
    return found


def _row(brand: Brand, owed: Owed, at: datetime, attempts: int) -> Outgoing:
    return Outgoing(
        id=ids.new(at),
        brand=brand,
        customer_id=owed.customer_id,
        kind=owed.kind,
        episode=owed.episode,
        channel=owed.channel,
        created_at=at,
        due_at=owed.not_before or clock.machine(),
        attempts=attempts,
        true_until=owed.true_until,
        message_id=_message_id(brand, owed),
        purpose=owed.purpose,
        hours=[span.plain for span in owed.hours],
        address_hash=address_hash(brand.id, owed.address) if owed.address else "",
    )


def _body(brand: Brand, row: Outgoing, owed: Owed) -> OutgoingBody:
    return OutgoingBody(
        id=row.id,
        brand=brand,
        person_id=owed.customer_id,
        address=owed.address,
        subject=owed.subject[:300],
        text=owed.text,
        html=owed.html,
        language=owed.language,
        about=dict(owed.about),
        template=owed.template,
        variables=list(owed.variables),
        task=dict(owed.task),
        mail=dict(owed.mail),
    )


def _files(brand: Brand, row: Outgoing, owed: Owed) -> list[OutgoingFile]:
    return [
        OutgoingFile(
            brand=brand,
            outgoing_id=row.id,
            position=place,
            name=file.name[:255],
            type=file.type,
            content=sealed(brand.id, file.content),
            sealed=True,
        )
        for place, file in enumerate(owed.files)
    ]


def _message_id(brand: Brand, owed: Owed) -> str:
    key = ids.mirrored(brand.id, owed.customer_id, owed.kind, owed.episode)
    domain = brand.from_email.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{key}@{domain}>"


@transaction.atomic
def overtake(brand: Brand, customer_id: UUID, kind: str, reason: str) -> datetime | None:
    """What this customer was to be told under this name is not sent any more, nor tried again.

    None; or, where it is being handed over just now, until when that may last (machine time).
    """
    rows = Outgoing.objects.select_for_update().filter(
        brand=brand, customer_id=customer_id, kind=kind, state__in=[Outgoing.DUE, Outgoing.SENDING, Outgoing.PARKED]
    )
    leases = list(rows.order_by("id").values_list("lease_until", flat=True))
    # Whoever is handing it over puts back only what is still theirs.
    rows.update(state=Outgoing.CANCELLED, reason=reason, lease_until=None)
    return max(filter(None, leases), default=None)


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
            state=state, reason=reason[:300], due_at=clock.machine(), lease_until=None, true_until=None
        )
        if changed:
            audit(brand, actor=by, action=action, subject=str(outgoing_id), detail={"reason": reason})
    return bool(changed)


def unreachable(brand: Brand, addresses: Iterable[str], *, channel: str | None = None) -> set[str]:
    """Those of these addresses to which writing is in vain: what was sent came back for good, or was called unwanted.

    Not those at which something has arrived since. Without a `channel`: whichever it was sent through.
    """
    hashes: dict[str, list[str]] = {}
    for address in addresses:
        if address:
            hashes.setdefault(address_hash(brand.id, address), []).append(address)
    rows = Reach.objects.filter(brand=brand, address_hash__in=hashes, failed_at__isnull=False)
    if channel is not None:
        rows = rows.filter(channel=channel)
    gone = rows.filter(Q(delivered_at=None) | Q(delivered_at__lte=F("failed_at")))
    return {address for hashed in gone.values_list("address_hash", flat=True) for address in hashes[hashed]}


def backlog() -> dict[str, int]:
    """How many rows are in each state, over all brands."""
    return dict(Outgoing.objects.values_list("state").annotate(Count("id")).order_by())
