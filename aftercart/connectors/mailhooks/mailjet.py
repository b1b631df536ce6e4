"""Mailjet's Parse API (dev.mailjet.com/email/guides/parse-api): a mail in parts, unsigned: user and password are shown
by the address. Which boundary belonged to which part it does not say, so the parts are put together anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mailhooks.inbound import (
    Headers,
    Hook,
    Letter,
    Told,
    decoded_file,
    lines,
    parameters,
    user_and_password,
)
from aftercart.connectors.reading import document, mapping, rows, text
from aftercart.connectors.rebuilding import Piece, mail
from aftercart.connectors.reports import is_basic

LONGEST = 10_000_000


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    return is_basic(headers, secret)


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = mapping(document(body))
    head = lines(told.get("Headers"))
    if not head:
        raise PayloadError("Headers", "are missing")
    parts = [mapping(one) for one in rows(told.get("Parts"))]
    files = [_file(part, told) for part in parts if "Attachment" in text(part.get("ContentRef"))]
    content = mail(head, text(told.get("Text-part"), LONGEST), text(told.get("Html-part"), LONGEST), files)
    yield Letter(content=content, to=text(told.get("Recipient"), 320), ordered=False)


def _file(part: Mapping[str, Any], told: Mapping[str, Any]) -> Piece:
    about = {name.lower(): value for name, value in reversed(lines(part.get("Headers")))}
    kind, disposition = about.get("content-type", ""), about.get("content-disposition", "")
    name = parameters(disposition).get("filename") or parameters(kind).get("name", "")
    content = decoded_file(told.get(text(part.get("ContentRef"))))
    return Piece(name, kind.partition(";")[0].strip().lower(), content, about.get("content-id", "").strip("<> "))


hook = Hook(proves=_proves, mails=_mails, wrong=user_and_password, basic=True)
