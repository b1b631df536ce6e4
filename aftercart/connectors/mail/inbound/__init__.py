"""Reading mail: bytes in, a typed message out. Pure; reads whatever there is and never raises.

mail = read(content, authserv_id="mx.shop.example", ours={"help@shop.example"})
mail.reply, mail.quoted, mail.kind, mail.attachments
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from datetime import datetime

from aftercart.connectors.mail.inbound.classes import class_of
from aftercart.connectors.mail.inbound.folding import folded
from aftercart.connectors.mail.inbound.headers import Head, moment
from aftercart.connectors.mail.inbound.mime import Entity, entity, text_alone
from aftercart.connectors.mail.inbound.parts import Parts, gathered
from aftercart.connectors.mail.inbound.reports import report_in
from aftercart.connectors.mail.inbound.shapes import Address, Class, Mail, Part, Segment
from aftercart.connectors.mail.inbound.texts import html_of, text_in
from aftercart.connectors.mail.inbound.trust import verdict_of

_RECIPIENTS = (
    "delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to", "x-forwarded-to",
    "x-forwarded-for", "x-orig-to", "apparently-to", "x-rcpt-to", "x-real-to", "original-recipient", "resent-to",
)  # fmt: skip
_RECEIVED_FOR = re.compile(r"\bfor\s++<([^\s<>@]++@[^\s<>@]++)>")
# Without one of these it is no head of a mail, but a text whose first line happens to hold a colon.
_TELLING = (
    "from", "to", "cc", "subject", "date", "received", "return-path", "message-id", "mime-version", "content-type",
    "delivered-to", "sender", "reply-to", "x-mailer",
)  # fmt: skip


def read(content: bytes, *, authserv_id: str | None = None, ours: Set[str] = frozenset()) -> Mail:
    """One mail (RFC 5322), however broken. `authserv_id`: the server whose verdict about the sender is believed.

    `ours`: addresses, lower case, at which we receive; a mailing list that is one of them is no list to us.
    """
    mail, notes = _parsed(content)
    head, parts = mail.head, gathered(mail)
    text, subject = text_in(parts), head.first("subject")
    sender = _sender(head, ours)
    kind, why = class_of(head, sender, subject, report=_report_type(mail, parts), ours=ours)
    passed = head.every("received")
    to, cc, delivered_to = head.addresses("to"), head.addresses("cc"), _delivered_to(head, passed)
    return Mail(
        sender=sender,
        reply_to=head.addresses("reply-to"),
        to=to,
        cc=cc,
        delivered_to=delivered_to,
        tokens=_tokens([*(address.address for address in (*to, *cc)), *delivered_to]),
        subject=subject,
        date=head.moment("date"),
        received_at=_first_moment(passed),
        first_seen_at=_first_moment(reversed(passed)),
        message_id=next(iter(head.ids("message-id")), ""),
        in_reply_to=head.ids("in-reply-to"),
        references=head.ids("references"),
        text=text,
        html=html_of(parts),
        segments=(Segment(Part.WRITTEN, text),) if kind is Class.BOUNCE else folded(text),
        attachments=tuple(parts.attachments),
        kind=kind,
        why=why,
        report=report_in(head, parts, text) if kind is Class.BOUNCE else None,
        verdict=verdict_of(head, authserv_id),
        notes=tuple(dict.fromkeys([*notes, *parts.notes])),
    )


def _sender(head: Head, ours: Set[str]) -> Address | None:
    """Who wrote: of From, or whatever else names somebody; of what a group of ours passes on, its first sender."""
    named = head.addresses("from", "sender", "reply-to", "return-path")
    if named and named[0].address in ours:
        before = head.addresses("x-original-from", "x-original-sender", "reply-to")
        return next((address for address in before if address.address and address.address not in ours), named[0])
    return next(iter(named), None)


def _first_moment(received: Iterable[str]) -> datetime | None:
    return next((at for value in received if (at := moment(value.rpartition(";")[2]))), None)


def _report_type(mail: Entity, parts: Parts) -> str:
    """What a multipart/report says it reports; servers that forget to are about delivery. '' if it is none."""
    is_report = mail.kind == "multipart/report"
    said = mail.says.get("report-type", "").lower() if is_report else ""
    unsaid = is_report or any("reporting-mta" in block.lower() for block in parts.reports)
    return said or ("delivery-status" if unsaid else "")


def _parsed(content: bytes) -> tuple[Entity, list[str]]:
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n") or content
    mail = entity(content)
    if not any(name in mail.head for name in _TELLING):
        return text_alone(content), ["it has no header of a mail: all of it is shown as text"]
    return mail, []


def _delivered_to(head: Head, received: Iterable[str]) -> tuple[str, ...]:
    """Each address that servers on the way say it was meant for, the nearest first."""
    named = [address.address for address in head.addresses(*_RECIPIENTS)]
    passed = [found for value in received if "for" in value for found in _RECEIVED_FOR.findall(value)]
    return tuple(dict.fromkeys(address.lower() for address in [*named, *passed] if address))


def _tokens(addresses: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for local in (address.partition("@")[0] for address in addresses):
        found += [piece for piece in (local.partition("+")[2], local) if piece]
    return tuple(dict.fromkeys(found))


__all__ = ["Address", "Mail", "read"]
