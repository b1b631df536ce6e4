from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercart.connectors import anymailing
from aftercart.connectors.posting import address, post, read
from aftercart.connectors.reading import key
from aftercart.connectors.sending import EMAIL, Channel, Message, needed, seconds_of

CHANNELS = frozenset([EMAIL])
NEEDED: tuple[str, ...] = ("api_key", "domain")
OPTIONAL: tuple[str, ...] = ("signing_key", "address")
REPEATABLE = False
PROVEN_BY: str | None = "signing_key"


@dataclass(frozen=True, slots=True)
class Mailgun:
    api_key: str = field(repr=False)
    domain: str
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        backend = anymailing.backend(
            "mailgun", api_key=self.api_key, sender_domain=self.domain, api_url=self.url + "/v3/"
        )
        answer = post(anymailing.request(backend, message), seconds=self.seconds)
        return key(read(answer.body).get("id")).strip("<>")


def sender(settings: Mapping[str, str]) -> Channel:
    return Mailgun(
        needed(settings, "api_key"),
        needed(settings, "domain"),
        address(settings, "https://api.mailgun.net"),
        seconds_of(settings),
    )
