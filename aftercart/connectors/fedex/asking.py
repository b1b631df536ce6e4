"""FedEx's Track API: OAuth client credentials, up to thirty numbers a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from aftercart.connectors.asking import JSON, Pace, Request, bearer, client_credentials, encoded
from aftercart.connectors.fedex.tracking import faults
from aftercart.connectors.reading import head

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

SECRETS: tuple[str, ...] = ("api_key", "secret_key")
HOST = "https://apis.fedex.com"
SANDBOX = "https://apis-sandbox.fedex.com"
CARRIERS = frozenset(["fedex", "fedex_smartpost", "tnt"])
AT_ONCE = 30
PACE = Pace(per_second=1.0, burst=10)


class _One(msgspec.Struct):
    trackingNumber: str = ""


class _Output(msgspec.Struct):
    completeTrackResults: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _Answer(msgspec.Struct):
    output: _Output = msgspec.field(default_factory=_Output)


_ANSWER, _ONE = msgspec.json.Decoder(_Answer), msgspec.json.Decoder(_One)


def token_request(secrets: Mapping[str, str], host: str) -> Request:
    return client_credentials(f"{host}/oauth/token", secrets["api_key"], secrets["secret_key"])


def request(numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
    asked = [{"trackingNumberInfo": {"trackingNumber": number}} for number in numbers]
    return Request(
        url=f"{host}/track/v1/trackingnumbers",
        method="POST",
        headers=bearer(token) | {"content-type": JSON, "x-locale": "en_US"},
        body=encoded({"includeDetailedScans": True, "trackingInfo": asked}),
    )


def answers(body: bytes, numbers: Sequence[str]) -> dict[str, bytes]:
    """Each number's own part, without the transaction id that makes every answer another one."""
    found = head(_ANSWER, body)
    parts = {} if found is None else {_named(raw): bytes(raw) for raw in found.output.completeTrackResults}
    return {number: parts[number] for number in numbers if number in parts}


def _named(raw: msgspec.Raw) -> str:
    one = head(_ONE, bytes(raw))
    return "" if one is None else one.trackingNumber
