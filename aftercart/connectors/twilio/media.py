"""Where Twilio keeps what was sent along with a text, and how it is asked for (twilio.com/docs/messaging/api/media)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from aftercart.connectors.asking import Request, basic_authorization

# Regions have addresses of their own (twilio.com/docs/global-infrastructure).
_HOST = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
_PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-zA-Z]+)/")

NEEDED: tuple[str, ...] = ()
OPTIONAL: tuple[str, ...] = ()
ALWAYS = False


def check(known: Mapping[str, str]) -> None: ...


def request(url: str, known: Mapping[str, str], *, at: datetime, loopback: bool = False) -> Request | None:
    """The question with the account's own credentials, which go to Twilio and nowhere else; None for another address.

    The secret is the account's auth token; the account is the one that the address names. `loopback`: this machine may
    stand for Twilio, in tests.
    """
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    theirs = parts.scheme == "https" and _HOST.fullmatch(host)
    account = _PATH.match(parts.path)
    if account is None or parts.username or not (theirs or (loopback and host == "127.0.0.1")):
        return None
    return Request(url=url, headers={"authorization": basic_authorization(account[1], known["secret"])})


def leads_to(body: bytes) -> str:
    return ""
