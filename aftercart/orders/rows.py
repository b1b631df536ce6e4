"""Facts to rows: which table each fact has its home in, and what it writes there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from aftercart import facts as f
from aftercart.orders import rules, tables
from aftercart.people.rules import customer_id
from aftercart.plumbing.bulk import Table, fit

Row = tuple[Any, ...]


class FactError(ValueError):
    """A fact that cannot be placed, whatever is tried: the delivery that holds it needs a person."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")


class Rows:
    """The rows that a batch of facts writes for one brand, and the threads and orders that it touches."""

    def __init__(self, brand_id: UUID, facts: Iterable[f.Fact]) -> None:
        self.brand_id = brand_id
        self.of: defaultdict[Table, list[Row]] = defaultdict(list)
        self.scans: dict[UUID, Row] = {}
        self.visits: list[tuple[UUID, str, str, datetime]] = []
        self.threads: dict[UUID, str] = {}  # thread: its number
        self.named: dict[tuple[str, str, str], UUID] = {}  # threads by the words of the facts
        self.orders: set[UUID] = set()
        for fact in facts:
            if home := HOMES.get(type(fact)):
                home(self, fact)

    def order(self, fact: f.Fact, external_id: str) -> UUID:
        found = rules.order_id(self.brand_id, fact.source, external_id)
        self.orders.add(found)
        return found


def _product(rows: Rows, fact: f.ProductListed) -> None:
    rows.of[tables.PRODUCT].append(
        (
            rules.product_id(rows.brand_id, fact.source, fact.product_id),
            rows.brand_id,
            fit(fact.source, 40),
            fit(fact.product_id, 120),
            rules.version(fact.as_of, fact),
            fit(fact.title, 300),
            fit(fact.image_url, 1000),
            json.dumps([[fit(word, 300) for word in variant] for variant in fact.variants]),
            fact.removed,
        )
    )


def _stock(rows: Rows, fact: f.StockChanged) -> None:
    rows.of[tables.STOCK].append(
        (
            rules.stock_id(rows.brand_id, fact.source, fact.item_id, fact.location_id),
            rows.brand_id,
            fit(fact.source, 40),
            fit(fact.item_id, 120),
            fit(fact.location_id, 120),
            rules.version(fact.happened_at, fact),
            fact.available,
        )
    )


def _order(rows: Rows, fact: f.OrderPlaced) -> None:
    order = rows.order(fact, fact.order_id)
    version = rules.version(fact.as_of, fact)
    person = customer_id(rows.brand_id, fact.source, fact.customer)
    to, origin = fact.ship_to, fact.ship_from
    rows.of[tables.ORDER].append(
        (
            order,
            rows.brand_id,
            fit(fact.source, 40),
            fit(fact.order_id, 120),
            version,
            fit(fact.number, 60),
            fit(rules.order_number(fact.number), 60),
            person,
            fact.happened_at,
            fact.approved_at,
            fact.cancelled_at,
            *_money(fact.total),
            fit(fact.customer.locale, 20),
            fit(fact.service, 120),
            fit(to.city, 120),
            fit(to.region, 120),
            fit(to.country, 2),
            fit(to.postal_code, 20),
            fit(origin.region, 120),
            fit(origin.country, 2),
        )
    )
    street = "\n".join(line for line in fact.street if line)
    name = fit(fact.customer.name, 200)
    rows.of[tables.ADDRESS].append((order, rows.brand_id, person, version, name, fit(street, 500)))
    rows.of[tables.LINE].extend(_lines(rows.brand_id, order, version, fact.lines))


def _lines(brand_id: UUID, order: UUID, version: UUID, lines: tuple[f.Line, ...]) -> Iterable[Row]:
    # By id: a line that a fact names twice is one, as the last naming has it.
    named = {line.external_id or f"line {place}": (place, line) for place, line in enumerate(lines)}
    for external_id, (place, line) in named.items():
        yield (
            rules.line_id(order, external_id),
            brand_id,
            order,
            fit(external_id, 120),
            version,
            place,
            fit(line.product_id, 120),
            fit(line.variant_id, 120),
            fit(line.sku, 120),
            fit(line.title, 300),
            fit(line.variant, 200),
            fit(line.image_url, 1000),
            max(line.quantity, 0),
            *_money(line.price),
            line.ships,
        )


def _money(money: f.Money | None) -> tuple[int | None, str]:
    return (money.amount, fit(money.currency, 3)) if money else (None, "")


def _cancellation(rows: Rows, fact: f.OrderCancelled) -> None:
    order = rows.order(fact, fact.order_id)
    version = rules.version(fact.happened_at, fact)
    rows.of[tables.CANCELLATION].append((order, rows.brand_id, version, fact.happened_at, fit(fact.why, 200)))


