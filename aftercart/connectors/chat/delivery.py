"""Who signs is our own chat endpoint, as it admits a message: the inbox has one gate, and nobody is let past it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aftercart.connectors.chat.bodies import decode, message_id
from aftercart.connectors.contract import PayloadError
from aftercart.plumbing.signing import hmac_hex, same, unix_moment

SIGNED = True
TYPED = True
KEPT_HEADERS: frozenset[str] = frozenset()
TIME, SIGNATURE = "aftercart-chat-timestamp", "aftercart-chat-signature"


def signed(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """The headers that prove it was us."""
    time = str(int(at.timestamp()))
    return {TIME: time, SIGNATURE: _signature(body, secret, time)}


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return bool(secret) and same(headers.get(SIGNATURE, ""), _signature(body, secret, headers.get(TIME, "")))


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return unix_moment(headers.get(TIME, ""))


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    try:
        said = decode(body)
    except PayloadError:
        return ""
    return message_id(said.thread, said.id)


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    return "message"


def _signature(body: bytes, secret: str, time: str) -> str:
    # Not with the secret itself: the shop's tokens are signed with that, and one must never pass for the other.
    derived = hmac_hex(secret.encode(), b"aftercart chat delivery")
    return hmac_hex(derived.encode(), time.encode("utf-8", "replace") + b"." + body)
