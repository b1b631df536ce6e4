"""The tree of a mail's parts: which of it is text to read, which of it is attached."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from aftercart.connectors.files import safe_name, told
from aftercart.connectors.mail.inbound import tnef
from aftercart.connectors.mail.inbound.charsets import text_of
from aftercart.connectors.mail.inbound.headers import Head, decoded, unbased
from aftercart.connectors.mail.inbound.shapes import Attachment

# More parts than any program makes; what is beyond is said, not read.
_MOST_PARTS, _DEEPEST = 1000, 50
_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_ENRICHED = re.compile(r"</?[a-z]{1,60}>", re.IGNORECASE)
_PARAMETER = re.compile(r";\s*([\w-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s]+))")
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


def gathered(message: Message) -> Parts:
    found = Parts()
    _take(message, found, None, 0)
    if found.seen > _MOST_PARTS:
        found.notes.append(f"it has more than {_MOST_PARTS} parts: the rest was left out")
    return found


def kind_of(part: Message) -> str:
    """The declared type in lower case; RFC 2045's own where none is declared or it makes no sense."""
    match = _TYPE.match(_value(part, "content-type"))
    return match[1].lower() if match else part.get_default_type()


def _value(part: Message, name: str) -> str:
    return next((str(value) for key, value in part.raw_items() if str(key).lower() == name), "")


def parameters(part: Message, header: str = "content-type") -> dict[str, str]:
    """A header's parameters, lower-case names, those of RFC 2231 put together again."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, quoted, bare in _PARAMETER.findall(_value(part, header)[:20_000]):
        name, value = name.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare
        plain.setdefault(name, decoded(value))
    for name, number, star, quoted, bare in _CONTINUED.findall(_value(part, header)[:20_000]):
        value = quoted or bare
        pieces.setdefault(name.lower(), []).append((int(number or 0), bool(star), value))
    for name, found in pieces.items():
        plain[name] = _put_together(sorted(found))
    return plain


_CONTINUED = re.compile(r";\s*([\w-]+)\*(?:(\d{1,4})(\*?))?\s*=\s*(?:\"([^\"]*)\"|([^;\s]*))")


def _put_together(pieces: list[tuple[int, bool, str]]) -> str:
    first = pieces[0][2]
    charset, content = "", b""
    if first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    for value in [first, *(piece[2] for piece in pieces[1:])]:
        raw = value.encode("utf-8", "surrogateescape" if value.isprintable() else "replace")
        content += re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), raw)
    return decoded(text_of(content, charset)[0])


def _take(part: Message, found: Parts, body: Body | None, depth: int) -> None:
    """`body`: the text that the part is another form of, within multipart/alternative."""
    found.seen += 1
    if found.seen > _MOST_PARTS or depth > _DEEPEST:
        found.seen = _MOST_PARTS + 1
        return
    kind = kind_of(part)
    payload = part.get_payload()
    inner = [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else None
    if inner is not None and kind in ("message/rfc822", "message/delivery-status", "message/global"):
        _take_message(part, kind, inner, found)
    elif inner is not None:
        if kind == "multipart/alternative" and body is None:
            body = Body()
            found.bodies.append(body)
        for child in inner:
            _take(child, found, body, depth + 1)
    else:
        _take_leaf(part, kind, found, body)


def _take_message(part: Message, kind: str, inner: list[Message], found: Parts) -> None:
    if kind == "message/delivery-status":
        found.reports.append("\n\n".join(_lines(block) for block in inner))
    elif inner:
        head = Head(inner[0])
        found.inner.append(head)
        name = _name(part) or f"{head.first('subject')[:80] or 'message'}.eml"
        _attach(found, part, name, kind, _bytes_of(inner[0]))


def _lines(block: Message) -> str:
    head = "\n".join(f"{name}: {decoded(str(value))}" for name, value in block.raw_items())
    payload = block.get_payload()
    return f"{head}\n{payload}" if isinstance(payload, str) else head


def _bytes_of(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # the writer of the standard library stumbles over what its reader took
        return "\n".join(f"{name}: {value}" for name, value in message.raw_items()).encode("utf-8", "replace")


def _take_leaf(part: Message, kind: str, found: Parts, body: Body | None) -> None:
    disposition = _value(part, "content-disposition").partition(";")[0].strip().lower()
    content = content_of(part)
    name = _name(part)
    if kind in _TNEF or content.startswith(tnef.SIGNATURE):
        _unwrap(content, found)
    elif kind == "text/rfc822-headers":
        found.inner.append(_head_of(content))
    elif kind == "message/delivery-status" or kind == "message/disposition-notification":
        found.reports.append(_text(part, content, found))
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


def _take_text(part: Message, kind: str, content: bytes, found: Parts, body: Body | None) -> None:
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
    asked = parameters(part)
    body.flowed = asked.get("format", "").lower() == "flowed"
    body.deleted_spaces = asked.get("delsp", "").lower() == "yes"


def _text(part: Message, content: bytes, found: Parts) -> str:
    text, remark = text_of(content, parameters(part).get("charset", ""))
    if remark:
        found.notes.append(f"{kind_of(part)}: {remark}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _head_of(content: bytes) -> Head:
    from email.parser import BytesParser

    return Head(BytesParser().parsebytes(content, headersonly=True))


def content_of(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone as far as it can be."""
    encoding = decoded(_value(part, "content-transfer-encoding")).strip(" .;\"'").lower()
    # Without this header the standard library hands out the bytes as they came; with it, its own reading of them.
    del part["content-transfer-encoding"]
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return b""
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


def _name(part: Message) -> str:
    return parameters(part, "content-disposition").get("filename") or parameters(part).get("name", "")


def _attach(found: Parts, part: Message, name: str, kind: str, content: bytes, *, inline: bool = False) -> None:
    content_id = decoded(_value(part, "content-id")).strip("<> ")
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
