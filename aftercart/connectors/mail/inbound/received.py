"""A mail as a fact, whoever brought it: a server of the brand's own, or a provider's webhook."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aftercart.connectors.contract import BELIEVED, CUT, DELIVERED_TO, OURS, VERDICT, Read
from aftercart.connectors.mail.inbound import Mail, read
from aftercart.connectors.mail.inbound.headers import parameters
from aftercart.connectors.mail.inbound.shapes import Attachment, Class, Report, Verdict
from aftercart.connectors.reading import received_at
from aftercart.connectors.rebuilding import mail as put_together
from aftercart.connectors.sending import EMAIL
from aftercart.facts import File, MessageAnnounced, MessageReceived, MessageReported, Nature, Outcome, Person

__all__ = ["MAIL_HEADERS", "Verdict", "announced", "decoded_file", "facts", "name_of", "parameters"]

# The same mail is the same message, whichever way it came.
SOURCE = "mail"
_UNNAMED = "@unnamed"
MAIL_HEADERS = frozenset([OURS, BELIEVED, DELIVERED_TO, CUT, VERDICT])

_BLANK_LINE = re.compile(rb"\r\n\r?\n|\n\r?\n|\r\r")
# What the writer's program says of a mail. Subjects are marked on the way, and lists add a Precedence.
_WRITTEN = (
    b"message-id", b"from", b"sender", b"reply-to", b"date", b"to", b"cc", b"in-reply-to", b"references",
    b"auto-submitted", b"x-autoreply",
)  # fmt: skip
_FIELD = re.compile(rb"^(%s)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % b"|".join(_WRITTEN), re.IGNORECASE | re.MULTILINE)
# A program whose clock is right, and a telephone that was out of reach; what says more is no time of sending.
_EARLY, _LATE = timedelta(days=2), timedelta(hours=1)
# RFC 3463: nobody is there, or the address cannot be one. A full box, or a text that was refused, is no such thing.
_NOBODY = re.compile(r"5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.1)")
_OUTCOMES = {"delayed": Outcome.SOFT_BOUNCED, "delivered": Outcome.DELIVERED}


def name_of(content: bytes) -> str:
    """By which a mail is known again, in whichever of our mailboxes: a hash of id, sender, recipients, date and body.

    The id alone would not do: there are programs that give all their mails one, and whoever knows it could use it. What
    servers add on the way, or do to the ends of lines, does not count.
    """
    head, body = _split(content)
    fields = {name.lower(): b" ".join(value.split()) for name, value in reversed(_FIELD.findall(head))}
    digest = hashlib.blake2b(b"".join(fields.get(name, b"") + b"\0" for name in _WRITTEN), digest_size=24)
    digest.update(b"\n".join(body.split(b"\r\n")).rstrip())  # half the time of replace
    return digest.hexdigest()


def facts(content: bytes, headers: Mapping[str, str], *, verdict: Verdict | None = None) -> Iterator[Read]:
    """What a mail tells: that it was written, and what it says of a mail of ours. `headers`: as the intake kept them.

    `verdict`: what the provider that received it found out about its sender, where it says so beside the mail.
    """
    ours, envelope = _listed(headers.get(OURS, "")), _listed(headers.get(DELIVERED_TO, ""))
    mail = read(content, authserv_id=headers.get(BELIEVED) or None, ours=set(ours))
    verdict = verdict or _told_beside(headers)
    if verdict is not None and not mail.verdict.dmarc:
        mail = replace(mail, verdict=verdict)
    received = received_at(headers)
    at, name = moment_of(mail, received), name_of(content)
    yield MessageReceived(
        source=SOURCE,
        happened_at=at,
        reported_at=received,
        message_id=mail.message_id or name + _UNNAMED,
        digest=name,
        channel=EMAIL,
        customer=Person(email=mail.sender.address, name=mail.sender.name) if mail.sender else Person(),
        subject=mail.subject,
        text=mail.reply,
        quoted=mail.quoted,
        html=mail.html,
        nature=Nature(mail.kind.value),
        proven=mail.verdict.dmarc == "pass",
        doubted=mail.verdict.dmarc in ("fail", "hardfail"),
        to=_reached(mail, ours, envelope),
        answers=answered(mail),
        tokens=tuple(dict.fromkeys([*mail.tokens, *_plus(envelope)])),
        files=tuple(map(_file, mail.attachments)),
        notes=(*mail.notes, *_cut(headers, len(content))),
    )
    if mail.kind is Class.BOUNCE and mail.report is not None and mail.report.message_id:
        yield _reported(mail.report, at, received)


def announced(
    url: str, head: Iterable[tuple[str, str]], headers: Mapping[str, str], *, verdict: Verdict | None = None
) -> MessageAnnounced:
    """A mail that is still with whoever received it, at `url`. `head`: those of its header lines that are told."""
    told = {VERDICT: f"{verdict.spf},{verdict.dkim},{verdict.dmarc}"} if verdict else {}
    beside = {name: value for name, value in headers.items() if name in MAIL_HEADERS} | told
    (stand_in,) = facts(put_together(head, "", ""), headers, verdict=verdict)
    assert isinstance(stand_in, MessageReceived)
    # Little may be told of it, and the same of another: where it is kept tells them apart.
    name = hashlib.blake2b(url.encode(), digest_size=24).hexdigest()
    known_by = stand_in.message_id if not stand_in.message_id.endswith(_UNNAMED) else name + _UNNAMED
    stand_in = replace(stand_in, digest=name, message_id=known_by)
    return MessageAnnounced(
        source=SOURCE,
        happened_at=stand_in.happened_at,
        reported_at=stand_in.reported_at,
        url=url,
        beside=tuple(sorted(beside.items())),
        stand_in=stand_in,
    )


def _told_beside(headers: Mapping[str, str]) -> Verdict | None:
    told = headers.get(VERDICT, "").split(",")
    return Verdict(*told) if len(told) == 3 else None


def _reported(report: Report, at: datetime, received: datetime) -> MessageReported:
    """Of a mail of ours, by its name. Never by an address: anybody can write a report, but only who got that mail
    knows its name.
    """
    return MessageReported(
        source=SOURCE,
        happened_at=at,
        reported_at=received,
        outcome=outcome_of(report),
        channel=EMAIL,
        message_id=report.message_id,
        reason=(report.diagnostic or report.status or report.action)[:300],
    )


def moment_of(mail: Mail, received: datetime) -> datetime:
    """When it was sent, by what all copies of it share: the sender's date, unless the first server on its way saw it
    at quite another time; then that server's. Never later than we received it.
    """
    first = mail.first_seen_at
    at = mail.date or first or received
    if mail.date is not None and first is not None and not first - _EARLY <= mail.date <= first + _LATE:
        at = first
    return min(at, received) if received.year > 1970 else at


def answered(mail: Mail) -> tuple[str, ...]:
    """What it says it answers, the nearest first: References are written from the oldest on.

    A server's report is about the mail that it holds, and few name that in their own head.
    """
    about = [mail.report.message_id] if mail.kind is Class.BOUNCE and mail.report else []
    return tuple(dict.fromkeys(filter(None, [*about, *mail.in_reply_to, *reversed(mail.references)])))


def outcome_of(report: Report) -> Outcome:
    if report.action in _OUTCOMES:
        return _OUTCOMES[report.action]
    if report.status.startswith("4"):
        return Outcome.SOFT_BOUNCED
    return Outcome.HARD_BOUNCED if _NOBODY.fullmatch(report.status) else Outcome.FAILED


def _reached(mail: Mail, ours: tuple[str, ...], envelope: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses of ours among those that it was sent to. Where nobody told us ours: those on its envelope."""
    named = [*envelope, *mail.delivered_to, *(one.address for one in (*mail.to, *mail.cc))]
    found = dict.fromkeys(address for address in named if plain(address) in ours or not ours)
    return tuple(found) or envelope


