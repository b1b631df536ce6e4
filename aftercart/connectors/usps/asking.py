"""USPS's Tracking API, version 3: OAuth client credentials, one number a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aftercart.connectors.asking import Pace, Request, bearer, client_credentials, in_path, whole_answer
from aftercart.connectors.usps.tracking import faults

__all__ = [
    "AT_ONCE",
    "CARRIERS",
    "HOST",
    "PACE",
    "SANDBOX",
    "SECRETS",
    "answers",
    "faults",
    "request",
    "token_request",
]

SECRETS: tuple[str, ...] = ("client_id", "client_secret")
HOST = "https://apis.usps.com"
SANDBOX = "https://apis-tem.usps.com"
CARRIERS = frozenset(["usps"])
AT_ONCE = 1
# 60 an hour is what USPS gives to begin with; more is granted on request.
PACE = Pace(per_second=60 / 3600, burst=5)
answers = whole_answer


def token_request(secrets: Mapping[str, str], host: str) -> Request:
    return client_credentials(f"{host}/oauth2/v3/token", secrets["client_id"], secrets["client_secret"])


def request(numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
    (number,) = numbers
    return Request(url=f"{host}/tracking/v3/tracking/{in_path(number)}?expand=DETAIL", headers=bearer(token))
