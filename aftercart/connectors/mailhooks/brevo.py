"""Brevo's inbound parsing (developers.brevo.com/docs/inbound-parse-webhooks): mails in parts, several a body, unsigned:
user and password are shown by the address. Their files stay there, each with a token by which it is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.files import safe_name
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Letter, Told, each, lines, user_and_password
from aftercart.connectors.mailhooks.keeping import Keeper
from aftercart.connectors.reading import document, mapping, rows, text
from aftercart.connectors.rebuilding import mail
from aftercart.connectors.reports import is_basic
from aftercart.facts import File

LONGEST, MOST_FILES, LONGEST_TOKEN = 10_000_000, 100, 2_000
API = "https://api.brevo.com"
_QUOTED = frozenset(["delivered-to", "return-path"])  # as in an address of the web


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    return is_basic(headers, secret)


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = mapping(document(body))
    if not isinstance(told.get("items"), list):
        raise PayloadError("items", "are missing")
    yield from each(told["items"], "items", _mail)


def _mail(told: dict[str, Any]) -> Iterator[Told]:
    head = [(name, unquote(value) if name.lower() in _QUOTED else value) for name, value in lines(told.get("Headers"))]
    if not head:
        raise PayloadError("Headers", "are missing")
    content = mail(head, text(told.get("RawTextBody"), LONGEST), text(told.get("RawHtmlBody"), LONGEST))
    reached = [value for name, value in head if name.lower() == "delivered-to"]
    files = [_file(mapping(one), n) for n, one in enumerate(rows(told.get("Attachments"))[:MOST_FILES], 1)]
    yield Letter(content=content, to=",".join(reached), files=tuple(files), ordered=False)


def _file(told: dict[str, Any], position: int) -> File:
    """Reading follows no link: the intake's fetching does. One without a token is named, and cannot be had."""
    declared = text(told.get("ContentType"), 80).partition(";")[0].strip().lower()
    content_id = text(told.get("ContentID")).strip("<>")
    token = quote(text(told.get("DownloadToken"), LONGEST_TOKEN), safe="")
    return File(
        name=safe_name(text(told.get("Name")), declared, position),
        content=b"",
        declared=declared,
        inline=bool(content_id),
        content_id=content_id,
        url=f"{API}/v3/inbound/attachments/{token}",
    )


hook = Hook(proves=_proves, mails=_mails, wrong=user_and_password, basic=True)
keeper = Keeper(usual=API, NEEDED=("api_key",), shows=lambda key: {"api-key": key})
