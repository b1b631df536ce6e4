"""Mail as it was received: the delivery is the mail itself (RFC 5322), fetched, handed over by a server, or posted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.mail.inbound.received import MAIL_HEADERS, facts, name_of
from aftercart.connectors.reports import is_basic

# A mail server that posts it shows user and password, as the address that it posts to holds them.
SIGNED = True
TYPED = False
KEPT_HEADERS = MAIL_HEADERS


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return is_basic(headers, secret)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return name_of(body)


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    return "message"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """However broken it is: whatever has come in as a mail is one."""
    if not body.strip():
        raise PayloadError("body", "is empty")
    return list(facts(body, headers))