def _payment(rows: Rows, fact: f.PaymentPosted) -> None:
    rows.of[tables.PAYMENT].append(
        (
            rules.payment_id(rows.brand_id, fact.source, fact.payment_id),
            rows.brand_id,
            rows.order(fact, fact.order_id),
            fit(fact.payment_id, 120),
            rules.version(fact.happened_at, fact),
            fit(fact.kind, 30),
            fact.succeeded,
            *_money(fact.amount),
            fact.happened_at,
        )
    )


def _fulfilment(rows: Rows, fact: f.ParcelsShipped) -> None:
    order = rows.order(fact, fact.order_id)
    fulfilment = rules.fulfilment_id(rows.brand_id, fact.source, fact.fulfilment_id)
    version = rules.version(fact.as_of, fact)
    rows.threads.setdefault(fulfilment, "")
    rows.of[tables.FULFILMENT].append(
        (
            fulfilment,
            rows.brand_id,
            fit(fact.source, 40),
            fit(fact.fulfilment_id, 120),
            version,
            order,
            fact.happened_at,
            fact.cancelled,
            json.dumps([[fit(line, 120), quantity] for line, quantity in fact.lines]),
        )
    )
    numbers = dict.fromkeys(number for text in fact.numbers if (number := rules.number(text)))
    for place, number in enumerate(numbers or [""]):
        rows.of[tables.PARCEL].append(_parcel(rows, fact, order, fulfilment, version, place, number))


def _parcel(
    rows: Rows, fact: f.ParcelsShipped, order: UUID, fulfilment: UUID, version: UUID, place: int, number: str
) -> Row:
    track = rules.track_id(rows.brand_id, number) if number else None
    if track:
        rows.threads[track] = number
    return (
        rules.parcel_id(fulfilment, number),
        rows.brand_id,
        order,
        fulfilment,
        place,
        version,
        track,
        fit(number, 80),
        rules.carrier(fact.carrier),
        fit(fact.service, 80),
        fit(fact.ship_from.region, 120),
        fit(fact.ship_from.country, 2),
        fact.happened_at,
        fact.cancelled,
        fact.handed_over_at,
    )


def _thread(rows: Rows, fact: f.ParcelScanned | f.ArrivalEstimated) -> UUID:
    named = (fact.number, fact.source, fact.fulfilment_id)
    if thread := rows.named.get(named):
        return thread
    number = rules.number(fact.number)
    if not number and not fact.fulfilment_id:
        raise FactError("number", "a scan or an estimate must name a tracking number or a fulfilment")
    thread = rows.named[named] = rules.thread_id(rows.brand_id, fact)
    rows.threads[thread] = number
    return thread


def _scan(rows: Rows, fact: f.ParcelScanned) -> None:
    thread = _thread(rows, fact)
    at, place = fact.at, fact.place
    key = rules.scan_id(thread, fact)
    row: Row = (
        key,
        rows.brand_id,
        thread,
        # What of one content may differ in what we made of it; the greater stays (`tables.SCAN`).
        fact.state or "",
        fit(fact.reason, 40),
        fact.attention,
        fit(fact.source, 40),
        fit(place.region, 120),
        fit(place.country, 60),
        at.zone,
        rules.carrier(fact.carrier),
        fact.collect_by.isoformat() if fact.collect_by else "",
        at.instant,
        at.local,
        at.offset_minutes,
        fit(fact.code, 120),
        fit(fact.description, 300),
        fit(place.city, 120),
        fact.reported_at,
    )
    if (known := rows.scans.get(key)) is None or known[tables.READING] < row[tables.READING]:
        rows.scans[key] = row


def _estimate(rows: Rows, fact: f.ArrivalEstimated) -> None:
    version = rules.estimate_version(fact)
    thread = _thread(rows, fact)
    rows.of[tables.ESTIMATE].append((thread, rows.brand_id, version, fact.earliest, fact.latest))


def _not_received(rows: Rows, fact: f.NotReceived) -> None:
    order, number = rows.order(fact, fact.order_id), rules.number(fact.number)
    rows.of[tables.NOT_RECEIVED].append(
        (
            rules.not_received_id(order, number),
            rows.brand_id,
            order,
            fit(number, 80),
            rules.version(fact.as_of, fact),
            fact.happened_at,
            fact.found,
        )
    )


def _visit(rows: Rows, fact: f.PageViewed) -> None:
    order = rules.order_id(rows.brand_id, fact.source, fact.order_id)
    rows.visits.append((order, fact.surface, fact.visitor, fact.happened_at))


HOMES: dict[type[f.Fact], Callable[[Rows, Any], None]] = {
    f.ProductListed: _product,
    f.StockChanged: _stock,
    f.OrderPlaced: _order,
    f.OrderCancelled: _cancellation,
    f.PaymentPosted: _payment,
    f.ParcelsShipped: _fulfilment,
    f.ParcelScanned: _scan,
    f.ArrivalEstimated: _estimate,
    f.NotReceived: _not_received,
    f.PageViewed: _visit,
}
