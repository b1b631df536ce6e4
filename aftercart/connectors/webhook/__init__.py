"""A webhook to a system of the brand's own, signed as Standard Webhooks has it (standardwebhooks.com)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from aftercart.connectors.posting import json, post
from aftercart.connectors.sending import EMAIL, EVENT, SMS, WHATSAPP, Channel, Message, SettingError, needed, seconds_of
from aftercart.plumbing import clock
from aftercart.plumbing.http import Doors
from aftercart.plumbing.signing import standard_signature

# Whatever the brand's own system speaks through.
CHANNELS = frozenset([EMAIL, SMS, WHATSAPP, EVENT])
NEEDED: tuple[str, ...] = ("url", "secret")
OPTIONAL: tuple[str, ...] = ("channel",)
# Receivers know a delivery that comes again by its webhook-id: the standard asks it of them.
REPEATABLE = True
PROVEN_BY: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str = field(repr=False)
    channel: str
    seconds: float
    doors: Doors

    def __call__(self, message: Message) -> str:
        at = clock.machine()
        told: dict[str, object] = {
            "reference": message.reference, "channel": self.channel, "kind": message.kind, "to": message.to,
            "sender": message.sender, "subject": message.subject, "text": message.text, "html": message.html,
            "language": message.language, "unsubscribe": message.stop, "about": dict(message.about),
        }  # fmt: skip
        type_ = "message.owed"
        if message.task:
            # Something to do, not something to say.
            type_, told = message.kind, {"reference": message.reference, "to": message.to, **message.task}
        body = {"type": type_, "timestamp": at.isoformat(), "data": told}
        key, stamp = message.key.strip("<>"), str(int(at.timestamp()))
        proof = {
            "webhook-id": key,
            "webhook-timestamp": stamp,
            "webhook-signature": standard_signature(self.secret, key, stamp, msgspec.json.encode(body)),
        }
        post(json(self.url, body, proof), seconds=self.seconds, repeatable=REPEATABLE, public=self.doors)
        return key


def sender(settings: Mapping[str, str]) -> Channel:
    """`doors` is the installation's to set, never the brand's: into which networks the address may lead."""
    url, secret = needed(settings, "url"), needed(settings, "secret")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SettingError("url", f"{url!r} is no address such as https://hooks.example/aftercart")
    try:
        standard_signature(secret, "", "", b"")
    except ValueError as error:
        raise SettingError("secret", str(error)) from None
    doors = Doors(settings.get("doors") or Doors.PUBLIC)
    return Webhook(url, secret, settings.get("channel") or EVENT, seconds_of(settings), doors)
