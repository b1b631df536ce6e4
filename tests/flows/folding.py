"""Random little worlds of facts about the same few things, and what the tables say after they were recorded."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from aftercart import facts as f
from aftercart.orders import services as orders
from aftercart.people import services as people

START = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
NUMBERS = ("1Z 999 AA1", "1z999aa1", "RR123456785NL", "77-0042")
CARRIERS = ("", "UPS", "ups®", "PostNL", "DHL Express")
TOWNS = ("", "Columbus", "Utrecht")
PEOPLE = (
    f.Person(external_id="51", email="Ida@Example.com", name="Ida Brandt"),
    f.Person(external_id="51", phone="+31 6 1234 5678", locale="nl-NL"),
    f.Person(email="ida@example.com ", name="I. Brandt"),
    f.Person(external_id="52", email="ida@example.com", name="Otto Kern"),
)
TABLES = (
    "people_customer", "people_identity", "people_pagevisit", "orders_product", "orders_stock", "orders_order",
    "orders_cancellation", "orders_orderline", "orders_deliveryaddress", "orders_payment", "orders_fulfilment",
    "orders_track", "orders_parcel", "orders_carrierestimate", "orders_scan",
    "orders_notreceived", "people_consent",
)  # fmt: skip


def apply(brand_id: UUID, batch: list[f.Fact]) -> orders.Touched:
    people.record(brand_id, batch)
    return orders.record(brand_id, batch)


def picture() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all folded tables; only when we were told of a scan may differ."""
    seen = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t) - 'reported_at' FROM {table} t ORDER BY id")
            seen[table] = cursor.fetchall()
    return seen


def left(number: str) -> f.Fact:
    """A consignment in one parcel."""
    told: dict[str, Any] = {"source": "shopify", "happened_at": START, "reported_at": START, "as_of": START}
    return f.ParcelsShipped(**told, fulfilment_id="x", order_id="a", carrier="UPS", numbers=(number,))


def scanned(hours: int, number: str = "", fulfilment_id: str = "") -> f.Fact:
    at = START + timedelta(hours=hours)
    return f.ParcelScanned(
        source="shopify",
        happened_at=at,
        reported_at=at,
        at=f.Clocked(instant=at, local=at.replace(tzinfo=None), offset_minutes=0, zone=f.ZoneSource.EXPLICIT),
        state=f.State.IN_TRANSIT,
        code="IT",
        number=number,
        fulfilment_id=fulfilment_id,
    )


def world(chance: random.Random, size: int) -> list[f.Fact]:
    """Facts about two orders, three consignments and three numbers: they collide as often as they can."""
    makers = (_order, _parcels, _parcels, _scan, _scan, _scan, _scan, _scan, _estimate, _other, _other)
    return [chance.choice(makers)(chance) for _ in range(size)]


def _moment(chance: random.Random) -> datetime:
    # Coarse, so that equal instants are common, and with a second life of a number some months on.
    life = chance.choice((0, 0, 0, 100))
    return START + timedelta(days=life, hours=chance.randrange(0, 240, 8), seconds=chance.choice((0, 0, 30)))


def _told(chance: random.Random) -> dict[str, Any]:
    at = _moment(chance)
    return {"source": "shopify", "happened_at": at, "reported_at": at + timedelta(minutes=chance.randrange(90))}


def _order(chance: random.Random) -> f.Fact:
    lines = tuple(
        f.Line(external_id=str(line), title=f"Bowl {line}", quantity=chance.randrange(1, 4), price=_money(chance))
        for line in chance.sample(range(4), chance.randrange(4))
    )
    return f.OrderPlaced(
        **_told(chance),
        order_id=chance.choice("ab"),
        number="#1001",
        as_of=_moment(chance),
        customer=chance.choice((*PEOPLE, f.Person())),
        lines=lines,
        total=_money(chance),
        ship_to=f.Place(city="Utrecht", country="NL"),
        street=("Oudegracht 1",),
        cancelled_at=chance.choice((None, _moment(chance))),
    )


def _money(chance: random.Random) -> f.Money:
    return f.Money(amount=chance.randrange(1000), currency="EUR")


