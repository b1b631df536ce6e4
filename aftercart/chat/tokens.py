"""What opens a conversation: a token that we sign, and that holds all we need to know of it. Pure.

Nothing is looked up to check one, so that whoever invents tokens costs us one HMAC each.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

LIFE = timedelta(days=60)
STRANGER = bytes(8)
_VERSION = b"\x01"
_LENGTH, _MAC = 29, 16  # bytes: version 1, conversation 16, customer 8, issued 4


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation, and the customer who it is with: a keyed hash of whom the shop has named, or STRANGER."""

    conversation: UUID
    customer: bytes = STRANGER

    @property
    def thread(self) -> str:
        return self.conversation.hex


class Tokens:
    """Those of one installation. Each is good for one brand only."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, held: Held, brand: UUID, now: datetime) -> str:
        body = _VERSION + held.conversation.bytes + held.customer + int(now.timestamp()).to_bytes(4)
        return base64.urlsafe_b64encode(body + self._mac(body, brand)).decode()

    def read(self, token: str, brand: UUID, now: datetime) -> Held | None:
        """None for what is none of ours, is of another brand, or is too old."""
        try:
            raw = base64.b64decode(token.encode("ascii"), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mac = raw[:_LENGTH], raw[_LENGTH:]
        if len(mac) != _MAC or body[:1] != _VERSION or not hmac.compare_digest(mac, self._mac(body, brand)):
            return None
        issued = datetime.fromtimestamp(int.from_bytes(body[25:29]), UTC)
        return Held(UUID(bytes=body[1:17]), body[17:25]) if now - issued < LIFE else None

    def customer(self, external_id: str, brand: UUID) -> bytes:
        """What stands in a token for whom the shop has named."""
        return self._mac(b"customer" + external_id.encode("utf-8", "replace"), brand)[: len(STRANGER)]

    def _mac(self, body: bytes, brand: UUID) -> bytes:
        return hmac.digest(self._key, brand.bytes + body, "sha256")[:_MAC]


def continued(held: Held | None, customer: bytes) -> Held | None:
    """The conversation as it goes on with whoever is there now; None where it is another customer's.

    A stranger who signs in keeps what they said. Somebody of whom nobody vouches may go on in what this browser holds:
    their shop's token expires while the page is open.
    """
    if held is None or customer == STRANGER or customer == held.customer:
        return held
    return Held(held.conversation, customer) if held.customer == STRANGER else None
