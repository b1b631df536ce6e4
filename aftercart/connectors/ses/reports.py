"""Amazon SES tells through SNS, either by event publishing ("eventType") or by notifications ("notificationType").

SNS proves itself by user and password in the address that it reports to, as we give it out. Its own signature needs a
certificate to be fetched, and is asked for once: when a topic wants to report for the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import document, first_instant, head, key, mapping, received_at, rows, text
from aftercart.connectors.reports import LONGEST_ADDRESS, About, is_basic, reference
from aftercart.connectors.sending import EMAIL
from aftercart.connectors.ses import inbound
from aftercart.connectors.ses.sending import TAG
from aftercart.facts import Outcome, Unread

SIGNED = True
TYPED = False
KEPT_HEADERS: frozenset[str] = inbound.KEPT_HEADERS

FAILURES = frozenset(["Reject", "Rendering Failure"])
SAYS_NOTHING = frozenset(["Send", "Open", "Click"])
# It asks whether the topic may report to us: no fact, and answered elsewhere (subscribing.py).
ASKS = "SubscriptionConfirmation"
WAITS = "SubscriptionConfirmation waits to be confirmed, within a minute"
# A test of the topic, which comes after it was subscribed to.
GREETING = "Successfully validated SNS topic for Amazon SES event publishing."


class _Head(msgspec.Struct):
    Type: Any = None
    MessageId: Any = None
    Message: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return is_basic(headers, secret)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    """SNS's own; of a mail the mail's, since each rule that it meets publishes it anew."""
    found = head(_HEAD, body)
    if found and isinstance(found.Message, str) and '"Received"' in found.Message:
        told = mapping(document(found.Message.encode()))
        if told.get("notificationType") == inbound.RECEIVED:
            return inbound.name(told)
    return key(found.MessageId) if found else ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    found = head(_HEAD, body)
    return text(found.Type, 80) if found else ""


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    told = mapping(document(body))
    kind, message = text(told.get("Type"), 80), told.get("Message")
    if kind == ASKS:
        raise PayloadError("Type", WAITS)
    if kind == "UnsubscribeConfirmation":
        return [Unread("Type", kind)]
    if kind != "Notification" or not isinstance(message, str):
        raise PayloadError("Type", "is no notification of SNS")
    if message.strip() == GREETING:
        return []
    event = mapping(document(message.encode()))
    if event.get("notificationType") == inbound.RECEIVED:
        return list(inbound.read(event, headers))
    return list(_event(event, received_at(headers)))


def _event(told: Mapping[str, Any], received: datetime) -> Iterator[Read]:
    kind = text(told.get("eventType") or told.get("notificationType"), 80)
    if not kind:
        raise PayloadError("Message.eventType", "is missing")
    detail = mapping(told.get({"DeliveryDelay": "deliveryDelay"}.get(kind, kind.lower())))
    if kind == "Bounce":
        yield from _bounces(told, detail, received)
    elif kind == "Complaint":
        for who in rows(detail.get("complainedRecipients")):
            about = _about(told, detail, mapping(who).get("emailAddress"), received)
            yield about.became(Outcome.COMPLAINED, detail.get("complaintFeedbackType"))
    elif kind == "Delivery":
        for who in rows(detail.get("recipients")):
            yield _about(told, detail, who, received).became(Outcome.DELIVERED, detail.get("smtpResponse"))
    elif kind == "DeliveryDelay":
        for who in rows(detail.get("delayedRecipients")):
            about = _about(told, detail, mapping(who).get("emailAddress"), received)
            yield about.became(Outcome.SOFT_BOUNCED, mapping(who).get("diagnosticCode"), detail.get("delayType"))
    elif kind in FAILURES:
        whom = next(iter(rows(mapping(told.get("mail")).get("destination"))), None)
        detail = mapping(told.get("failure")) or detail
        yield _about(told, detail, whom, received).became(
            Outcome.FAILED, detail.get("reason"), detail.get("errorMessage")
        )
    elif kind == "Subscription":
        whom = next(iter(rows(mapping(told.get("mail")).get("destination"))), None)
        wished = mapping(mapping(detail.get("newTopicPreferences"))).get("unsubscribeAll") is not True
        yield _about(told, detail, whom, received).consents(wished)
    elif kind not in SAYS_NOTHING:
        yield Unread("eventType", kind)


def _bounces(told: Mapping[str, Any], detail: Mapping[str, Any], received: datetime) -> Iterator[Read]:
    hard = text(detail.get("bounceType")) == "Permanent"
    for who in rows(detail.get("bouncedRecipients")):
        about = _about(told, detail, mapping(who).get("emailAddress"), received)
        outcome = Outcome.HARD_BOUNCED if hard else Outcome.SOFT_BOUNCED
        yield about.became(outcome, mapping(who).get("diagnosticCode"), detail.get("bounceSubType"))


def _about(told: Mapping[str, Any], detail: Mapping[str, Any], address: object, received: datetime) -> About:
    mail = mapping(told.get("mail"))
    at = first_instant(detail.get("timestamp"), mail.get("timestamp")) or received
    tagged = rows(mapping(mail.get("tags")).get(TAG))
    return About(
        source="ses",
        channel=EMAIL,
        happened_at=at,
        reported_at=max(at, received),
        address=text(address, LONGEST_ADDRESS),
        message_id=key(mail.get("messageId")),
        reference=reference(next(iter(tagged), "")),
    )
