"""Klaviyo: an event for the brand's own flows, which write and send the message there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercart.connectors.composing import address as mail_address
from aftercart.connectors.posting import address, json, post
from aftercart.connectors.sending import EVENT, Channel, Message, needed, seconds_of

CHANNELS = frozenset([EVENT])
NEEDED: tuple[str, ...] = ("api_key",)
OPTIONAL: tuple[str, ...] = ("address",)
# Of events with one unique_id for one profile and metric it keeps the first.
REPEATABLE = True
PROVEN_BY: str | None = None
REVISION = "2025-04-15"


@dataclass(frozen=True, slots=True)
class Klaviyo:
    api_key: str = field(repr=False)
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        told = {"kind": message.kind, "subject": message.subject, "text": message.text, "html": message.html}
        attributes = {
            "unique_id": message.key,
            "metric": {"data": {"type": "metric", "attributes": {"name": f"Aftercart {message.kind or 'notice'}"}}},
            "profile": {
                "data": {"type": "profile", "attributes": {"email": mail_address(message.to, "recipient").addr_spec}}
            },
            "properties": {
                **message.about,
                **told,
                "language": message.language,
                "reference": message.reference,
                **message.task,
            },
        }
        headers = {"authorization": f"Klaviyo-API-Key {self.api_key}", "revision": REVISION}
        request = json(f"{self.url}/api/events", {"data": {"type": "event", "attributes": attributes}}, headers)
        post(request, seconds=self.seconds, repeatable=REPEATABLE)
        return message.key


def sender(settings: Mapping[str, str]) -> Channel:
    return Klaviyo(needed(settings, "api_key"), address(settings, "https://a.klaviyo.com"), seconds_of(settings))
