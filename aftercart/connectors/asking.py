"""How a carrier is asked: pure requests, tokens and answers. The sockets are plumbing's.

The module `asking` of a carrier's folder is a Tracker.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import msgspec

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.faults import Fault
from aftercart.connectors.reading import document, mapping, text, whole

JSON = "application/json"
_SHORTEST_TOKEN, _LONGEST_TOKEN = 60, 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to send. Headers and body hold credentials, so they never show."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a carrier may be asked by one brand: so many at once, and then so many a second."""

    per_second: float
    burst: int


class Tracker(Protocol):
    # What it takes to log in, in the order in which `aftercart connect` wants it.
    SECRETS: tuple[str, ...]
    HOST: str
    SANDBOX: str
    # Which parcels it is asked for: carriers by the slugs of orders.carriers.
    CARRIERS: frozenset[str]
    # How many numbers one request may name.
    AT_ONCE: int
    PACE: Pace

    def token_request(self, secrets: Mapping[str, str], host: str) -> Request | None:
        """How to get a token; None where the secrets themselves are shown with each request."""

    def request(self, numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
        """The question for these numbers, at most AT_ONCE."""

    def faults(self, body: bytes) -> list[Fault]:
        """What an answer complains of, whatever its HTTP status; none in an answer that is all well."""

    def answers(self, body: bytes, numbers: Sequence[str]) -> dict[str, bytes]:
        """The part of the answer about each number asked for, byte for byte; a number left out is not in it."""


class Fetcher(Protocol):
    """How to get what a delivery names and its sender keeps. The module `fetching` of a sender's folder is one."""

    # What it takes beside the secret by which the sender proves itself, as `aftercart connect --set` wants it.
    NEEDED: tuple[str, ...]
    OPTIONAL: tuple[str, ...]
    # False: its deliveries may be whole, so that a brand can do without.
    ALWAYS: bool

    def check(self, known: Mapping[str, str]) -> None:
        """Raises SettingError (sending.py) where one of them cannot be used."""

    def request(self, url: str, known: Mapping[str, str], *, at: datetime, loopback: bool = False) -> Request | None:
        """The question for what is at `url`; None where that is none of the sender's own.

        `known`: NEEDED and OPTIONAL, and the `secret`. `loopback`: this machine may stand for the sender, in tests.
        """

    def leads_to(self, body: bytes) -> str:
        """Of an answer that only describes it: the address, good for a while, at which it is; '' where it is it.

        Raises PayloadError.
        """


def client_credentials(url: str, client_id: str, client_secret: str, *, basic: bool = False) -> Request:
    """OAuth 2.0 client credentials, as a form; `basic`: shown in a header instead."""
    form = {"grant_type": "client_credentials"}
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": JSON}
    if basic:
        headers["authorization"] = basic_authorization(client_id, client_secret)
    else:
        form |= {"client_id": client_id, "client_secret": client_secret}
    return Request(url=url, method="POST", headers=headers, body=urlencode(form).encode())


def basic_authorization(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "accept": JSON}


def read_token(body: bytes) -> Token:
    """What an OAuth server answers. Raises PayloadError."""
    given = mapping(document(body))
    value = given.get("access_token")
    if not isinstance(value, str) or not value:
        raise PayloadError("access_token", "is missing")
    seconds = whole(given.get("expires_in")) or _SHORTEST_TOKEN
    return Token(value, min(max(seconds, _SHORTEST_TOKEN), _LONGEST_TOKEN))


def in_path(number: str) -> str:
    return quote(number, safe="")


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def oauth_fault(payload: Mapping[str, Any]) -> tuple[str, str] | None:
    """The code and sentence of an OAuth error (RFC 6749, 5.2), which several carriers answer in place of a tracking."""
    code = payload.get("error")
    if not isinstance(code, str) or not code:
        return None
    return text(code, 80), text(payload.get("error_description"))


def whole_answer(body: bytes, numbers: Sequence[str]) -> dict[str, bytes]:
    """Of a carrier that is asked for one number at a time."""
    return {numbers[0]: body}
