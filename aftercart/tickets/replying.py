"""Our side of a ticket: answers, which leave by the customer's channel, and notes, which stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils.html import escape

from aftercart.brands.models import Brand
from aftercart.connectors.sending import ANSWERS, BY_PERSON, EMAIL, REPLY_TO, SMS, WHATSAPP
from aftercart.facts import File
from aftercart.outbox import services as outbox
from aftercart.outbox.answering import ANSWER
from aftercart.outbox.models import Outgoing
from aftercart.plumbing import ids
from aftercart.tickets import tokens
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.circles import locked
from aftercart.tickets.models import Body, Message, Ticket
from aftercart.tickets.services import current, place
from aftercart.tickets.storing import Arrival, anchor, key

REPLY = "reply"
CHAT, FORM, VOICE = "chat", "form", "voice"
# Through what an answer goes to what came otherwise.
BY = {EMAIL: EMAIL, FORM: EMAIL, SMS: SMS, WHATSAPP: WHATSAPP, CHAT: CHAT}
LONGEST = 100_000
MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Way:
    """By which channel, and to what, an answer goes. `why_not`: why it cannot."""

    channel: str
    address: str = ""
    why_not: str = ""


class Said(Protocol):
    """A message of a ticket, as far as it says how to answer it."""

    @property
    def direction(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def public(self) -> bool: ...
    @property
    def sender(self) -> str | None: ...


@transaction.atomic
def reply(
    who: Who,
    ticket_id: UUID,
    text: str,
    now: datetime,
    *,
    seen: UUID | None = None,
    channel: str = "",
    asks: bool = False,
    files: Sequence[File] = (),
    language: str = "",
    automatic: bool = False,
) -> Message:
    """Answer the customer. `seen`: the last message that whoever answers has seen; NotPossible if there are newer ones.

    `channel`: '' for that of their last message. `asks`: they are to answer, and their answer is no repeat.
    `language`: of the text, where it is not theirs. `automatic`: a machine answers, once at most each message.
    """
    ticket, words = _written(who, ticket_id, text)
    # Two who answer at once are one after the other, and so is what the customer writes just now.
    locked(who.brand.id, [ticket.customer_id])
    ticket = current(who.brand, ticket.id)
    messages = _messages(ticket)
    _guard(messages, seen)
    about, way = _chosen(messages, channel)
    if way.why_not:
        raise NotPossible("channel", way.why_not)
    outgoing_id = None
    if way.channel != CHAT:
        owed = _owed(who.brand, ticket, about, way, words, tuple(files), now)
        owed = replace(owed, language=language) if language else owed
        owed = _by_machine(owed, about) if automatic else owed
        outgoing_id = outbox.owe(who.brand, owed, at=now)
    return _kept(who, ticket, about, words, now, way=way, asks=asks, files=tuple(files), outgoing_id=outgoing_id)


@transaction.atomic
def note(who: Who, ticket_id: UUID, text: str, now: datetime, *, files: Sequence[File] = ()) -> Message:
    """For those who work on it; no customer ever reads it."""
    ticket, words = _written(who, ticket_id, text)
    return _kept(who, ticket, _messages(ticket)[-1], words, now, files=tuple(files))


def ways(said: Iterable[Said]) -> list[Way]:
    """How an answer to these messages, in their order, can go: the way of the customer's last one first."""
    found: dict[str, Way] = {}
    for one in reversed(list(said)):
        if one.direction == Message.IN:
            found.setdefault(_channel(one.channel, one.public), _way(one.channel, one.public, one.sender or ""))
    return list(found.values())


def way_of(ticket: Ticket) -> Way:
    """How an answer goes that nobody chooses the way of: that of the customer's last message."""
    return _chosen(_messages(ticket), "")[1]


def _written(who: Who, ticket_id: UUID, text: str) -> tuple[Ticket, str]:
    words = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        raise NotPossible("text", "nothing is written")
    if len(words) > LONGEST:
        raise NotPossible("text", f"is longer than {LONGEST} characters")
    return current(who.brand, ticket_id), words


def _messages(ticket: Ticket) -> list[Message]:
    found = list(Message.objects.filter(brand_id=ticket.brand_id, ticket_id=ticket.id).order_by("at", "id"))
    if not found:
        raise NotPossible("ticket", "it has no messages")
    return found


