"""Inbound routes of Mandrill, that is Mailchimp Transactional (mailchimp.com/developer/transactional/docs/webhooks).

A form with all mails in one field, each whole, signed over the address and the fields.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from typing import Any

from aftercart.connectors.contract import ADDRESSED_TO, PayloadError
from aftercart.connectors.forms import NONE, fields
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Letter, Told, each, raw
from aftercart.connectors.reading import document, mapping, text
from aftercart.plumbing.signing import same

_FORM = "application/x-www-form-urlencoded"
# What became of mails that were sent, for another address.
_REPORTS = frozenset([
    "send", "deferral", "hard_bounce", "soft_bounce", "open", "click", "spam", "unsub", "reject", "delivered",
])  # fmt: skip


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    try:
        told = fields(body, headers.get("content-type", ""))
    except PayloadError:
        return False
    address = headers.get(ADDRESSED_TO, "")
    signed = address.encode() + b"".join(name.encode() + told[name].content for name in sorted(told))
    expected = base64.b64encode(hmac.digest(secret.encode(), signed, "sha1")).decode()
    return bool(address) and same(headers.get("x-mandrill-signature", ""), expected)


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = document(fields(body, headers.get("content-type") or _FORM).get("mandrill_events", NONE).content)
    if not isinstance(told, list):
        raise PayloadError("mandrill_events", "is no list of events")
    yield from each(told, "mandrill_events", _mail)


def _mail(told: dict[str, Any]) -> Iterator[Told]:
    kind = text(told.get("event"), 80)
    if kind in _REPORTS:
        return
    if kind != "inbound":
        raise PayloadError("event", f"{kind!r} is not inbound")
    mail = mapping(told.get("msg"))
    # Its spf and dkim do not say that From is true.
    yield Letter(content=raw(mail.get("raw_msg"), "msg.raw_msg"), to=text(mail.get("email"), 320))


hook = Hook(proves=_proves, mails=_mails)
