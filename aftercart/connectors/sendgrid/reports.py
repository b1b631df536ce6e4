"""SendGrid's event webhook: signed with ECDSA over time and body, many events a body, some of them twice. And its
Inbound Parse, which brings a mail as a form, signed so or with a user and password in the address.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from aftercart.connectors.anymailing import REFERENCE
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.forms import is_form
from aftercart.connectors.reading import document, gathered, key, mapping, read_each, received_at, text, whole
from aftercart.connectors.reports import LONGEST_ADDRESS, About, is_basic, reference
from aftercart.connectors.sendgrid import inbound
from aftercart.connectors.sending import EMAIL
from aftercart.facts import Outcome, Unread
from aftercart.plumbing.signing import unix_moment

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = inbound.KEPT_HEADERS
_SIGNATURE, _TIMESTAMP = "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"

SAYS_NOTHING = frozenset(["processed", "open", "click"])
# Why it did not even try: the address is on a list of theirs.
UNREACHABLE = frozenset(["bounced address", "invalid"])


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """`secret` is the verification key that SendGrid shows: a public key, as base64. Or, for mail, user:password."""
    if ":" in secret:
        return is_form(headers) and is_basic(headers, secret)
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    stamp = headers.get(_TIMESTAMP, "")
    try:
        key = load_der_public_key(base64.b64decode(secret, validate=True))
        signature = base64.b64decode(headers.get(_SIGNATURE, ""), validate=True)
        if not isinstance(key, ec.EllipticCurvePublicKey) or not stamp:
            return False
        key.verify(signature, stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return unix_moment(headers.get(_TIMESTAMP, ""))


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return inbound.name(body, headers) if is_form(headers) else ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    return "inbound" if is_form(headers) else "events"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    if is_form(headers):
        return list(inbound.read(body, headers))
    told = document(body)
    if not isinstance(told, list):
        raise PayloadError("body", "is no list of events")
    received = received_at(headers)
    return gathered(read_each(told, "events", lambda event: _event(mapping(event), received)))


def _event(told: Mapping[str, Any], received: datetime) -> Iterator[Read]:
    kind = text(told.get("event"), 80)
    if not kind:
        raise PayloadError("event", "is missing")
    stamp = whole(told.get("timestamp"))
    at = datetime.fromtimestamp(stamp, UTC) if stamp is not None and stamp > 0 else received
    about = About(
        source="sendgrid",
        channel=EMAIL,
        happened_at=at,
        reported_at=max(at, received),
        address=text(told.get("email"), LONGEST_ADDRESS),
        # Theirs is ours for the API's answer, then a dot, then which of its recipients.
        message_id=key(told.get("sg_message_id")).partition(".")[0],
        reference=reference(told.get(REFERENCE)),
    )
    match kind:
        case "delivered":
            yield about.became(Outcome.DELIVERED, told.get("response"))
        case "deferred":
            yield about.became(Outcome.SOFT_BOUNCED, told.get("response"), told.get("reason"))
        case "bounce":
            # "blocked": this message, not this address.
            hard = text(told.get("type")) != "blocked"
            yield about.became(Outcome.HARD_BOUNCED if hard else Outcome.FAILED, told.get("reason"))
        case "dropped":
            gone = text(told.get("reason")).lower() in UNREACHABLE
            yield about.became(Outcome.HARD_BOUNCED if gone else Outcome.FAILED, told.get("reason"))
        case "spamreport":
            yield about.became(Outcome.COMPLAINED)
        case "unsubscribe" | "group_unsubscribe" | "group_resubscribe":
            yield about.consents(kind == "group_resubscribe")
        case _ if kind not in SAYS_NOTHING:
            yield Unread("event", kind)
