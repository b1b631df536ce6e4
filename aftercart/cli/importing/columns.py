"""Which column of a file is which of ours, by what shops and aggregators usually call it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_PERSON = {
    "customer_id": "buyer_id client_id",
    "email": "customer_email e_mail email_address mail contact_email",
    "customer_name": "full_name shipping_name recipient customer billing_name",
    "phone": "customer_phone telephone shipping_phone billing_phone mobile",
    "locale": "language lang customer_locale",
}
_TO = {
    "street": "address address1 shipping_address1 shipping_street street_address",
    "street2": "address2 shipping_address2",
    "city": "town shipping_city customer_city ship_to_city destination_city",
    "region": "state province shipping_province customer_state ship_to_region destination_region destination_state",
    "country": "country_code shipping_country ship_to_country destination_country destination",
    "postal_code": "zip postcode post_code zip_code shipping_zip ship_to_postal_code customer_zip destination_zip",
}
_FROM = {
    "origin_city": "ship_from_city seller_city",
    "origin_region": "ship_from_region ship_from_state seller_state origin_state",
    "origin_country": "ship_from_country origin",
}
_ROAD = {
    "carrier": "courier shipping_carrier tracking_company carrier_name carrier_code slug",
    "tracking_number": "tracking_no tracking_code tracking trackingnumber tracking_numbers",
    "shipped_at": "fulfilled_at ship_date dispatched_at label_created_at shipment_date shipped",
    "handed_over_at": "carrier_ts picked_up_at handover_at handed_over collected_at order_delivered_carrier_date",
    "delivered_at": "delivered_ts delivery_date delivered order_delivered_customer_date",
}
_UPDATED = {"updated_at": "as_of modified_at last_modified updated last_updated_at"}

COLUMNS: dict[str, dict[str, str]] = {
    "orders": {
        "order_id": "id order order_no order_number order_name",
        "number": "order_number order_name order_no display_number name",
        "placed_at": "created_at order_date ordered_at purchase_ts purchased_at date order_purchase_timestamp",
        "approved_at": "paid_at approved_ts payment_at order_approved_at",
        "cancelled_at": "canceled_at cancelled canceled",
        "total": "total_price amount grand_total order_total",
        "total_cents": "total_minor amount_cents",
        "currency": "currency_code total_currency",
        "service": "shipping_method delivery_method shipping_service shipping_title",
        "promised_at": "promised_by estimated_delivery estimated_ts delivery_promise promised_latest"
        " order_estimated_delivery_date",
        "promised_from": "promised_earliest",
        "lines": "items line_items order_items",
        "line_id": "item_id line_item_id lineitem_id",
        "title": "product product_name product_title item lineitem_name item_name",
        "quantity": "qty lineitem_quantity count",
        "price": "unit_price item_price lineitem_price",
        "sku": "lineitem_sku item_sku",
        "variant": "variant_title options",
        "product_id": "",
        "variant_id": "",
        "image_url": "image",
        **_PERSON,
        **_TO,
        **_FROM,
        **_ROAD,
        **_UPDATED,
    },
    "products": {
        "product_id": "id handle product",
        "title": "name product_name product_title",
        "image_url": "image image_src picture",
        "variant_id": "",
        "sku": "variant_sku",
        "variant": "variant_title option1_value option",
        "removed": "deleted archived",
        "created_at": "published_at",
        **_UPDATED,
    },
    "parcels": {
        "order_id": "order order_no order_number order_name",
        "fulfilment_id": "fulfillment_id shipment_id parcel_id id consignment_id",
        "service": "shipping_method service_level service_code",
        "estimated_at": "estimated_delivery eta estimated_delivery_date est_delivery_date edd",
        "cancelled": "canceled voided",
        **_ROAD,
        "tracking_number": f"{_ROAD['tracking_number']} number numbers",
        **_FROM,
        **_UPDATED,
    },
    "scans": {
        "tracking_number": f"{_ROAD['tracking_number']} number parcel_number",
        "fulfilment_id": "fulfillment_id shipment_id parcel_id",
        "carrier": _ROAD["carrier"],
        "at": "happened_at datetime timestamp time event_time scanned_at date occurred_at event_date checkpoint_time",
        "state": "status event_status tag tracking_status",
        "code": "event_code status_code raw_status status_detail substatus subtag",
        "description": "message event details event_description status_description",
        "reason": "",
        "attention": "",
        "city": "town location location_city",
        "region": "location_state location_region province location_province",
        "country": "country_code location_country country_iso",
        "postal_code": "zip postcode location_zip",
        "reported_at": "created_at recorded_at",
    },
    "contacts": {
        "message_id": "id ticket_id conversation_id",
        "at": "created_at happened_at date sent_at received_at timestamp time",
        "channel": "source via medium",
        "text": "body message content description comment",
        "subject": "title",
        "order_number": "order order_id order_no",
        "category": "label tag topic reason",
        "customer_id": "requester_id",
        "email": "customer_email from requester_email sender e_mail",
        "customer_name": "name customer requester from_name",
        "phone": "telephone",
        "locale": "language lang",
    },
}
# One of each group must be there.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("order_id",), ("placed_at",)),
    "products": (("product_id",), ("title",)),
    "parcels": (("order_id",), ("shipped_at", "handed_over_at")),
    "scans": (("tracking_number", "fulfilment_id"), ("at",), ("state", "code")),
    "contacts": (("text",), ("at",)),
}


class ColumnError(Exception):
    """The file lacks a column, or was told to read one that it has not."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Ours for theirs. Of several that could be one of ours, the first in our list of its names is taken."""

    ours: Mapping[str, str]  # theirs: ours
    unused: tuple[str, ...]

    def rename(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        return {ours: cells[theirs] for theirs, ours in self.ours.items() if theirs in cells}


def folded(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().casefold()).strip("_")


def naming(kind: str, theirs: Iterable[str], told: Mapping[str, str]) -> Naming:
    """`told` (theirs: ours) first, then our own names, then the usual ones."""
    columns = list(theirs)
    known = COLUMNS[kind]
    ours: dict[str, str] = {}
    by_name = {folded(name): name for name in reversed(columns)}
    for their, our in told.items():
        if our not in known:
            raise ColumnError(f"--map {their}={our}: {kind} have no {our!r}; there are {', '.join(known)}")
        ours[their if their in columns else by_name.get(folded(their), their)] = our
    for our, usual in known.items():
        if our in ours.values():
            continue
        for name in (our, *usual.split()):
            column = by_name.get(name)
            if column is not None and column not in ours:
                ours[column] = our
                break
    return Naming(ours, tuple(name for name in columns if name not in ours))


def check(kind: str, names: Naming, columns: Collection[str]) -> None:
    """That the file has the columns that we were told of, and what a record of this kind cannot be without."""
    for their, our in names.ours.items():
        if their not in columns:
            raise ColumnError(f"--map {their}={our}: the file has no {their!r}; it has {', '.join(columns)}")
    have = set(names.ours.values())
    for group in NEEDED[kind]:
        if not have.intersection(group):
            usual = ", ".join(f"{our} (or {', '.join(COLUMNS[kind][our].split()[:4])} …)" for our in group)
            columns = ", ".join((*names.ours, *names.unused)) or "none"
            raise ColumnError(
                f"{kind} need a column {usual}; the file has {columns}. Say which it is: --map theirs={group[0]}"
            )
