"""How Shopify delivers: the signature covers the body only, 8 tries over 4 hours, no order, old payloads on retry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aftercart.plumbing.signing import hmac_base64, same

SIGNED = True
TYPED = False
KEPT_HEADERS = frozenset(["x-shopify-topic", "x-shopify-triggered-at"])


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return bool(secret) and same(headers.get("x-shopify-hmac-sha256", ""), hmac_base64(secret.encode(), body))


def bound_to(headers: Mapping[str, str]) -> str:
    """The shop's domain. Unsigned: a body of one shop could be sent again under another's name."""
    return headers.get("x-shopify-shop-domain", "").strip().lower()


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None  # X-Shopify-Triggered-At is not signed, and a retry carries the first one's


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return headers.get("x-shopify-webhook-id", "").strip()


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    return headers.get("x-shopify-topic", "").strip().lower()
