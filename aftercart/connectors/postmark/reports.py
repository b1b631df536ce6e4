"""Postmark's webhooks, of mail that left and mail that came: unsigned, so the address holds a user and a password.

One event a body.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.anymailing import REFERENCE
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.postmark import inbound
from aftercart.connectors.reading import document, first_instant, head, key, mapping, received_at, text
from aftercart.connectors.reports import LONGEST_ADDRESS, About, is_basic, reference
from aftercart.connectors.sending import EMAIL
from aftercart.facts import Outcome, Unread

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = inbound.KEPT_HEADERS

# postmarkapp.com/developer/api/bounce-api: the types of a bounce. What is only somebody's reply tells nothing.
BOUNCES: Mapping[str, Outcome | None] = {
    "HardBounce": Outcome.HARD_BOUNCED,
    "BadEmailAddress": Outcome.HARD_BOUNCED,
    "ManuallyDeactivated": Outcome.HARD_BOUNCED,
    "SoftBounce": Outcome.SOFT_BOUNCED,
    "Transient": Outcome.SOFT_BOUNCED,
    "DnsError": Outcome.SOFT_BOUNCED,
    "SpamNotification": Outcome.COMPLAINED,
    "SpamComplaint": Outcome.COMPLAINED,
    "Blocked": Outcome.FAILED,
    "VirusNotification": Outcome.FAILED,
    "DMARCPolicy": Outcome.FAILED,
    "SMTPApiError": Outcome.FAILED,
    "TemplateRenderingFailed": Outcome.FAILED,
    "Unconfirmed": Outcome.FAILED,
    "AutoResponder": None,
    "AddressChange": None,
    "ChallengeVerification": None,
    "OpenRelayTest": None,
}
SAYS_NOTHING = frozenset(["Open", "Click"])


class _Head(msgspec.Struct):
    RecordType: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return is_basic(headers, secret)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    if found is None or found.RecordType not in (None, "Inbound"):
        return ""
    told = mapping(document(body))
    return inbound.name(told) if inbound.is_inbound(told) else ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    return "" if found is None else text(found.RecordType, 80) or "Inbound"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    told = document(body)
    if inbound.is_inbound(mapping(told)):
        return list(inbound.read(told, headers))
    record = text(mapping(told).get("RecordType"), 80)
    if not record:
        raise PayloadError("RecordType", "is missing")
    about = _about(told, received_at(headers))
    if record == "Delivery":
        return [about.became(Outcome.DELIVERED, told.get("Details"))]
    if record in ("Bounce", "SpamComplaint"):
        return _bounce(told, about, record)
    if record == "SubscriptionChange":
        # It repeats bounces and complaints, which came by themselves; what is left is the customer's own wish.
        wished = text(told.get("SuppressionReason")) in ("", "ManualSuppression")
        return [about.consents(told.get("SuppressSending") is not True)] if wished else []
    return [] if record in SAYS_NOTHING else [Unread("RecordType", record)]


def _about(told: Mapping[str, Any], received: datetime) -> About:
    at = first_instant(*(told.get(name) for name in ("DeliveredAt", "BouncedAt", "ChangedAt"))) or received
    return About(
        source="postmark",
        channel=EMAIL,
        happened_at=at,
        reported_at=max(at, received),
        address=text(told.get("Email") or told.get("Recipient"), LONGEST_ADDRESS),
        message_id=key(told.get("MessageID")),
        reference=reference(mapping(told.get("Metadata")).get(REFERENCE)),
    )


def _bounce(told: Mapping[str, Any], about: About, record: str) -> list[Read]:
    kind = text(told.get("Type"), 80) or record
    if kind == "Unsubscribe":
        return [about.consents(False)]
    if kind not in BOUNCES:
        return [Unread("Type", kind)]
    outcome = BOUNCES[kind]
    return [] if outcome is None else [about.became(outcome, told.get("Description"), told.get("Details"), kind)]
