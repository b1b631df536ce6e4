"""What every source of facts can do. A folder of connectors/ is one, as a module.

Pure: bytes and headers in, facts out. Header names are lower-case. The intake calls `is_authentic` and `bound_to`
when a delivery arrives, stores the body and KEPT_HEADERS, and calls `parse` later, as often as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from aftercart.facts import Fact, Unread

Read = Fact | Unread

# Put among the headers by whoever calls `parse`, never by a sender: when the delivery was received (ISO 8601). The last
# resort for bodies and headers that name no time at all.
RECEIVED_AT = "aftercart-received-at"
# Put there by whoever asked a carrier: the tracking number that it was asked for. Some answers ("not found") name none.
ASKED_FOR = "aftercart-asked-for"
# Put there by the intake, for those who sign or use it: the whole address that the delivery came to, as its sender
# wrote it, and what stood behind its question mark.
ADDRESSED_TO, ASKED_WITH = "aftercart-addressed-to", "aftercart-asked-with"
# All names of headers that only we write begin so: the intake drops those of a sender.
OWN_HEADERS = "aftercart-"
# Of mail, put there by whoever took it in: the addresses at which the brand receives, and those on its envelope (each
# list with commas); the name of the server whose verdict about senders is believed; of a mail that was too large,
# of which only the beginning is here, how many bytes it had; and the verdict that a provider told apart from the mail:
# SPF, DKIM and DMARC, with commas.
OURS, DELIVERED_TO = "aftercart-ours", "aftercart-delivered-to"
BELIEVED, CUT, VERDICT = "aftercart-believed", "aftercart-cut", "aftercart-verdict"
# The time of what has none, where the caller does not say either when it was received: older than all that is dated, so
# that it never wins over it.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


class PayloadError(ValueError):
    """A body that cannot be read: which field, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class FactSource(Protocol):
    # False: it may come unsigned, and where the source has no secret its address is the proof.
    SIGNED: bool
    # True: the schema is ours, so a body that does not fit it is refused at once, not kept for a person to look at.
    TYPED: bool
    # The headers that `parse` needs.
    KEPT_HEADERS: frozenset[str]

    def is_authentic(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """Whether the signature fits. Never for an empty secret or a missing signature."""

    def bound_to(self, headers: Mapping[str, str]) -> str:
        """The account that the headers claim and no signature covers, to compare with the source's; '' if none."""

    def sent_at(self, headers: Mapping[str, str]) -> datetime | None:
        """The signed time of sending, for judging freshness; None where the scheme signs none."""

    def delivery_id(self, body: bytes, headers: Mapping[str, str]) -> str:
        """The sender's own id of this delivery, the same when it tries again; '' if there is none."""

    def topic(self, body: bytes, headers: Mapping[str, str]) -> str:
        """What the delivery says it is about, in the sender's words; '' if it does not say."""

    def parse(self, body: bytes, headers: Mapping[str, str]) -> list[Read]:
        """The facts, and what was not understood. Raises PayloadError, and nothing else."""
