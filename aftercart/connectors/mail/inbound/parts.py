"""The tree of a mail's parts: which of it is text to read, which of it is attached."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from aftercart.connectors.files import safe_name, told
from aftercart.connectors.mail.inbound import tnef
from aftercart.connectors.mail.inbound.charsets import text_of
from aftercart.connectors.mail.inbound.headers import Head, decoded, parameters, unbased
from aftercart.connectors.mail.inbound.mime import Entity, entity
from aftercart.connectors.mail.inbound.shapes import Attachment

# More parts than any program makes; what is beyond is said, not read.
_MOST_PARTS, _DEEPEST = 1000, 50
_ENRICHED = re.compile(r"</?[a-z]{1,60}>", re.IGNORECASE)
# Other forms of a text, for programs that render them in ways of their own; and what only its recipient can open.
_FOR_MACHINES = ("text/x-amp-html", "text/watch-html")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_WRITTEN = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")


@dataclass(slots=True)
class Body:
    """One text, in one or both of two forms."""

    plain: str = ""
    html: str = ""
    flowed: bool = False
    deleted_spaces: bool = False


@dataclass(slots=True)
class Parts:
    """What was found. `heads`: of the mails and reports within a report, for whoever reads those."""

    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    inner: list[Head] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: int = 0


def gathered(mail: Entity) -> Parts:
    found = Parts()
    _take(mail, found, None, 0)
    if found.seen > _MOST_PARTS:
        found.notes.append(f"it has more than {_MOST_PARTS} parts: the rest was left out")
    return found


def _take(part: Entity, found: Parts, body: Body | None, depth: int) -> None:
    """`body`: the text that the part is another form of, within multipart/alternative."""
    found.seen += 1
    if found.seen > _MOST_PARTS or depth > _DEEPEST:
        found.seen = _MOST_PARTS + 1
        return
    kind, inner = part.kind, part.opened()
    if inner is not None and kind in ("message/rfc822", "message/delivery-status", "message/global"):
        _take_message(part, kind, inner, found)
    elif inner is not None:
        if kind == "multipart/alternative" and body is None:
            body = Body()
            found.bodies.append(body)
        for child in inner:
            if found.seen > _MOST_PARTS:
                return
            _take(child, found, body, depth + 1)
    else:
        _take_leaf(part, kind, found, body)


def _take_message(part: Entity, kind: str, inner: Iterator[Entity], found: Parts) -> None:
    if kind == "message/delivery-status":
        found.reports.append("\n\n".join(map(_lines, islice(inner, _MOST_PARTS))))
        return
    for mail in inner:
        found.inner.append(mail.head)
        name = _name(part) or f"{mail.head.first('subject')[:80] or 'message'}.eml"
        _attach(found, part, name, kind, mail.whole)


def _lines(block: Entity) -> str:
    head = "\n".join(f"{name}: {decoded(value)}" for name, value in block.head.lines)
    return f"{head}\n{text_of(block.content)[0]}"


def _take_leaf(part: Entity, kind: str, found: Parts, body: Body | None) -> None:
    disposition = part.head.raw("content-disposition").partition(";")[0].strip().lower()
    content = content_of(part)
    name = _name(part)
    if kind in _TNEF or content.startswith(tnef.SIGNATURE):
        _unwrap(content, found)
    elif kind == "text/rfc822-headers":
        found.inner.append(entity(content).head)
    elif kind in _WRITTEN and disposition != "attachment" and not _is_file(name, found, body):
        _take_text(part, kind, content, found, body)
    elif kind == "text/calendar" and not name:
        found.calendars.append(_text(part, content, found))
        _attach(found, part, "invitation.ics", kind, content)
    elif body is not None and kind in _FOR_MACHINES:
        return
    elif content or name or disposition == "attachment":
        if kind in _SEALED:
            found.notes.append(f"{kind}: it is encrypted or signed as a whole, so that its text cannot be read")
        _attach(found, part, name, kind, content, inline=disposition == "inline")


def _is_file(name: str, found: Parts, body: Body | None) -> bool:
    """A text with a name beside a text without one is a file that happens to be text."""
    return bool(name) and body is None and bool(found.bodies)


def _take_text(part: Entity, kind: str, content: bytes, found: Parts, body: Body | None) -> None:
    text = _text(part, content, found)
    if body is None:
        body = Body()
        found.bodies.append(body)
    if kind in ("text/enriched", "text/richtext"):
        text = _ENRICHED.sub("", text)
    if kind == "text/html":
        body.html = f"{body.html}\n{text}" if body.html else text
        return
    if kind == "text/plain" or not body.plain:
        body.plain = f"{body.plain}\n{text}" if body.plain else text
    body.flowed = part.says.get("format", "").lower() == "flowed"
    body.deleted_spaces = part.says.get("delsp", "").lower() == "yes"


def _text(part: Entity, content: bytes, found: Parts) -> str:
    text, remark = text_of(content, part.says.get("charset", ""))
    if remark:
        found.notes.append(f"{part.kind}: {remark}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def content_of(part: Entity) -> bytes:
    """The bytes of a part, its transfer encoding undone as far as it can be."""
    encoding = part.head.first("content-transfer-encoding").strip(" .;\"'").lower()
    raw = part.content
    if encoding == "base64":
        return unbased(raw)
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return b"".join(_uudecoded(raw))
    return raw


def _uudecoded(raw: bytes) -> Iterator[bytes]:
    within = False
    for line in raw.splitlines():
        if line.startswith(b"begin "):
            within = True
        elif within and line.strip() != b"end":
            try:
                yield binascii.a2b_uu(line)
            except binascii.Error:
                continue


def _name(part: Entity) -> str:
    return parameters(part.head.raw("content-disposition")).get("filename") or part.says.get("name", "")


def _attach(found: Parts, part: Entity, name: str, kind: str, content: bytes, *, inline: bool = False) -> None:
    content_id = part.head.first("content-id").strip("<> ")
    found.attachments.append(_attachment(found, name, kind, content, inline=inline, content_id=content_id))


def _attachment(found: Parts, name: str, kind: str, content: bytes, *, inline: bool, content_id: str) -> Attachment:
    safe = safe_name(name, kind, len(found.attachments) + 1)
    return Attachment(safe, kind, told(content, kind), content, inline=inline, content_id=content_id)


def _unwrap(content: bytes, found: Parts) -> None:
    wrapped = tnef.unwrapped(content)
    for file in wrapped.files:
        kind = file.declared or "application/octet-stream"
        found.attachments.append(
            _attachment(found, file.name, kind, file.content, inline=bool(file.content_id), content_id=file.content_id)
        )
    html = text_of(wrapped.html)[0] if wrapped.html else ""
    if (wrapped.text or html) and not found.bodies:
        found.bodies.append(Body(plain=wrapped.text.replace("\r\n", "\n"), html=html))
    if not wrapped.whole or not (wrapped.files or wrapped.text or html):
        found.notes.append("winmail.dat: it is damaged or holds nothing that can be shown")
        found.attachments.append(
            _attachment(found, "winmail.dat", "application/ms-tnef", content, inline=False, content_id="")
        )
