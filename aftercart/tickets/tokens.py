"""Reply tokens: an address of ours that only whoever got our answer can know, and which message it belongs to.

A local part is not case-sensitive in practice and holds 64 characters (RFC 5321, 4.5.3.1.1), so the token is 42
characters of base32: the message's id and ten bytes of a keyed hash over brand and id.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from django.conf import settings

_SIGNED = 10


def token(brand_id: UUID, message_id: UUID) -> str:
    return _written(message_id.bytes + _signature(brand_id, message_id))


def read(brand_id: UUID, token: str) -> UUID | None:
    """The message that it names, if we made it for this brand."""
    try:
        content = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(content) != 16 + _SIGNED:
        return None
    message_id = UUID(bytes=content[:16])
    # Written in one way only: the last letter has bits that no byte needs.
    whole = hmac.compare_digest(content[16:], _signature(brand_id, message_id)) and _written(content) == token.lower()
    return message_id if whole else None


def address(mailbox: str, brand_id: UUID, message_id: UUID) -> str:
    """Where an answer to what we say about this message is to go: our mailbox, with the token behind a plus."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{token(brand_id, message_id)}@{domain}"


def _written(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()


def _signature(brand_id: UUID, message_id: UUID) -> bytes:
    key = f"reply-token {settings.SECRET_KEY}".encode()
    return hmac.digest(key, brand_id.bytes + message_id.bytes, "sha256")[:_SIGNED]
