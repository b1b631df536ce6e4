"""What providers tell of messages that left through them: the parts that all of them share."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.reading import key, text
from aftercart.facts import ConsentTold, MessageReported, Outcome
from aftercart.plumbing.signing import same

SHORTEST_ADDRESS, LONGEST_ADDRESS = 3, 320


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The message that a report is about, whatever the report says of it."""

    source: str
    channel: str
    happened_at: datetime
    reported_at: datetime
    address: str
    message_id: str = ""
    reference: str = ""

    def became(self, outcome: Outcome, *reasons: object) -> MessageReported:
        """With the first reason that says something. Raises PayloadError where nobody could know which message."""
        if not (self.message_id or self.reference or self.address):
            raise PayloadError("message", "has neither a name nor an address")
        return MessageReported(
            source=self.source,
            happened_at=self.happened_at,
            reported_at=self.reported_at,
            outcome=outcome,
            channel=self.channel,
            message_id=self.message_id,
            reference=self.reference,
            address=self.address,
            reason=next(filter(None, (" ".join(text(reason).split()) for reason in reasons)), ""),
        )

    def consents(self, granted: bool, purpose: str = "") -> ConsentTold:
        if len(self.address) < SHORTEST_ADDRESS:
            raise PayloadError("address", "is missing")
        return ConsentTold(
            source=self.source,
            happened_at=self.happened_at,
            reported_at=self.reported_at,
            channel=self.channel,
            address=self.address,
            granted=granted,
            purpose=purpose,
        )


def reference(value: Any) -> str:
    """Ours, as we gave it: 32 hex digits. What else stands there is somebody else's."""
    found = key(value)
    return found if len(found) == 32 and all(c in "0123456789abcdef" for c in found) else ""


def is_basic(headers: Mapping[str, str], secret: str) -> bool:
    """Whether user and password (`secret` is `user:password`) were shown, as the address to report to holds them."""
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    expected = base64.b64encode(secret.encode()).decode()
    return bool(secret) and scheme.lower() == "basic" and same(shown.strip(), expected)
