"""MailerSend's inbound routes (developers.mailersend.com/api/v1/inbound): the mail whole, the body signed."""

from __future__ import annotations

from collections.abc import Iterator

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Letter, Told, raw
from aftercart.connectors.reading import document, mapping, rows, text
from aftercart.plumbing.signing import hmac_hex, same


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    return same(headers.get("signature", ""), hmac_hex(secret.encode(), body))


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = mapping(document(body))
    kind = text(told.get("type"), 80)
    if kind.startswith("activity."):
        return  # of what was sent, for another address
    if kind != "inbound.message":
        raise PayloadError("type", f"{kind!r} is no inbound.message")
    mail = mapping(told.get("data"))
    reached = [text(mapping(one).get("email"), 320) for one in rows(mapping(mail.get("recipients")).get("rcptTo"))]
    # Its spf_check and dkim_check do not say that From is true.
    yield Letter(content=raw(mail.get("raw"), "data.raw"), to=",".join(filter(None, reached)))


hook = Hook(proves=_proves, mails=_mails)
