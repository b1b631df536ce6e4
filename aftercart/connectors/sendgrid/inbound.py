"""Mail that SendGrid's Inbound Parse posts to us: whole where it posts it raw, else in parts. A form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aftercart.connectors.contract import DELIVERED_TO, PayloadError, Read
from aftercart.connectors.forms import NONE, Field, fields
from aftercart.connectors.mail.inbound.received import MAIL_HEADERS, facts, name_of
from aftercart.connectors.reading import document, mapping, rows, text
from aftercart.connectors.rebuilding import Piece, mail

KEPT_HEADERS = MAIL_HEADERS | {"content-type"}


def form(body: bytes, headers: Mapping[str, str]) -> dict[str, Field]:
    """Raises PayloadError."""
    return fields(body, headers.get("content-type", ""))


def content_of(told: Mapping[str, Field]) -> bytes:
    """The mail. Raises PayloadError."""
    if raw := told.get("email", NONE).content:
        return raw
    head = told.get("headers", NONE).text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ")
    lines = [(name, value) for name, colon, value in (line.partition(":") for line in head.split("\n")) if colon]
    if not lines:
        raise PayloadError("headers", "are missing")
    charsets = mapping(document(told.get("charsets", NONE).content or b"{}"))
    about = mapping(document(told.get("attachment-info", NONE).content or b"{}"))
    files = [
        Piece(one.file, one.type, one.content, text(mapping(about.get(name)).get("content-id")).strip("<>"))
        for name, one in told.items()
        if one.file is not None
    ]
    return mail(lines, _text(told, "text", charsets), _text(told, "html", charsets), files)


def name(body: bytes, headers: Mapping[str, str]) -> str:
    """By which it is known again. Raises PayloadError."""
    return name_of(content_of(form(body, headers)))


def read(body: bytes, headers: Mapping[str, str]) -> Iterator[Read]:
    told = form(body, headers)
    envelope = mapping(document(told.get("envelope", NONE).content or b"{}"))
    recipients = ",".join(text(one, 320) for one in rows(envelope.get("to")))
    return facts(content_of(told), {**headers, DELIVERED_TO: recipients})


def _text(told: Mapping[str, Field], name: str, charsets: Mapping[str, object]) -> str:
    """In the charset of the mail itself, which is told beside it."""
    content = told.get(name, NONE).content
    try:
        return content.decode(text(charsets.get(name)) or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
