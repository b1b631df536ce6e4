"""How AfterShip delivers: up to 14 more tries over days with one `event_id`; Returns signs in other headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.reading import head, key, text
from aftercart.plumbing.signing import hmac_base64, same

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = frozenset()

# Tracking; Returns and Warranty; their organisations from before October 2022 (with the method written before it).
_HEADERS = ("aftership-hmac-sha256", "as-signature-hmac-sha256", "am-webhook-signature")


class _Head(msgspec.Struct):
    event_id: Any = None
    id: Any = None
    event: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    if not secret:
        return False
    given = next((headers[name] for name in _HEADERS if headers.get(name)), "")
    return same(given.removeprefix("hmac-sha256="), hmac_base64(secret.encode(), body))


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    if found is None or not found.event:
        return ""
    return key(found.event_id) or key(found.id)


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    return "" if found is None else text(found.event, 80)
