"""A brand whose carriers are asked, and a carrier on loopback that answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from aftercart import facts as f
from aftercart.brands.models import Brand
from aftercart.orders import services as orders
from aftercart.orders.polling import asking, enrolling, fetching, lines
from aftercart.orders.polling.models import CarrierLine, Poll
from aftercart.plumbing import clock
from tests.carriersystem import Answer, CarrierSystem, carrier_system

UPS_SECRETS = {"client_id": "juniper-id", "client_secret": "hush-hush-hush"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def system(settings: Any) -> Iterator[CarrierSystem]:
    with carrier_system() as running:
        settings.CARRIER_HOST = running.url
        settings.CARRIER_TIMEOUT = 5.0
        fetching.TOKENS._known.clear()
        running.answer = of_ups
        yield running


def shipped(brand: Brand, number: str, carrier: str = "UPS", ago: timedelta = 3 * HOUR) -> None:
    at = clock.machine() - ago
    told: dict[str, Any] = {"source": "shopify", "happened_at": at, "reported_at": at, "as_of": at}
    where: dict[str, Any] = {"fulfilment_id": number, "order_id": f"order {number}", "numbers": (number,)}
    with transaction.atomic():
        orders.record(brand.id, [f.ParcelsShipped(**told, **where, carrier=carrier)])


def ups(number: str, code: str = "AR", kind: str = "I", ago: timedelta = HOUR) -> bytes:
    at = clock.machine().replace(microsecond=0) - ago
    activity = {
        "date": f"{at:%Y%m%d}", "time": f"{at:%H%M%S}", "gmtOffset": "+00:00",
        "status": {"type": kind, "code": code, "description": "Scan"}, "location": {"address": {"city": "Reno"}},
    }  # fmt: skip
    package = {"trackingNumber": number, "activity": [activity]}
    return json.dumps({"trackResponse": {"shipment": [{"package": [package]}]}}).encode()


STILL = "1ZSTILL"
_STILL = ups(STILL)


def of_ups(path: str, body: bytes) -> Answer:
    number = path.rpartition("/")[2].partition("?")[0]
    return 200, {}, _STILL if number == STILL else ups(number)


def open_line(brand: Brand, source: str = "ups", secrets: dict[str, str] = UPS_SECRETS, **how: Any) -> lines.Line:
    lines.connect(brand, source, secrets, **how)
    (line,) = [line for line in lines.lines() if line.source == source]
    # A full bucket, as after a while of silence.
    CarrierLine.objects.update(tokens=float(line.pace.burst))
    enrolling.enrol(line, clock.machine())
    return line


def ask(line: lines.Line) -> int:
    return asking.ask(line, seconds=20.0)


def all_due() -> None:
    """Time passes: everything is due, and the line is open."""
    Poll.objects.filter(due_at__isnull=False).update(due_at=clock.machine() - MINUTE)
    CarrierLine.objects.filter(closed_until__isnull=False).update(closed_until=clock.machine() - MINUTE)
