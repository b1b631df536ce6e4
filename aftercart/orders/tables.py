"""The columns that facts write, table by table, in the order in which they are written and locked."""

from __future__ import annotations

from aftercart.plumbing.bulk import Table

PRODUCT = Table(
    "orders_product",
    ("id", "brand_id", "source", "external_id", "version", "title", "image_url", "variants", "removed"),
)
STOCK = Table("orders_stock", ("id", "brand_id", "source", "item_id", "location_id", "version", "available"))
ORDER = Table(
    "orders_order",
    (
        "id", "brand_id", "source", "external_id", "version", "number", "number_key", "customer_id", "placed_at",
        "approved_at", "cancelled_at", "total", "currency", "locale", "service", "city", "region", "country",
        "postal_code", "origin_region", "origin_country",
    ),
)  # fmt: skip
LINE = Table(
    "orders_orderline",
    (
        "id", "brand_id", "order_id", "external_id", "version", "position", "product_id", "variant_id", "sku", "title",
        "variant", "image_url", "quantity", "price", "currency", "ships",
    ),
)  # fmt: skip
ADDRESS = Table("orders_deliveryaddress", ("id", "brand_id", "person_id", "version", "name", "street"))
CANCELLATION = Table("orders_cancellation", ("id", "brand_id", "version", "cancelled_at", "why"))
# It has no version of its own, and a pending one comes again when it succeeded, with the same instant.
PAYMENT = Table(
    "orders_payment",
    (
        "id", "brand_id", "order_id", "external_id", "version", "kind", "succeeded", "amount", "currency", "at",
    ),
    ("succeeded", "version"),
)  # fmt: skip
FULFILMENT = Table(
    "orders_fulfilment",
    (
        "id", "brand_id", "source", "external_id", "version", "order_id", "shipped_at", "cancelled", "lines",
    ),
)  # fmt: skip
PARCEL = Table(
    "orders_parcel",
    (
        "id", "brand_id", "order_id", "fulfilment_id", "position", "version", "track_id", "number", "told_carrier",
        "service", "origin_region", "origin_country", "shipped_at", "cancelled", "told_handed_over_at",
    ),
)  # fmt: skip
# What customers say themselves: that something delivered is not with them, or is after all.
NOT_RECEIVED = Table("orders_notreceived", ("id", "brand_id", "order_id", "number", "version", "reported_at", "found"))
ESTIMATE = Table("orders_carrierestimate", ("id", "brand_id", "version", "earliest", "latest"))

BEFORE_THREADS = (PRODUCT, STOCK, ORDER, LINE, ADDRESS, CANCELLATION, PAYMENT, NOT_RECEIVED)
WITH_THREADS = (FULFILMENT, PARCEL, ESTIMATE)

SCAN = (
    "id", "brand_id", "track_id", "state", "reason", "attention", "source", "region", "country", "zone", "carrier",
    "collect_by", "at", "local", "offset_minutes", "code", "description", "city", "reported_at",
)  # fmt: skip
# The part of a scan's row that is our reading of its content. A known state is greater than none, so that a mended
# table of translation is heard when a delivery is played again.
READING = slice(3, 12)
