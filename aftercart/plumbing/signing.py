"""Signatures over bodies. Every comparison takes the same time, whatever is compared."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime

STANDARD_SECRET_PREFIX = "whsec_"


def same(given: str, expected: str) -> bool:
    """Whether two texts are equal. An empty `given` never is."""
    return bool(given) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def hmac_hex(secret: bytes, message: bytes) -> str:
    return hmac.digest(secret, message, "sha256").hex()


def hmac_base64(secret: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, message, "sha256")).decode()


def sha256_hex(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


def unix_moment(text: str) -> datetime | None:
    """The moment that a header gives in whole Unix seconds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def standard_signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The Standard Webhooks signature `v1,…`. Raises ValueError where the secret is not base64."""
    try:
        key = base64.b64decode(secret.removeprefix(STANDARD_SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a Standard Webhooks secret is base64, with or without whsec_ before it") from error
    if not key:
        raise ValueError("a Standard Webhooks secret is not empty")
    return "v1," + hmac_base64(key, f"{message_id}.{timestamp}.".encode() + body)


def is_standard(secret: str, message_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Whether one of the space-separated signatures fits. The age of the message is the caller's to judge."""
    try:
        expected = standard_signature(secret, message_id, timestamp, body)
    except ValueError:
        return False
    # All are compared, so that the time does not tell which one fitted.
    fitting = [given for given in signatures.split() if same(given, expected)]
    return bool(message_id and timestamp and fitting)