def plain(address: str) -> str:
    """Without what stands behind a plus."""
    name, at, host = address.lower().rpartition("@")
    return name.partition("+")[0] + at + host


def _plus(addresses: tuple[str, ...]) -> Iterator[str]:
    for name in (address.partition("@")[0] for address in addresses):
        yield from filter(None, (name.partition("+")[2], name))


def _file(one: Attachment) -> File:
    return File(
        name=one.name,
        content=one.content,
        type=one.type,
        declared=one.declared,
        inline=one.inline,
        content_id=one.content_id,
    )


def _cut(headers: Mapping[str, str], size: int) -> list[str]:
    whole = headers.get(CUT, "")
    if not whole:
        return []
    return [f"it has {whole} bytes, more than are taken in: only its first {size} are here, the rest is in the mailbox"]


def decoded_file(value: object) -> bytes:
    """A file as JSON holds it, in base64; as much of it as can be read."""
    try:
        return base64.b64decode(value) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(address for one in text.split(",") if (address := one.strip().lower()))


def _split(content: bytes) -> tuple[bytes, bytes]:
    content = content.lstrip(b"\r\n")
    found = _BLANK_LINE.search(content)
    # A head alone, or no head at all: then all of it is what was said.
    return (content[: found.start()], content[found.end() :]) if found else (content, content)