def _guard(messages: Sequence[Message], seen: UUID | None) -> None:
    """Nobody answers what they have not read."""
    known = [message.id for message in messages]
    if seen is None or seen not in known:
        return
    for newer in messages[known.index(seen) + 1 :]:
        if newer.direction == Message.IN:
            raise NotPossible("seen", "the customer has written meanwhile")
        if newer.direction == Message.OUT:
            raise NotPossible("seen", "somebody has answered meanwhile")


def _chosen(messages: Sequence[Message], channel: str) -> tuple[Message, Way]:
    """The last message that came by this channel, or by any, and how an answer to it goes."""
    heard = (one for one in reversed(messages) if one.direction == Message.IN)
    chosen = next((one for one in heard if not channel or _channel(one.channel, one.public) == channel), None)
    if chosen is None:
        raise NotPossible(
            "channel", f"they have not written by {channel}" if channel else "they have not written to us"
        )
    sender = Body.objects.values_list("sender", flat=True).get(id=chosen.id)
    return chosen, _way(chosen.channel, chosen.public, sender)


def _channel(channel: str, public: bool) -> str:
    """By which channel what came by this one is answered."""
    return channel if public else BY.get(channel, channel)


def _way(channel: str, public: bool, sender: str) -> Way:
    if public:
        return Way(channel, why_not="everybody would read it: answer where only they do")
    by = BY.get(channel)
    if by is None:
        return Way(channel, why_not=f"nothing can be sent by {channel}")
    if by != CHAT and not sender:
        return Way(by, why_not="their address is not known")
    return Way(by, sender)


def _owed(
    brand: Brand, ticket: Ticket, about: Message, way: Way, words: str, files: tuple[File, ...], now: datetime
) -> outbox.Owed:
    body = Body.objects.get(id=about.id)
    subject = body.subject or ticket.title
    mailbox = parseaddr(brand.help_email or brand.from_email)[1]
    answered = [str(one) for one in [*body.reading.get("references", ()), body.reading.get("message_id", "")] if one]
    mail = {REPLY_TO: tokens.address(mailbox, brand.id, about.id), BY_PERSON: "1"}
    if answered:
        mail[ANSWERS] = " ".join(f"<{one}>" for one in answered[-10:])
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in words.split("\n\n"))
    return outbox.Owed(
        channel=way.channel, kind=REPLY, customer_id=about.customer_id, episode=ids.new(now), address=way.address,
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}", text=words, html=paragraphs,
        language=ticket.language or brand.language, purpose=outbox.ASKED, mail=mail if way.channel == EMAIL else {},
        files=files,
    )  # fmt: skip


def _by_machine(owed: outbox.Owed, about: Message) -> outbox.Owed:
    """Mail says so in its head, for other machines; and there is one such answer to a message, whoever owes it."""
    mail = {name: said for name, said in owed.mail.items() if name != BY_PERSON}
    return replace(owed, kind=ANSWER, episode=about.id, mail=mail)


def _kept(
    who: Who, ticket: Ticket, about: Message, words: str, now: datetime, *, way: Way | None = None, asks: bool = False,
    files: tuple[File, ...] = (), outgoing_id: UUID | None = None,
) -> Message:  # fmt: skip
    """Our own message, in the ticket of the one that it is about."""
    thread = Body.objects.filter(id=about.id).values_list("thread", flat=True).first() or ""
    # It follows what it is about, even where it is said in the same instant.
    at = now + MOMENT if now == about.at else now
    arrival = Arrival(
        brand_id=who.brand.id, source="aftercart", known_by=str(ids.new(now)), customer_id=about.customer_id,
        direction=Message.OUT if way else Message.NOTE, channel=way.channel if way else about.channel, at=at,
        known_at=now, text=words, answers=(anchor(who.brand.id, about.id),), asks=asks, files=files, author_id=who.id,
        outgoing_id=outgoing_id, thread=thread, keys=_sent_as(who.brand, outgoing_id),
        sent_to=(way.address,) if way and way.address else (),
    )  # fmt: skip
    place(who.brand, [arrival], now)
    return Message.objects.get(id=arrival.id)


def _sent_as(brand: Brand, outgoing_id: UUID | None) -> tuple[UUID, ...]:
    """By what an answer names our mail."""
    if outgoing_id is None:
        return ()
    named = Outgoing.objects.values_list("message_id", flat=True).get(id=outgoing_id)
    return (key(brand.id, EMAIL, named.strip("<>")),)
