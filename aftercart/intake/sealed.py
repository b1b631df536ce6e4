"""Deliveries that hold what customers wrote are kept sealed: whoever has a copy of the database reads none of them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from aftercart.connectors.registry import CLEAR
from aftercart.plumbing import sealing
from aftercart.plumbing.sealing import SealError

__all__ = ["SealError", "fingerprint", "is_sealed", "opened", "sealed"]


def is_sealed(source: str) -> bool:
    """Whether what this source delivers is sealed: unless it is known to hold no messages."""
    return source not in CLEAR


def sealed(brand_id: UUID, body: bytes) -> bytes:
    return sealing.seal(body, settings.SECRET_KEY, brand_id.bytes)


def opened(brand_id: UUID, body: bytes) -> bytes:
    """Raises SealError."""
    return sealing.unseal(body, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), brand_id.bytes)


def fingerprint(brand_id: UUID, content: bytes) -> str:
    return sealing.fingerprint(content, settings.SECRET_KEY, brand_id.bytes)
