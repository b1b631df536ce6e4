"""Royal Mail's Tracking API v2: a client id and secret with each request, one number a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aftercart.connectors.asking import JSON, Pace, Request, in_path, whole_answer
from aftercart.connectors.royalmail.tracking import faults

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
HOST = "https://api.royalmail.net"
SANDBOX = "https://api.royalmail.net"
CARRIERS = frozenset(["royal_mail"])
AT_ONCE = 1
PACE = Pace(per_second=1.0, burst=10)
answers = whole_answer


def token_request(secrets: Mapping[str, str], host: str) -> None:
    return None


def request(numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
    (number,) = numbers
    headers = {
        "x-ibm-client-id": secrets["client_id"],
        "x-ibm-client-secret": secrets["client_secret"],
        "x-accept-rmg-terms": "yes",
        "accept": JSON,
    }
    return Request(url=f"{host}/mailpieces/v2/{in_path(number)}/events", headers=headers)
