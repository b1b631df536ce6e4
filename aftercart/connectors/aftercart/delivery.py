"""Our own endpoint is signed as Standard Webhooks has it: id, time and body, several signatures while keys rotate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.reading import head, text
from aftercart.plumbing.signing import is_standard, unix_moment

SIGNED = True
TYPED = True
KEPT_HEADERS = frozenset(["webhook-timestamp"])


class _Head(msgspec.Struct):
    kind: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return is_standard(
        secret,
        headers.get("webhook-id", ""),
        headers.get("webhook-timestamp", ""),
        headers.get("webhook-signature", ""),
        body,
    )


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return unix_moment(headers.get("webhook-timestamp", ""))


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return headers.get("webhook-id", "").strip()


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    return (text(found.kind, 80) or "facts") if found is not None else ""
