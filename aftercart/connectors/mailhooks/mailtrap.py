"""Mailtrap's inbound webhook (docs.mailtrap.io/developers/inbound): signed, and telling that mails are there.

The API says where each mail itself can be had, for a while.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from aftercart.connectors.asking import bearer
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Notice, Told, each
from aftercart.connectors.mailhooks.keeping import Keeper
from aftercart.connectors.reading import document, key, mapping, text, whole
from aftercart.plumbing.signing import hmac_hex, same

API = "https://mailtrap.io"
# Written so by its pages, and so by its webhook.
_RECEIVED = frozenset(["inbound_message_received", "inbound.message_received"])
_EXAMPLE = 1  # the inbox of "Test your integration": nothing is in it


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    return same(headers.get("mailtrap-signature", ""), hmac_hex(secret.encode(), body))


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = mapping(document(body))
    if not isinstance(told.get("events"), list):
        raise PayloadError("events", "are missing")
    yield from each(told["events"], "events", _mail)


def _mail(told: dict[str, Any]) -> Iterator[Told]:
    kind = text(told.get("event"), 80)
    if kind not in _RECEIVED:
        if kind and not kind.startswith("inbound"):
            return  # of what was sent, for another address
        raise PayloadError("event", f"{kind!r} is none that we know")
    inbox, name = whole(told.get("inbox_id")), key(told.get("message_id"))
    if inbox is None or not name:
        raise PayloadError("message_id" if inbox is not None else "inbox_id", "is missing")
    if inbox == _EXAMPLE:
        return
    said = [(field, text(told.get(field.lower()), 2_000)) for field in ("From", "To", "Subject")]
    url = f"{API}/api/inbound/inboxes/{inbox}/messages/{quote(name, safe='')}"
    yield Notice(url=url, head=tuple((field, value) for field, value in said if value))


def _raw(told: Mapping[str, Any]) -> object:
    return told.get("raw_message_url")


hook = Hook(proves=_proves, mails=_mails)
keeper = Keeper(usual=API, NEEDED=("api_token",), shows=bearer, names=_raw)
