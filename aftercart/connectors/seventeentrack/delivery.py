"""How 17TRACK delivers: a digest of body and key, and only three more tries (after 10, 30 and 60 minutes)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.reading import head, text
from aftercart.plumbing.signing import same, sha256_hex

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = frozenset()


class _Head(msgspec.Struct):
    event: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return bool(secret) and same(headers.get("sign", "").lower(), sha256_hex(body + b"/" + secret.encode()))


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    return "" if found is None else text(found.event, 80)