def _parcels(chance: random.Random) -> f.Fact:
    return f.ParcelsShipped(
        **_told(chance),
        fulfilment_id=chance.choice("xyz"),
        order_id=chance.choice("ab"),
        as_of=_moment(chance),
        carrier=chance.choice(CARRIERS),
        numbers=tuple(chance.sample(NUMBERS, chance.choice((0, 1, 1, 1, 2)))),
        lines=(("1", 1),),
        ship_from=chance.choice((f.Place(), f.Place(country="NL"), f.Place(country="US", region="OH"))),
        handed_over_at=chance.choice((None, None, _moment(chance))),
        cancelled=chance.random() < 0.1,
    )


def _scan(chance: random.Random) -> f.Fact:
    at = _moment(chance)
    zone = chance.choice(list(f.ZoneSource))
    offset = None if zone is f.ZoneSource.ASSUMED else 60
    number = chance.choice(NUMBERS)
    named = {"number": number} if chance.random() < 0.8 else {"fulfilment_id": chance.choice("xyz")}
    return f.ParcelScanned(
        source=chance.choice(("shopify", "shopify", "easypost")),
        happened_at=at,
        reported_at=at + timedelta(minutes=chance.randrange(600)),
        at=f.Clocked(
            instant=at,
            local=(at + timedelta(minutes=offset or 0)).replace(tzinfo=None),
            offset_minutes=offset,
            zone=zone,
        ),
        state=chance.choice([*f.State, None, f.State.IN_TRANSIT, f.State.DELIVERED]),
        code=chance.choice(("IT", "DL")),
        description=chance.choice(("", "Delivered, to original sender")),
        carrier=chance.choice(CARRIERS),
        reason=chance.choice(("", "weather")),
        attention=chance.choice(list(f.Attention)),
        place=f.Place(city=chance.choice(TOWNS), country=chance.choice(("", "NL", "US"))),
        collect_by=chance.choice((None, None, date(2026, 2, 20), date(2026, 2, 21))),
        **named,
    )


def _estimate(chance: random.Random) -> f.Fact:
    day = date(2026, 2, 1) + timedelta(days=chance.randrange(9))
    number, fulfilment = (chance.choice(NUMBERS), "") if chance.random() < 0.7 else ("", "x")
    return f.ArrivalEstimated(
        **_told(chance), number=number, carrier="UPS", earliest=None, latest=day, fulfilment_id=fulfilment
    )


def _other(chance: random.Random) -> f.Fact:
    told = _told(chance)
    return chance.choice(
        (
            f.ProductListed(**told, product_id="p", title=chance.choice("AB"), as_of=_moment(chance)),
            f.StockChanged(**told, item_id="i", location_id="l", available=chance.choice((None, 3))),
            f.CustomerSeen(**told, person=chance.choice(PEOPLE), as_of=_moment(chance)),
            f.OrderCancelled(**told, order_id=chance.choice("ab"), why=chance.choice(("", "changed mind"))),
            f.PaymentPosted(**told, payment_id="t", order_id="a", kind=chance.choice(("sale", "void")), succeeded=True),
            f.NotReceived(
                **told,
                order_id="a",
                as_of=_moment(chance),
                number=chance.choice(("", "77 0042")),
                found=chance.random() < 0.5,
            ),
            f.PageViewed(**told, order_id="a", surface="tracking", visitor="v"),
            f.ConsentTold(**told, channel="email", address="ida@example.com", granted=chance.random() < 0.5),
        )
    )


def retold(chance: random.Random, fact: f.Fact) -> f.Fact:
    return replace(fact, reported_at=fact.reported_at + timedelta(minutes=chance.randrange(3)))


def batches(chance: random.Random, facts: list[f.Fact]) -> list[list[f.Fact]]:
    """The same facts in another order, some told twice, cut anywhere."""
    told = [*facts, *(retold(chance, fact) for fact in facts if chance.random() < 0.2)]
    chance.shuffle(told)
    cuts = sorted(chance.sample(range(1, len(told)), min(chance.randrange(6), len(told) - 1)))
    return [told[a:b] for a, b in zip([0, *cuts], [*cuts, len(told)], strict=True)]
