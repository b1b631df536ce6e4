"""Facts of Juniper & Clay, told briefly: what is not said is as in most orders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from aftercart.facts import (
    ArrivalEstimated,
    Clocked,
    Line,
    Money,
    OrderPlaced,
    ParcelScanned,
    ParcelsShipped,
    Person,
    Place,
    PromiseMade,
    State,
    ZoneSource,
)
from tests.world import NOW

NOOR = Person(external_id="77", email="noor@example.com", name="Noor Haddad", locale="en-US")
CHICAGO = Place(city="Chicago", region="IL", country="US", postal_code="60601")
COLUMBUS = Place(city="Columbus", region="OH", country="US")


def told(at: datetime, **facts: Any) -> dict[str, Any]:
    return {"source": "shopify", "happened_at": at, "reported_at": at} | facts


def placed(at: datetime = NOW, order_id: str = "1", **known: Any) -> OrderPlaced:
    usual: dict[str, Any] = {
        "order_id": order_id,
        "number": f"10{order_id}",
        "as_of": at,
        "customer": NOOR,
        "lines": (Line(external_id=f"{order_id}-a", title="Stoneware bowl", quantity=2),),
        "total": Money(amount=6400, currency="USD"),
        "ship_to": CHICAGO,
        "ship_from": COLUMBUS,
    }
    return OrderPlaced(**told(at), **(usual | known))


def promised(latest: date, at: datetime = NOW, order_id: str = "1") -> PromiseMade:
    return PromiseMade(**told(at), order_id=order_id, latest=latest)


def shipped(at: datetime, order_id: str = "1", number: str = "1Z1", **known: Any) -> ParcelsShipped:
    usual: dict[str, Any] = {
        "fulfilment_id": f"{order_id}-f",
        "order_id": order_id,
        "as_of": at,
        "carrier": "UPS",
        "numbers": (number,),
        "lines": ((f"{order_id}-a", 2),),
        "ship_from": COLUMBUS,
    }
    return ParcelsShipped(**told(at), **(usual | known))


def scanned(state: State, at: datetime, number: str = "1Z1", city: str = "Toledo", **known: Any) -> ParcelScanned:
    clocked = Clocked(instant=at, local=at.replace(tzinfo=None), offset_minutes=0, zone=ZoneSource.EXPLICIT)
    usual: dict[str, Any] = {"at": clocked, "state": state, "code": state.value, "number": number, "carrier": "ups"}
    usual |= {"place": Place(city=city, region="OH", country="US")}
    return ParcelScanned(**told(at) | {"source": "easypost"}, **(usual | known))


def estimated(latest: date, at: datetime = NOW, number: str = "1Z1") -> ArrivalEstimated:
    return ArrivalEstimated(
        **told(at) | {"source": "easypost"}, number=number, carrier="ups", earliest=None, latest=latest
    )


def days(count: float) -> timedelta:
    return timedelta(days=count)
