"""DHL's Shipment Tracking – Unified: one key for all of DHL's services, one number a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from aftercart.connectors.asking import JSON, Pace, Request, whole_answer
from aftercart.connectors.dhl.tracking import faults

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

SECRETS: tuple[str, ...] = ("api_key",)
HOST = "https://api-eu.dhl.com"
SANDBOX = "https://api-test.dhl.com"
CARRIERS = frozenset(["dhl", "dhl_express", "dhl_paket", "dhl_parcel", "dhl_ecommerce", "deutsche_post"])
AT_ONCE = 1
# DHL grants 250 a day to begin with, and one each five seconds.
PACE = Pace(per_second=250 / 86_400, burst=20)
answers = whole_answer


def token_request(secrets: Mapping[str, str], host: str) -> None:
    return None


def request(numbers: Sequence[str], secrets: Mapping[str, str], token: str, host: str) -> Request:
    (number,) = numbers
    query = urlencode({"trackingNumber": number, "language": "en"})
    return Request(url=f"{host}/track/shipments?{query}", headers={"dhl-api-key": secrets["api_key"], "accept": JSON})
