"""Mail that Postmark received for us: whole where its webhook includes the raw mail, else in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aftercart.connectors.contract import DELIVERED_TO, PayloadError, Read
from aftercart.connectors.mail.inbound.received import MAIL_HEADERS, decoded_file, facts, name_of
from aftercart.connectors.reading import mapping, rows, text
from aftercart.connectors.rebuilding import Piece, mail

KEPT_HEADERS = MAIL_HEADERS

LONGEST = 10_000_000
# Told beside the header lines, and not always among them.
_BESIDE = (
    ("From", "From"),
    ("To", "To"),
    ("Cc", "Cc"),
    ("Subject", "Subject"),
    ("Date", "Date"),
    ("Reply-To", "ReplyTo"),
)


def is_inbound(told: Mapping[str, Any]) -> bool:
    return text(told.get("RecordType"), 80) in ("", "Inbound") and bool(told.get("FromFull") or told.get("RawEmail"))


def content_of(told: Mapping[str, Any]) -> bytes:
    """The mail. Raises PayloadError."""
    raw = told.get("RawEmail")
    if isinstance(raw, str) and raw.strip():
        return raw.encode("utf-8", "replace")
    lines = [
        (text(mapping(one).get("Name"), 200), text(mapping(one).get("Value"), 20_000))
        for one in rows(told.get("Headers"))
    ]
    known = {name.lower() for name, _ in lines}
    lines += [
        (name, value)
        for name, field in _BESIDE
        if name.lower() not in known and (value := text(told.get(field), 20_000))
    ]
    if not lines:
        raise PayloadError("Headers", "are missing")
    files = [_file(mapping(one)) for one in rows(told.get("Attachments"))]
    return mail(lines, text(told.get("TextBody"), LONGEST), text(told.get("HtmlBody"), LONGEST), files)


def name(told: Mapping[str, Any]) -> str:
    """By which it is known again. Raises PayloadError."""
    return name_of(content_of(told))


def read(told: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Read]:
    return facts(content_of(told), {**headers, DELIVERED_TO: text(told.get("OriginalRecipient"))})


def _file(told: Mapping[str, Any]) -> Piece:
    return Piece(
        text(told.get("Name")),
        text(told.get("ContentType")).partition(";")[0],
        decoded_file(told.get("Content")),
        text(told.get("ContentID")).strip("<>"),
    )
