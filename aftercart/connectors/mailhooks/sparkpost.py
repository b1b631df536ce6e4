"""SparkPost's relay webhooks (developers.sparkpost.com/api/relay-webhooks): mails whole, several a body, unsigned.

It shows the relay webhook's `auth_token`, or the user and password in the address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Letter, Told, each, raw
from aftercart.connectors.reading import document, mapping, text
from aftercart.connectors.reports import is_basic
from aftercart.plumbing.signing import same


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    return is_basic(headers, secret) or same(headers.get("x-messagesystems-webhook-token", ""), secret)


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = document(body)
    if not isinstance(told, list):
        raise PayloadError("body", "is no list of events")
    yield from each(told, "", _mail)


def _mail(told: dict[str, Any]) -> Iterator[Told]:
    if not isinstance(told.get("msys"), dict):
        raise PayloadError("msys", "is missing")
    if not told["msys"]:
        return  # it asks whether anybody is there
    mail = mapping(told["msys"].get("relay_message"))
    content = mapping(mail.get("content"))
    where = "msys.relay_message.content.email_rfc822"
    found = raw(content.get("email_rfc822"), where, packed=content.get("email_rfc822_is_base64"))
    yield Letter(content=found, to=text(mail.get("rcpt_to"), 320))


hook = Hook(proves=_proves, mails=_mails)
