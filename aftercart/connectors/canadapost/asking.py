"""Canada Post's tracking: HTTP basic authentication with the key of its developer programme, one number a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aftercart.connectors.asking import Pace, Request, basic_authorization, in_path, whole_answer
from aftercart.connectors.canadapost.tracking import faults

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

SECRETS: tuple[str, ...] = ("username", "password")
HOST = "https://soa-gw.canadapost.ca"
SANDBOX = "https://ct.soa-gw.canadapost.ca"
CARRIERS = frozenset(["canada_post"])
AT_ONCE = 1
PACE = Pace(per_second=1.0, burst=10)
answers = whole_answer


def token_request(secrets: Mapping[str, str], host: str) -> None:
    return None


def request(numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
    (number,) = numbers
    headers = {
        "accept": "application/vnd.cpc.track-v2+xml",
        "accept-language": "en-CA",
        "authorization": basic_authorization(secrets["username"], secrets["password"]),
    }
    return Request(url=f"{host}/vis/track/pin/{in_path(number)}/detail", headers=headers)
