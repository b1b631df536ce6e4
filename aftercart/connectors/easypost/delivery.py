"""How EasyPost delivers: signed by a secret in NFKD form, 6 retries, at least once, `event.id` the same each time."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.reading import head, key, text
from aftercart.plumbing.signing import hmac_hex, same

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = frozenset()


class _Event(msgspec.Struct):
    id: Any = None
    description: Any = None


_HEAD = msgspec.json.Decoder(_Event)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    if not secret:
        return False
    expected = hmac_hex(unicodedata.normalize("NFKD", secret).encode(), body)
    return same(headers.get("x-hmac-signature", ""), "hmac-sha256-hex=" + expected)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    event = head(_HEAD, body)
    return key(event.id) if event is not None and event.description else ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    event = head(_HEAD, body)
    return "" if event is None else text(event.description, 80)
