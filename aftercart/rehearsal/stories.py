"""One order's whole story, past and to come: from the checkout to the last scan, as the facts that we would be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from aftercart.facts import Fact, Line, Money, OrderPlaced, Place, PromiseMade
from aftercart.rehearsal.amends import make_amends
from aftercart.rehearsal.carriers import usual_days, warehouse_for
from aftercart.rehearsal.days import DAY, hours, working_days_later
from aftercart.rehearsal.packing import packed
from aftercart.rehearsal.people import Customer
from aftercart.rehearsal.places import HUBS, Town
from aftercart.rehearsal.scenario import Scenario
from aftercart.rehearsal.shipments import Shipment, consign, told

SHOP = "shopify"
SEVERAL_LINES = 0.48  # the share of orders that can be split at all
NOTICEABLE = timedelta(minutes=20)  # a shop first tells of an order when its payment is settled, if that is quick
SPARE_DAYS = 4  # working days on top of the carrier's own that the checkout allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is settled at the checkout."""

    scenario: Scenario
    id: str
    number: str
    placed: datetime
    customer: Customer
    lines: tuple[Line, ...]

    @property
    def country(self) -> str:
        return self.customer.town.country

    @property
    def warehouse(self) -> Town:
        return warehouse_for(self.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff(Fact):
    """Somebody's app passed an order on and lost the end of it: nothing that could be read."""

    order: OrderPlaced


def story(order: Order, rng: Random) -> Iterator[Fact]:
    """Every fact, in no particular order: the world sorts them by when we are told."""
    approved = order.placed + _review(rng)
    if approved - order.placed > NOTICEABLE:
        yield _placed(order, as_of=order.placed, paid=False)
    paid = _placed(order, as_of=approved)
    yield paid
    if rng.random() < order.scenario.cut_off:
        yield CutOff(source=SHOP, happened_at=approved, reported_at=approved + timedelta(minutes=7), order=paid)
    yield _promise(order)
    shipments = list(_shipments(order, approved, rng))
    if rng.random() < order.scenario.cancelled:
        cancelled = approved + hours(rng.uniform(0.5, 20))
        if cancelled < min(shipment.labelled for shipment in shipments):
            yield _placed(order, as_of=cancelled, cancelled=cancelled)
            return
    consignments = [consign(shipment, order.scenario.troubles, rng) for shipment in shipments]
    for consignment in consignments:
        yield from told(consignment, rng)
        amends = make_amends(consignment, rng, may_refund=len(shipments) == 1)
        yield from amends.facts
        if amends.refunded_at is not None:
            yield _placed(order, as_of=amends.refunded_at, cancelled=amends.refunded_at)


def _review(rng: Random) -> timedelta:
    """Most payments are captured at once; a few orders are looked at by a person."""
    return hours(rng.uniform(3, 26)) if rng.random() < 0.03 else timedelta(seconds=rng.randint(20, 900))


def _placed(order: Order, *, as_of: datetime, paid: bool = True, cancelled: datetime | None = None) -> OrderPlaced:
    town = order.customer.town
    return OrderPlaced(
        source=SHOP,
        happened_at=order.placed,
        reported_at=as_of + timedelta(seconds=2),
        order_id=order.id,
        number=order.number,
        as_of=as_of,
        customer=order.customer.person,
        lines=order.lines,
        total=_total(order.lines),
        ship_to=Place(city=town.city, region=town.region, country=town.country, postal_code=order.customer.postal_code),
        street=(order.customer.street,),
        service="Standard delivery",
        approved_at=order.placed if paid else None,  # shops tell that an order is paid, not since when
        cancelled_at=cancelled,
    )


def _total(lines: tuple[Line, ...]) -> Money:
    prices = [(line.price, line.quantity) for line in lines if line.price is not None]
    return Money(amount=sum(price.amount * count for price, count in prices), currency=prices[0][0].currency)


def _promise(order: Order) -> PromiseMade:
    """What the shop's checkout says: a rule of thumb, which allows for a quiet week and no more."""
    day = order.placed.astimezone(order.customer.town.zone).date()
    latest = working_days_later(day + DAY, usual_days(order.country) + SPARE_DAYS, order.country)
    return PromiseMade(
        source=SHOP,
        happened_at=order.placed,
        reported_at=order.placed + timedelta(seconds=2),
        order_id=order.id,
        earliest=working_days_later(day + DAY, usual_days(order.country), order.country),
        latest=latest,
        surface="checkout",
    )


def _shipments(order: Order, approved: datetime, rng: Random) -> Iterator[Shipment]:
    """One, or two where some lines wait for stock or come from the other warehouse."""
    first, second, elsewhere = _divided(order, rng)
    wait = rng.randint(5, 12) if rng.random() < order.scenario.backordered else 0
    for n, lines in enumerate((first, second), start=1):
        if not lines:
            continue
        warehouse = elsewhere if n == 2 and elsewhere else order.warehouse
        later = wait if n == 1 else (0 if elsewhere else rng.randint(1, 4))
        labelled, left = packed(order.scenario, approved, lines, warehouse, rng, later=later)
        yield Shipment(
            scenario=order.scenario,
            id=f"{order.id}{n}",
            order_id=order.id,
            lines=lines,
            warehouse=warehouse,
            town=order.customer.town,
            labelled=labelled,
            left=left,
        )


def _divided(order: Order, rng: Random) -> tuple[tuple[Line, ...], tuple[Line, ...], Town | None]:
    """What goes first, what goes apart, and the other warehouse where that part comes from there."""
    split = rng.random() < order.scenario.split / SEVERAL_LINES
    across = rng.random() < 0.4
    if len(order.lines) < 2 or not split:
        return order.lines, (), None
    other = HUBS["Rotterdam" if order.warehouse.city == "Columbus" else "Columbus"]
    return order.lines[1:], order.lines[:1], other if across else None
