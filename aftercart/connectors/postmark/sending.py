from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercart.connectors import anymailing
from aftercart.connectors.posting import address, post, read
from aftercart.connectors.reading import key
from aftercart.connectors.sending import EMAIL, Channel, Message, needed, seconds_of

CHANNELS = frozenset([EMAIL])
NEEDED: tuple[str, ...] = ("server_token",)
OPTIONAL: tuple[str, ...] = ("message_stream", "address")
REPEATABLE = False
PROVEN_BY: str | None = ""


@dataclass(frozen=True, slots=True)
class Postmark:
    token: str = field(repr=False)
    stream: str | None
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        backend = anymailing.backend(
            "postmark", server_token=self.token, message_stream=self.stream, api_url=self.url + "/"
        )
        answer = post(anymailing.request(backend, message), seconds=self.seconds)
        return key(read(answer.body).get("MessageID"))


def sender(settings: Mapping[str, str]) -> Channel:
    return Postmark(
        needed(settings, "server_token"),
        settings.get("message_stream") or None,
        address(settings, "https://api.postmarkapp.com"),
        seconds_of(settings),
    )
