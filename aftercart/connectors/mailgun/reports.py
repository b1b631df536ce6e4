"""Mailgun's webhooks: one event a body, or a mail as a form; both carry their own signature over time and token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from aftercart.connectors.anymailing import REFERENCE
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.forms import is_form
from aftercart.connectors.mailgun import inbound
from aftercart.connectors.reading import document, head, key, mapping, received_at, text
from aftercart.connectors.reports import LONGEST_ADDRESS, About, reference
from aftercart.connectors.sending import EMAIL
from aftercart.facts import Outcome, Unread
from aftercart.plumbing.signing import hmac_hex, same

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = inbound.KEPT_HEADERS

OUTCOMES = {"delivered": Outcome.DELIVERED, "complained": Outcome.COMPLAINED, "rejected": Outcome.FAILED}
SAYS_NOTHING = frozenset(["accepted", "opened", "clicked", "stored"])
# Why a failure for good is one of the address, and not of this message.
UNREACHABLE = frozenset(["bounce", "suppress-bounce"])


class _Head(msgspec.Struct):
    signature: Any = None
    event: Any = msgspec.field(name="event-data", default=None)


_HEAD = msgspec.json.Decoder(_Head)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    if is_form(headers):
        return inbound.is_authentic(body, headers, secret)
    found = head(_HEAD, body)
    proof = mapping(found.signature) if found else {}
    timestamp, token = text(proof.get("timestamp")), text(proof.get("token"))
    expected = hmac_hex(secret.encode(), f"{timestamp}{token}".encode())
    return bool(secret and timestamp and token) and same(text(proof.get("signature")), expected)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    """The token: its sender never uses one twice but for trying again. Of a mail: the mail's own name."""
    if is_form(headers):
        return inbound.name(body, headers)
    found = head(_HEAD, body)
    return key(mapping(found.signature).get("token")) if found else ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    if is_form(headers):
        return "inbound"
    found = head(_HEAD, body)
    return text(mapping(found.event).get("event"), 80) if found else ""


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    if is_form(headers):
        return list(inbound.read(body, headers))
    told = mapping(mapping(document(body)).get("event-data"))
    kind = text(told.get("event"), 80)
    if not kind:
        raise PayloadError("event-data.event", "is missing")
    about = _about(told, received_at(headers))
    status = mapping(told.get("delivery-status"))
    said = (status.get("message"), status.get("description"), mapping(told.get("reject")).get("reason"))
    if kind in OUTCOMES:
        return [about.became(OUTCOMES[kind], *said)]
    if kind == "failed":
        return [about.became(_failure(told), *said, told.get("reason"))]
    if kind == "unsubscribed":
        return [about.consents(False)]
    return [] if kind in SAYS_NOTHING else [Unread("event", kind)]


def _failure(told: Mapping[str, Any]) -> Outcome:
    if text(told.get("severity")) == "temporary":
        return Outcome.SOFT_BOUNCED
    return Outcome.HARD_BOUNCED if text(told.get("reason")) in UNREACHABLE else Outcome.FAILED


def _about(told: Mapping[str, Any], received: datetime) -> About:
    stamp = told.get("timestamp")
    fits = isinstance(stamp, int | float) and not isinstance(stamp, bool) and 0 < stamp < 1e11
    at = datetime.fromtimestamp(stamp, UTC) if fits and stamp is not None else received
    written = mapping(mapping(told.get("message")).get("headers"))
    return About(
        source="mailgun",
        channel=EMAIL,
        happened_at=at,
        reported_at=max(at, received),
        address=text(told.get("recipient"), LONGEST_ADDRESS),
        message_id=key(written.get("message-id")).strip("<>"),
        reference=reference(mapping(told.get("user-variables")).get(REFERENCE)),
    )
