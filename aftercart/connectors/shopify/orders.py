from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import Document, first_instant, key, mapping, pieces, read_each, rows, text, whole
from aftercart.connectors.shopify.fulfilments import read_fulfilment
from aftercart.connectors.shopify.refunds import read_refund
from aftercart.connectors.shopify.returns import read_return
from aftercart.connectors.shopify.telling import (
    SOURCE,
    Telling,
    address_place,
    external_id,
    full_name,
    needed_id,
    paid,
)
from aftercart.facts import Line, OrderCancelled, OrderEdited, OrderPlaced, Person

# Shopify tells no time of payment in an order. Where money has arrived we take the time of the order: nearly always
# right, and the same in every version of it.
_PAID = frozenset(["paid", "partially_paid", "partially_refunded", "refunded"])


def read_order(order: Document, told: Telling) -> Iterator[Read]:
    """The order, and what it carries: its cancellation, fulfilments, refunds and returns."""
    placed = _placed(order, told)
    yield placed
    if placed.cancelled_at is not None:
        yield _cancelled(placed.order_id, text(order.get("cancel_reason"), 200), placed.cancelled_at, told)
    order_id = placed.order_id
    plain = Telling("", told.triggered, told.received)
    yield from read_each(
        rows(order.get("fulfillments")), "fulfillments", lambda one: read_fulfilment(mapping(one), plain, order_id)
    )
    yield from read_each(rows(order.get("refunds")), "refunds", lambda one: read_refund(mapping(one), plain, order_id))
    yield from read_each(rows(order.get("returns")), "returns", lambda one: read_return(mapping(one), plain, order_id))


def read_deletion(order: Document, told: Telling) -> Iterator[Read]:
    yield _cancelled(needed_id(order), "deleted", told.triggered or told.moment(order.get("updated_at")), told)


def read_edit(body: Document, told: Telling) -> Iterator[Read]:
    """Which lines an edit changed. The order as it then is comes in a webhook of its own."""
    edit = mapping(body.get("order_edit")) or body
    order_id = key(edit.get("order_id"))
    if not order_id:
        raise PayloadError("order_edit.order_id", "is missing")
    at = told.moment(edit.get("committed_at"), edit.get("created_at"))
    lines = mapping(edit.get("line_items"))
    yield OrderEdited(
        source=SOURCE,
        happened_at=at,
        reported_at=told.triggered or at,
        order_id=order_id,
        edit_id=external_id(edit),
        changes=(*_changes(lines.get("additions"), 1), *_changes(lines.get("removals"), -1)),
    )


def _changes(items: object, sign: int) -> Iterator[tuple[str, int]]:
    for item in map(mapping, rows(items)):
        delta = whole(item.get("delta"))
        if external_id(item) and delta:
            yield external_id(item), sign * abs(delta)


def _cancelled(order_id: str, why: str, at: datetime, told: Telling) -> OrderCancelled:
    return OrderCancelled(source=SOURCE, happened_at=at, reported_at=told.triggered or at, order_id=order_id, why=why)


def _placed(order: Document, told: Telling) -> OrderPlaced:
    placed_at = told.moment(order.get("processed_at"), order.get("created_at"), order.get("updated_at"))
    as_of = first_instant(order.get("updated_at")) or placed_at
    cancelled_at = first_instant(order.get("cancelled_at"))
    address = mapping(order.get("shipping_address"))
    streets = (text(address.get("address1")), text(address.get("address2")))
    order_id = needed_id(order)
    return OrderPlaced(
        source=SOURCE,
        happened_at=placed_at,
        reported_at=told.triggered or as_of,
        order_id=order_id,
        number=(text(order.get("name"), 60) or text(order.get("order_number"), 60) or order_id[:60]).lstrip("#"),
        as_of=as_of,
        customer=_customer(order, address),
        lines=tuple(_lines(order, cancelled=cancelled_at is not None)),
        total=paid(order, "total_price", order.get("currency")),
        ship_to=address_place(address),
        street=tuple(filter(None, streets)),
        service=_service(order),
        approved_at=placed_at if text(order.get("financial_status")).lower() in _PAID else None,
        cancelled_at=cancelled_at,
    )


def _customer(order: Document, address: Document) -> Person:
    account = mapping(order.get("customer"))
    emails = (order.get("email"), order.get("contact_email"), account.get("email"))
    phones = (order.get("phone"), address.get("phone"), account.get("phone"))
    return Person(
        external_id=external_id(account),
        email=next(filter(None, map(text, emails)), ""),
        phone=next(filter(None, (text(phone, 40) for phone in phones)), ""),
        name=full_name(account) or full_name(address),
        locale=text(order.get("customer_locale"), 20),
    )


def _lines(order: Document, *, cancelled: bool) -> Iterator[Line]:
    currency = order.get("currency")
    for item in map(mapping, rows(order.get("line_items"))):
        quantity = _quantity(item, cancelled=cancelled)
        if not external_id(item) or quantity <= 0:
            continue
        variant = text(item.get("variant_title"), 200)
        yield Line(
            external_id=external_id(item),
            title=text(item.get("title")) or text(item.get("name")) or text(item.get("sku")),
            quantity=quantity,
            product_id=key(item.get("product_id")),
            variant_id=key(item.get("variant_id")),
            sku=text(item.get("sku"), 120),
            variant="" if variant == "Default Title" else variant,
            price=paid(item, "price", currency),
            ships=item.get("requires_shipping") is not False,
        )


def _quantity(item: Any, *, cancelled: bool) -> int:
    """How many were ordered; of what has not left yet, how many still are."""
    ordered = pieces(item.get("quantity"))
    current = whole(item.get("current_quantity"))
    gone = cancelled or text(item.get("fulfillment_status")) == "fulfilled"
    return ordered if gone or current is None else current


def _service(order: Document) -> str:
    methods = (line for line in map(mapping, rows(order.get("shipping_lines"))) if line.get("is_removed") is not True)
    return next(filter(None, (text(line.get("title") or line.get("code"), 120) for line in methods)), "")
