"""A delivery on its way, and the signature that its kind of sender puts on it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aftercart.plumbing import signing


@dataclass(frozen=True, slots=True)
class Sent:
    """Header names are lower-case. `told` is the business time at which it is sent."""

    kind: str
    headers: Mapping[str, str]
    body: bytes
    told: datetime


def stable_id(*about: object) -> str:
    """The same id for the same thing, as a sender gives it that tries again."""
    return hashlib.blake2b("\x1f".join(map(str, about)).encode(), digest_size=12).hexdigest()


def signed(sent: Sent, secret: str, *, at: datetime) -> dict[str, str]:
    """All headers of a delivery that leaves at the machine's time `at`."""
    headers = {"content-type": "application/json", **sent.headers}
    if sent.kind == "shopify":
        headers["x-shopify-hmac-sha256"] = signing.hmac_base64(secret.encode(), sent.body)
    elif sent.kind == "easypost":
        key = unicodedata.normalize("NFKD", secret).encode()
        headers["x-hmac-signature"] = f"hmac-sha256-hex={signing.hmac_hex(key, sent.body)}"
    else:
        stamp = str(int(at.timestamp()))
        headers["webhook-timestamp"] = stamp
        headers["webhook-signature"] = signing.standard_signature(secret, headers["webhook-id"], stamp, sent.body)
    return headers
