"""Juniper & Clay with a server of its own: what it and its carrier send on one order of Dolores in Valencia."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

from aftercart.connectors import aftercart as our_json
from aftercart.facts import PromiseMade
from aftercart.orders.rules import order_id
from aftercart.people.links import tracking_url
from aftercart.rehearsal.rendering.sending import Sent, signed
from benchmarks.crash.life import Life
from tests import world

ORDERS = (2042, 2043)
SHOP = "juniper-and-clay.example"


def found() -> dict[str, dict[str, str]]:
    """Called in a process of the installation's."""
    brand = world.juniper()
    brand.speaks_since = world.NOW
    brand.clock_business, brand.clock_machine, brand.clock_rate = world.NOW, world.NOW, 0
    brand.save()
    found = {kind: {"path": f"/in/juniper/{kind}/token-{kind}", "secret": s} for kind, s in world.SECRETS.items()}
    pages = {str(number): tracking_url(brand, order_id(brand.id, "shopify", str(number))) for number in ORDERS}
    return found | {"pages": pages}


@dataclass(frozen=True, slots=True)
class Outside:
    """Everybody who tells us things about one order."""

    life: Life
    order: int

    @property
    def parcel(self) -> str:
        return f"PK7JC00{self.order}ES"

    @property
    def page(self) -> str:
        return self.life.inlets["pages"][str(self.order)]

    def placed(self, at: datetime) -> None:
        address = {"first_name": "Dolores", "last_name": "Iriarte", "city": "Valencia", "country_code": "ES"}
        order = {
            "id": self.order,
            "name": f"#{self.order}",
            "created_at": at.isoformat(),
            "processed_at": at.isoformat(),
            "updated_at": at.isoformat(),
            "currency": "EUR",
            "total_price": "119.00",
            "financial_status": "paid",
            "email": "dolores@example.com",
            "customer_locale": "es-ES",
            "customer": {"id": 881, "first_name": "Dolores", "last_name": "Iriarte", "email": "dolores@example.com"},
            "shipping_address": address | {"zip": "46003", "address1": "Calle del Olmo 12"},
            "line_items": [
                {"id": 71, "product_id": 7, "title": "Washed linen throw", "quantity": 1, "price": "119.00"}
            ],
        }
        self._shopify("orders/create", order, at)

    def shipped(self, at: datetime) -> None:
        fulfilment = {
            "id": self.order + 70_000,
            "order_id": self.order,
            "status": "success",
            "created_at": at.isoformat(),
            "updated_at": at.isoformat(),
            "tracking_company": "Correos",
            "tracking_numbers": [self.parcel],
            "origin_address": {"city": "Zaragoza", "country_code": "ES"},
            "line_items": [{"id": 71, "quantity": 1}],
        }
        self._shopify("fulfillments/create", fulfilment, at)

    def promised(self, latest: datetime, at: datetime) -> None:
        fact = PromiseMade(
            source="shopify",
            happened_at=at,
            reported_at=at,
            order_id=str(self.order),
            latest=latest.date(),
            surface="checkout",
        )
        body = our_json.encode([fact])
        self._post("aftercart", body, {"webhook-id": f"msg-{self.order}"})

    def scanned(self, status: str, city: str, at: datetime) -> None:
        told = (at + timedelta(minutes=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
        detail = {
            "object": "TrackingDetail",
            "status": status,
            "message": "",
            "datetime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tracking_location": {"city": city, "country": "ES"},
        }
        tracker = {
            "id": f"trk_{self.order}",
            "object": "Tracker",
            "tracking_code": self.parcel,
            "carrier": "Correos",
            "status": status,
            "updated_at": told,
            "tracking_details": [detail],
        }
        event = {
            "id": f"evt_{self.order}_{at:%d%H%M}",
            "object": "Event",
            "description": "tracker.updated",
            "created_at": told,
            "result": tracker,
        }
        self._post("easypost", json.dumps(event).encode(), {})

    def _shopify(self, topic: str, document: dict[str, object], at: datetime) -> None:
        headers = {
            "x-shopify-topic": topic,
            "x-shopify-shop-domain": SHOP,
            "x-shopify-webhook-id": f"{topic}-{self.order}",
            "x-shopify-triggered-at": at.isoformat(),
        }
        self._post("shopify", json.dumps(document).encode(), headers)

    def _post(self, kind: str, body: bytes, headers: Mapping[str, str]) -> None:
        inlet, now = self.life.inlets[kind], datetime.now(UTC)
        proven = signed(Sent(kind, headers, body, now), inlet["secret"], at=now)
        with urlopen(Request(self.life.url + inlet["path"], body, proven), timeout=15) as answer:
            assert json.loads(answer.read()) == {"stored": True}
