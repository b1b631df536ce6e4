"""Sending answers after those who have left the chat and said where to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils.html import escape

from aftercart.brands.models import Brand
from aftercart.chat.leaving import AWAY, unseen
from aftercart.chat.models import Conversation
from aftercart.chat.resuming import Line
from aftercart.connectors.sending import BY_PERSON, EMAIL, REPLY_TO
from aftercart.outbox import services as outbox
from aftercart.plumbing import bulk, ids
from aftercart.tickets import tokens
from aftercart.tickets.models import Message, Ticket
from aftercart.tickets.replying import REPLY

# How long answers are looked after: those of a night in which no worker ran are not forgotten.
MEMORY = timedelta(hours=24)

# By the time that leads their ids, so that no conversation is asked for whether it has any.
ANSWERS = """
SELECT c.id, m.customer_id, m.ticket_id, m.id, m.at, b.text FROM tickets_message m
JOIN tickets_body b ON b.id = m.id
JOIN chat_conversation c ON c.id = CASE WHEN b.thread ~ '^[0-9a-f]{32}$' THEN b.thread::uuid END
WHERE m.id BETWEEN %s AND %s AND b.id BETWEEN %s AND %s AND m.brand_id = %s AND c.brand_id = m.brand_id
    AND m.channel = 'chat' AND m.direction = 'out' AND c.email <> '' AND m.at > c.seen_at
    AND (c.mailed_until IS NULL OR m.at > c.mailed_until)
ORDER BY c.id, m.at, m.id LIMIT 500
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Line):
    customer_id: UUID
    ticket_id: UUID


@transaction.atomic
def mail_unseen(brand: Brand, now: datetime) -> int:
    """Owe a mail for what was answered and nobody has seen. How many mails."""
    span = [ids.floor(now - MEMORY), ids.floor(now + AWAY)]
    with bulk.cursor() as cursor:
        rows = cursor.execute(ANSWERS, [*span, *span, brand.id], binary=True).fetchall()
    owed = 0
    for conversation_id, group in groupby(rows, key=lambda row: row[0]):
        answers = [
            Answer(id, True, at, text, customer_id=customer, ticket_id=ticket)
            for _, customer, ticket, id, at, text in group
        ]
        owed += _mail(brand, conversation_id, answers, now)
    return owed


def _mail(brand: Brand, conversation_id: UUID, answers: list[Answer], now: datetime) -> bool:
    # Locked, and read again: they may be back, and another worker may be at it.
    row = Conversation.objects.select_for_update(skip_locked=True).filter(id=conversation_id, brand=brand).first()
    if row is None or not row.email:
        return False
    told = unseen(answers, seen_at=row.seen_at, mailed_until=row.mailed_until, now=now)
    if not told:
        return False
    outbox.owe(brand, _owed(brand, row, list(told)), at=now)
    row.mailed_until = told[-1].at
    row.save(update_fields=["mailed_until"])
    return True


def _owed(brand: Brand, row: Conversation, told: list[Answer]) -> outbox.Owed:
    last = told[-1]
    mailbox = parseaddr(brand.help_email or brand.from_email)[1]
    title = Ticket.objects.filter(brand=brand, id=last.ticket_id).values_list("title", flat=True).first() or brand.name
    paragraphs = [part for one in told for part in one.text.split("\n\n")]
    html = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    # What only machines wrote says so in its head, or another machine might answer it.
    by_person = Message.objects.filter(id__in=[one.id for one in told], author_id__isnull=False).exists()
    return outbox.Owed(
        channel=EMAIL, kind=REPLY, customer_id=last.customer_id, episode=last.id, address=row.email,
        subject=f"Re: {title}", text="\n\n".join(paragraphs), html=html, language=row.language or brand.language,
        purpose=outbox.ASKED,
        mail={REPLY_TO: tokens.address(mailbox, brand.id, last.id)} | ({BY_PERSON: "1"} if by_person else {}),
    )  # fmt: skip
