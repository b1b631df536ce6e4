from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr

from aftercart.connectors.asking import Request
from aftercart.connectors.composing import compose
from aftercart.connectors.posting import address, json, post, read
from aftercart.connectors.reading import key
from aftercart.connectors.sending import EMAIL, Channel, Message, SettingError, needed, seconds_of
from aftercart.connectors.ses.signing import signed
from aftercart.plumbing import clock

CHANNELS = frozenset([EMAIL])
NEEDED: tuple[str, ...] = ("access_key_id", "secret_access_key", "region")
OPTIONAL: tuple[str, ...] = ("session_token", "configuration_set", "address", "topic")
REPEATABLE = False
PROVEN_BY: str | None = ""
TAG = "aftercart"


@dataclass(frozen=True, slots=True)
class Ses:
    key_id: str
    secret: str = field(repr=False)
    session: str = field(repr=False)
    region: str
    configuration_set: str
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        return key(read(post(self._request(message), seconds=self.seconds).body).get("MessageId"))

    def _request(self, message: Message) -> Request:
        """The whole mail as we composed it (SES v2, SendEmail with raw content)."""
        told: dict[str, object] = {
            "Content": {"Raw": {"Data": base64.b64encode(compose(message).as_bytes()).decode()}},
            "Destination": {"ToAddresses": [parseaddr(message.to)[1]]},
            "FromEmailAddress": message.sender,
        }
        if message.reference:
            told["EmailTags"] = [{"Name": TAG, "Value": message.reference}]
        if self.configuration_set:
            told["ConfigurationSetName"] = self.configuration_set
        bare = json(f"{self.url}/v2/email/outbound-emails", told, {})
        proof = signed(
            bare.url, bare.body, key_id=self.key_id, secret=self.secret, region=self.region, service="ses",
            at=clock.machine(), session=self.session,
        )  # fmt: skip
        return json(bare.url, told, proof)


def region_of(settings: Mapping[str, str]) -> str:
    """Raises SettingError."""
    region = needed(settings, "region")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
        raise SettingError("region", f"{region!r} is none of AWS, such as eu-central-1")
    return region


def sender(settings: Mapping[str, str]) -> Channel:
    region = region_of(settings)
    return Ses(
        needed(settings, "access_key_id"),
        needed(settings, "secret_access_key"),
        settings.get("session_token", ""),
        region,
        settings.get("configuration_set", ""),
        address(settings, f"https://email.{region}.amazonaws.com"),
        seconds_of(settings),
    )
