"""UPS's Tracking API: OAuth client credentials, one number a request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from aftercart.connectors.asking import (
    Pace,
    Request,
    bearer,
    client_credentials,
    in_path,
    whole_answer,
)
from aftercart.connectors.ups.tracking import faults

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
HOST = "https://onlinetools.ups.com"
SANDBOX = "https://wwwcie.ups.com"
CARRIERS = frozenset(["ups", "ups_mail_innovations", "ups_surepost"])
AT_ONCE = 1
PACE = Pace(per_second=2.0, burst=10)
answers = whole_answer


def token_request(secrets: Mapping[str, str], host: str) -> Request:
    url = f"{host}/security/v1/oauth/token"
    return client_credentials(url, secrets["client_id"], secrets["client_secret"], basic=True)


def request(numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
    (number,) = numbers
    # UPS wants an id of each question; the same question may have the same.
    headers = {"transid": hashlib.blake2b(number.encode(), digest_size=16).hexdigest(), "transactionsrc": "aftercart"}
    return Request(url=f"{host}/api/track/v1/details/{in_path(number)}?locale=en_US", headers=bearer(token) | headers)
