"""Mail that a route of Mailgun's posts to us: whole where its address ends in `mime`, else in parts. A signed form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aftercart.connectors.contract import DELIVERED_TO, PayloadError, Read
from aftercart.connectors.forms import NONE, Field, fields
from aftercart.connectors.mail.inbound.received import MAIL_HEADERS, facts, name_of
from aftercart.connectors.reading import document, mapping, rows, text
from aftercart.connectors.rebuilding import Piece, mail
from aftercart.plumbing.signing import hmac_hex, same

KEPT_HEADERS = MAIL_HEADERS | {"content-type"}


def form(body: bytes, headers: Mapping[str, str]) -> dict[str, Field]:
    """Raises PayloadError."""
    return fields(body, headers.get("content-type", ""))


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    try:
        told = form(body, headers)
    except PayloadError:
        return False
    timestamp, token = told.get("timestamp", NONE).text, told.get("token", NONE).text
    expected = hmac_hex(secret.encode(), f"{timestamp}{token}".encode())
    return bool(secret and timestamp and token) and same(told.get("signature", NONE).text, expected)


def content_of(told: Mapping[str, Field]) -> bytes:
    """The mail. Raises PayloadError."""
    if raw := told.get("body-mime", NONE).content:
        return raw
    listed = rows(document(told.get("message-headers", NONE).content or b"[]"))
    lines = [(text(one[0], 200), text(one[1], 20_000)) for one in listed if isinstance(one, list) and len(one) == 2]
    if not lines:
        raise PayloadError("message-headers", "are missing")
    ids = mapping(document(told.get("content-id-map", NONE).content or b"{}"))
    shown = {text(field): text(content_id).strip("<>") for content_id, field in ids.items()}
    files = [Piece(one.file, one.type, one.content, shown.get(name, "")) for name, one in told.items() if one.file]
    return mail(lines, told.get("body-plain", NONE).text, told.get("body-html", NONE).text, files)


def name(body: bytes, headers: Mapping[str, str]) -> str:
    """By which it is known again. Raises PayloadError."""
    return name_of(content_of(form(body, headers)))


def read(body: bytes, headers: Mapping[str, str]) -> Iterator[Read]:
    told = form(body, headers)
    return facts(content_of(told), {**headers, DELIVERED_TO: told.get("recipient", NONE).text})
