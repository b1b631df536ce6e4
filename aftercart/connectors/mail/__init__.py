"""Mail through a server of the brand's own: out by SMTP, in by whatever way."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from aftercart.connectors.mail.smtp import Smtp
from aftercart.connectors.mail.source import (
    KEPT_HEADERS,
    SIGNED,
    TYPED,
    bound_to,
    delivery_id,
    is_authentic,
    parse,
    sent_at,
    topic,
)
from aftercart.connectors.sending import EMAIL, Channel, SettingError, needed, seconds_of

__all__ = [
    "CHANNELS",
    "KEPT_HEADERS",
    "NEEDED",
    "OPTIONAL",
    "PROVEN_BY",
    "REPEATABLE",
    "SIGNED",
    "TYPED",
    "bound_to",
    "delivery_id",
    "is_authentic",
    "parse",
    "sender",
    "sent_at",
    "topic",
]

CHANNELS = frozenset([EMAIL])
NEEDED: tuple[str, ...] = ("url",)
OPTIONAL: tuple[str, ...] = ()
REPEATABLE = False
PROVEN_BY: str | None = None


def sender(settings: Mapping[str, str]) -> Channel:
    """`url`: smtp://user:password@host:port, or smtps://…"""
    url = needed(settings, "url")
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingError("url", "is no address of a mail server, such as smtps://user:password@mail.example")
    return Smtp(url, seconds_of(settings))
