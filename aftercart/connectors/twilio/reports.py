"""What Twilio tells: how a message fared, what people write, who called. Forms, signed over the address and all fields.

Those about messages carry no time of their own: what they tell is as old as its arrival.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl

from aftercart.connectors.contract import ADDRESSED_TO, ASKED_WITH, PayloadError, Read
from aftercart.connectors.reading import received_at, text
from aftercart.connectors.reports import LONGEST_ADDRESS, About, reference
from aftercart.connectors.sending import SMS, WHATSAPP
from aftercart.connectors.twilio import calls, texts
from aftercart.connectors.twilio.sending import REFERENCE
from aftercart.facts import Outcome, Unread
from aftercart.plumbing.signing import same

SIGNED = True
TYPED = False
KEPT_HEADERS = frozenset([ASKED_WITH])
TOPICS = ("MessageStatus", "TranscriptionStatus", "RecordingStatus", "CallStatus", "SmsStatus")
_MOST_FIELDS = 200

# twilio.com/docs/messaging/api/message-resource: the statuses of a message.
OUTCOMES = {"delivered": Outcome.DELIVERED, "read": Outcome.DELIVERED, "failed": Outcome.FAILED}
SAYS_NOTHING = frozenset(["accepted", "scheduled", "queued", "sending", "sent", "canceled"])
# twilio.com/docs/api/errors: no such number, or one that cannot take these messages; and one that asked for no more.
UNREACHABLE = frozenset(["21211", "21214", "21217", "21614", "30005", "30006", "63003", "63024"])
OPTED_OUT = "21610"


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """`secret` is the account's auth token. The address is that at which Twilio believes to have reached us."""
    try:
        told = sorted(set(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)))
    except ValueError:
        return False
    address = headers.get(ADDRESSED_TO, "")
    signed = (address + "".join(name + value for name, value in told)).encode()
    expected = base64.b64encode(hmac.digest(secret.encode(), signed, "sha1")).decode()
    return bool(secret and address) and same(headers.get("x-twilio-signature", ""), expected)


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    try:
        told = _fields(body)
    except PayloadError:
        return ""
    return text(next(filter(None, (told.get(name) for name in TOPICS)), ""), 80)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    told, at = _fields(body), received_at(headers)
    if told.get("CallSid"):
        return [*calls.told(told, _asked(headers, calls.CALLER), at)]
    if not told.get("MessageSid"):
        raise PayloadError("MessageSid", "is missing, and so is CallSid")
    if "MessageStatus" in told:
        return _status(told, reference(_asked(headers, REFERENCE)), at)
    if "Body" in told:
        return [_written(told, at)]
    raise PayloadError("MessageStatus", "is missing, and so is Body")


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise PayloadError("body", "is no form") from error


def _asked(headers: Mapping[str, str], name: str) -> str:
    return next(iter(parse_qs(headers.get(ASKED_WITH, "")).get(name, [])), "")


def _about(told: Mapping[str, str], address: str, at: datetime, mine: str = "") -> About:
    scheme, colon, number = text(address, LONGEST_ADDRESS).rpartition(":")
    return About(
        source="twilio",
        channel=WHATSAPP if colon and scheme == "whatsapp" else SMS,
        happened_at=at,
        reported_at=at,
        address=number,
        message_id=text(told["MessageSid"], 120),
        reference=mine,
    )


def _status(told: Mapping[str, str], mine: str, at: datetime) -> list[Read]:
    about, status, code = _about(told, told.get("To", ""), at, mine), told["MessageStatus"], told.get("ErrorCode", "")
    if status in SAYS_NOTHING:
        return []
    if status not in OUTCOMES and status != "undelivered":
        return [Unread("MessageStatus", text(status, 80))]
    outcome = Outcome.HARD_BOUNCED if code in UNREACHABLE else OUTCOMES.get(status, Outcome.FAILED)
    found: list[Read] = [about.became(outcome, told.get("ErrorMessage"), f"error {code}" if code else "")]
    return [*found, about.consents(False)] if code == OPTED_OUT and about.address else found


def _written(told: Mapping[str, str], at: datetime) -> Read:
    about = _about(told, told.get("From", ""), at)
    if not about.address:
        raise PayloadError("From", "is missing")
    return texts.written(told, about)
