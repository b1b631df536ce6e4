"""Text messages and WhatsApp through Twilio's HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from aftercart.connectors.asking import basic_authorization
from aftercart.connectors.numbers import international
from aftercart.connectors.posting import address, form, post, read
from aftercart.connectors.reading import key
from aftercart.connectors.sending import SMS, WHATSAPP, Channel, Message, SettingError, needed, seconds_of

CHANNELS = frozenset([SMS, WHATSAPP])
NEEDED: tuple[str, ...] = ("account_sid", "auth_token", "from")
OPTIONAL: tuple[str, ...] = ("channel", "callback", "address")
REPEATABLE = False
PROVEN_BY: str | None = "auth_token"
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Twilio:
    """`sender`: a number, or the sid of a messaging service. `callback`: where it reports to, '' for nowhere."""

    account: str
    token: str = field(repr=False)
    sender: str
    channel: str
    callback: str
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        prefix = "whatsapp:" if self.channel == WHATSAPP else ""
        by = "MessagingServiceSid" if self.sender.startswith("MG") else "From"
        fields = {
            "To": prefix + international(message.to, "recipient"),
            by: self.sender if by != "From" else prefix + self.sender,
            **_words(message),
        }
        if self.callback:
            fields["StatusCallback"] = f"{self.callback}?{urlencode({REFERENCE: message.reference})}"
        request = form(
            f"{self.url}/2010-04-01/Accounts/{self.account}/Messages.json",
            fields,
            {"authorization": basic_authorization(self.account, self.token)},
        )
        return key(read(post(request, seconds=self.seconds).body).get("sid"))


def _words(message: Message) -> dict[str, str]:
    """Ours, or those that WhatsApp has approved (twilio.com/docs/content: variables are counted from 1)."""
    if not message.template:
        return {"Body": message.text}
    numbered = {str(place): value for place, value in enumerate(message.variables, start=1)}
    return {"ContentSid": message.template, "ContentVariables": msgspec.json.encode(numbered).decode()}


def sender(settings: Mapping[str, str]) -> Channel:
    account = needed(settings, "account_sid")
    if not (account.isascii() and account.isalnum()):
        raise SettingError("account_sid", "is no account of Twilio: letters and digits, beginning with AC")
    return Twilio(
        account,
        needed(settings, "auth_token"),
        needed(settings, "from"),
        settings.get("channel") or SMS,
        settings.get("callback", ""),
        address(settings, "https://api.twilio.com"),
        seconds_of(settings),
    )
