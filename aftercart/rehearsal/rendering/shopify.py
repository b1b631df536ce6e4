"""Orders, fulfilments and products as Shopify's webhooks carry them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from aftercart.facts import Fact, Line, Money, OrderPlaced, ParcelsShipped, Person, Place, ProductListed
from aftercart.plumbing.money import decimals
from aftercart.rehearsal.rendering.sending import Sent, stable_id
from aftercart.rehearsal.stories import CutOff

API_VERSION = "2026-04"
SHOP_ZONE = ZoneInfo("Europe/Amsterdam")


CUT_AT = 512


def webhook(fact: Fact, shop: str) -> Sent:
    if isinstance(fact, CutOff):
        whole = webhook(replace(fact.order, as_of=fact.reported_at, reported_at=fact.reported_at), shop)
        return replace(whole, body=whole.body[:CUT_AT])
    topic, body = _rendered(fact)
    triggered = fact.reported_at
    headers = {
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": shop,
        "x-shopify-api-version": API_VERSION,
        "x-shopify-webhook-id": stable_id(shop, topic, body["id"], body["updated_at"]),
        "x-shopify-triggered-at": triggered.isoformat(),
    }
    return Sent("shopify", headers, msgspec.json.encode(body), triggered)


def _rendered(fact: Fact) -> tuple[str, dict[str, object]]:
    match fact:
        case OrderPlaced():
            return _order_topic(fact), _order(fact)
        case ParcelsShipped():
            return f"fulfillments/{'create' if fact.as_of == fact.happened_at else 'update'}", _fulfilment(fact)
        case ProductListed():
            return "products/create", _product(fact)
    raise TypeError(f"Shopify does not tell of {type(fact).__name__}")


def _order_topic(order: OrderPlaced) -> str:
    if order.cancelled_at is not None:
        return "orders/cancelled"
    return "orders/create" if order.as_of == order.happened_at or order.approved_at else "orders/updated"


def _order(order: OrderPlaced) -> dict[str, object]:
    currency = order.total.currency if order.total else "EUR"
    address = _address(order.ship_to) | _names(order.customer) | {"address1": " ".join(order.street)}
    return {
        "id": int(order.order_id),
        "admin_graphql_api_id": f"gid://shopify/Order/{order.order_id}",
        "name": f"#{order.number}",
        "order_number": int(order.number),
        "created_at": _written(order.happened_at),
        "processed_at": _written(order.happened_at),
        "updated_at": _written(order.as_of),
        "cancelled_at": _written(order.cancelled_at) if order.cancelled_at else None,
        "cancel_reason": "customer" if order.cancelled_at else None,
        "currency": currency,
        "presentment_currency": currency,
        "financial_status": _paid(order),
        "fulfillment_status": None,
        "total_price": _amount(order.total),
        "email": order.customer.email,
        "customer_locale": order.customer.locale,
        "customer": {"id": int(order.customer.external_id), "email": order.customer.email, **_names(order.customer)},
        "shipping_address": address,
        "shipping_lines": [{"title": order.service, "code": "standard", "price": "0.00"}],
        "line_items": [_line(line, cancelled=order.cancelled_at is not None) for line in order.lines],
    }


def _paid(order: OrderPlaced) -> str:
    if order.cancelled_at is not None:
        return "refunded"
    return "paid" if order.approved_at else "authorized"


def _line(line: Line, *, cancelled: bool) -> dict[str, object]:
    return {
        "id": int(line.external_id),
        "product_id": int(line.product_id),
        "variant_id": int(line.variant_id),
        "title": line.title,
        "variant_title": line.variant,
        "sku": line.sku,
        "quantity": line.quantity,
        "current_quantity": 0 if cancelled else line.quantity,
        "price": _amount(line.price),
        "fulfillment_status": None,
    }


def _fulfilment(shipped: ParcelsShipped) -> dict[str, object]:
    return {
        "id": int(shipped.fulfilment_id),
        "order_id": int(shipped.order_id),
        "status": "cancelled" if shipped.cancelled else "success",
        "created_at": _written(shipped.happened_at),
        "updated_at": _written(shipped.as_of),
        "tracking_company": shipped.carrier,
        "tracking_number": shipped.numbers[0] if shipped.numbers else None,
        "tracking_numbers": list(shipped.numbers),
        "origin_address": _address(shipped.ship_from),
        "line_items": [{"id": int(line), "quantity": count} for line, count in shipped.lines],
    }


def _product(product: ProductListed) -> dict[str, object]:
    return {
        "id": int(product.product_id),
        "title": product.title,
        "created_at": _written(product.happened_at),
        "updated_at": _written(product.as_of),
        "status": "active",
        "image": {"src": product.image_url} if product.image_url else None,
        "variants": [{"id": int(id), "sku": sku, "title": title} for id, sku, title in product.variants],
    }


def _address(place: Place) -> dict[str, object]:
    return {
        "city": place.city,
        "province_code": place.region or None,
        "country_code": place.country,
        "zip": place.postal_code,
    }


def _names(person: Person) -> dict[str, str]:
    first, _, last = person.name.partition(" ")
    return {"first_name": first, "last_name": last}


def _amount(money: Money | None) -> str | None:
    return None if money is None else str(Decimal(money.amount).scaleb(-decimals(money.currency)))


def _written(at: datetime) -> str:
    return at.astimezone(SHOP_ZONE).isoformat(timespec="seconds")
