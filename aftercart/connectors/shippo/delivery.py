"""How Shippo delivers: unsigned unless asked for, 2 more tries, the same event once per registration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.reading import head, text
from aftercart.plumbing.signing import hmac_hex, same, unix_moment

SIGNED = False
TYPED = False
KEPT_HEADERS: frozenset[str] = frozenset()
_HEADER = "shippo-auth-signature"


class _Head(msgspec.Struct):
    event: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def _parts(headers: Mapping[str, str]) -> dict[str, str]:
    """'t=1700000000,v1=ab12' by its names."""
    pairs = (part.strip().partition("=") for part in headers.get(_HEADER, "").split(","))
    return {name: value for name, _, value in pairs}


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    parts = _parts(headers)
    expected = hmac_hex(secret.encode(), parts.get("t", "").encode() + b"." + body)
    return bool(secret) and same(parts.get("v1", ""), expected)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return unix_moment(_parts(headers).get("t", ""))


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    return "" if found is None else text(found.event, 80)
