"""Products, stock, and customers as the shop keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from aftercart.connectors.contract import Read
from aftercart.connectors.reading import Document, first_instant, key, mapping, needed_key, rows, text, whole
from aftercart.connectors.shopify.telling import SOURCE, Telling, external_id, full_name, needed_id
from aftercart.facts import CustomerSeen, Person, ProductListed, StockChanged


def read_product(product: Document, told: Telling) -> Iterator[Read]:
    as_of = told.moment(product.get("updated_at"), product.get("published_at"), product.get("created_at"))
    yield ProductListed(
        source=SOURCE,
        happened_at=as_of,
        reported_at=told.triggered or as_of,
        product_id=needed_id(product),
        title=text(product.get("title")),
        as_of=as_of,
        image_url=_image(product),
        variants=tuple(_variants(product)),
        removed=told.action == "delete",
    )


def _image(product: Document) -> str:
    images = [product.get("image"), *rows(product.get("images"))]
    return next(filter(None, (text(mapping(image).get("src"), 1000) for image in images)), "")


def _variants(product: Document) -> Iterator[tuple[str, str, str]]:
    for variant in map(mapping, rows(product.get("variants"))):
        if external_id(variant):
            yield external_id(variant), text(variant.get("sku"), 120), text(variant.get("title"), 200)


def read_variant(variant: Document, told: Telling) -> Iterator[Read]:
    """The stock of a variant over all locations."""
    at = told.moment(told.triggered, variant.get("updated_at"), variant.get("created_at"))
    yield StockChanged(
        source=SOURCE,
        happened_at=at,
        reported_at=at,
        item_id=key(variant.get("inventory_item_id")) or needed_id(variant),
        location_id="",
        available=whole(variant.get("inventory_quantity")),
    )


def read_stock(level: Document, told: Telling) -> Iterator[Read]:
    at = told.moment(level.get("updated_at"))
    yield StockChanged(
        source=SOURCE,
        happened_at=at,
        reported_at=told.triggered or at,
        item_id=needed_key(level.get("inventory_item_id"), "inventory_item_id"),
        location_id=key(level.get("location_id")),
        available=None if told.action == "disconnect" else whole(level.get("available")),
    )


def read_customer(customer: Document, told: Telling) -> Iterator[Read]:
    as_of = told.moment(customer.get("updated_at"), customer.get("created_at"))
    yield CustomerSeen(
        source=SOURCE,
        happened_at=first_instant(customer.get("created_at")) or as_of,
        reported_at=told.triggered or as_of,
        person=Person(
            external_id=needed_id(customer),
            email=text(customer.get("email")),
            phone=text(customer.get("phone"), 40),
            name=full_name(customer),
            locale=text(customer.get("locale"), 20),
        ),
        as_of=as_of,
    )
