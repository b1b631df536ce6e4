"""Resend's email.received (resend.com/docs/webhooks/emails/received): signed as Standard
Webhooks are, under Svix' names.

It tells that a mail is there. The API says where the mail itself can be had, for an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aftercart.connectors.asking import bearer
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Notice, Told
from aftercart.connectors.mailhooks.keeping import Keeper
from aftercart.connectors.reading import document, key, mapping, rows, text
from aftercart.plumbing.signing import is_standard, standard_signature, unix_moment

API = "https://api.resend.com"
_ID, _AT, _SIGNATURES = "svix-id", "svix-timestamp", "svix-signature"


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    name, at, signatures = (headers.get(one, "") for one in (_ID, _AT, _SIGNATURES))
    return unix_moment(at) is not None and is_standard(secret, name, at, signatures, body)


def _signed_at(headers: Headers) -> datetime | None:
    return unix_moment(headers.get(_AT, ""))


def _wrong(secret: str) -> str:
    try:
        standard_signature(secret, "", "", b"")
    except ValueError as error:
        return str(error)
    return ""


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = mapping(document(body))
    kind = text(told.get("type"), 80)
    if kind != "email.received":
        if kind.startswith(("email.", "contact.", "domain.")):
            return  # of what was sent, for another address
        raise PayloadError("type", f"{kind!r} is no email.received")
    mail = mapping(told.get("data"))
    name = key(mail.get("email_id"))
    if not name:
        raise PayloadError("data.email_id", "is missing")
    named = [("From", mail.get("from")), ("Subject", mail.get("subject")), ("Message-ID", mail.get("message_id"))]
    head = [(field, text(value, 2_000)) for field, value in named]
    head += [(field, ", ".join(_addresses(mail.get(field.lower())))) for field in ("To", "Cc")]
    reached = _addresses(mail.get("received_for")) or _addresses(mail.get("to"))
    url = f"{API}/emails/receiving/{quote(name, safe='')}"
    yield Notice(url=url, head=tuple((field, value) for field, value in head if value), to=",".join(reached))


def _addresses(told: object) -> list[str]:
    return [address for one in rows(told) if (address := text(one, 320))]


def _raw(told: Mapping[str, Any]) -> object:
    return mapping(told.get("raw")).get("download_url")


hook = Hook(proves=_proves, mails=_mails, wrong=_wrong, signed_at=_signed_at)
keeper = Keeper(usual=API, NEEDED=("api_key",), shows=bearer, names=_raw)
