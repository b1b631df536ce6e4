from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercart.connectors import anymailing
from aftercart.connectors.posting import address, post
from aftercart.connectors.reading import key
from aftercart.connectors.sending import EMAIL, Channel, Message, needed, seconds_of

CHANNELS = frozenset([EMAIL])
NEEDED: tuple[str, ...] = ("api_key",)
OPTIONAL: tuple[str, ...] = ("verification_key", "address")
REPEATABLE = False
PROVEN_BY: str | None = "verification_key"


@dataclass(frozen=True, slots=True)
class SendGrid:
    api_key: str = field(repr=False)
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        backend = anymailing.backend(
            "sendgrid", api_key=self.api_key, generate_message_id=False, api_url=self.url + "/v3/"
        )
        answer = post(anymailing.request(backend, message), seconds=self.seconds)
        return key(answer.headers.get("x-message-id"))


def sender(settings: Mapping[str, str]) -> Channel:
    return SendGrid(needed(settings, "api_key"), address(settings, "https://api.sendgrid.com"), seconds_of(settings))
