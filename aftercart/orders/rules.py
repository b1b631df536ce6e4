"""Ids, names and versions of what the outside tells us, and the fold of scans into a parcel's journey. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aftercart.facts import ArrivalEstimated, Fact, ParcelScanned
from aftercart.orders.carriers import carrier, carrier_name, compatible
from aftercart.orders.fold import Estimated, Journey, Scanned, Told, distinct, fold
from aftercart.plumbing import ids

__all__ = [
    "Estimated",
    "Journey",
    "Scanned",
    "Told",
    "carrier",
    "carrier_name",
    "compatible",
    "distinct",
    "estimate_version",
    "fold",
    "fulfilment_id",
    "line_id",
    "not_received_id",
    "number",
    "order_id",
    "order_number",
    "parcel_id",
    "payment_id",
    "product_id",
    "scan_id",
    "stock_id",
    "thread_id",
    "track_id",
    "version",
]


def order_id(brand_id: UUID, source: str, external_id: str) -> UUID:
    return ids.mirrored(brand_id, source, "order", external_id)


def line_id(order: UUID, external_id: str) -> UUID:
    return ids.mirrored(order, "line", external_id)


def product_id(brand_id: UUID, source: str, external_id: str) -> UUID:
    return ids.mirrored(brand_id, source, "product", external_id)


def stock_id(brand_id: UUID, source: str, item: str, location: str) -> UUID:
    return ids.mirrored(brand_id, source, "stock", item, location)


def payment_id(brand_id: UUID, source: str, external_id: str) -> UUID:
    return ids.mirrored(brand_id, source, "payment", external_id)


def fulfilment_id(brand_id: UUID, source: str, external_id: str) -> UUID:
    """Also the id of the thread of scans that name the fulfilment and no number."""
    return ids.mirrored(brand_id, source, "fulfilment", external_id)


def parcel_id(fulfilment: UUID, tracking_number: str) -> UUID:
    return ids.mirrored(fulfilment, "parcel", tracking_number)


def track_id(brand_id: UUID, tracking_number: str) -> UUID:
    """The thread of a normalised number. Whoever names the number finds it, shop or carrier: it has no source."""
    return ids.mirrored(brand_id, "track", tracking_number)


def not_received_id(order: UUID, tracking_number: str) -> UUID:
    return ids.mirrored(order, "not received", tracking_number)


def number(text: str) -> str:
    """A tracking number without the spaces and hyphens that people print into it, in capitals."""
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf", "Cc"))


def order_number(text: str) -> str:
    """An order's number as it is compared: '#1042 ', '1042' and 'ab-1042', 'AB 1042' are the same."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if c.isalnum())


def version(as_of: datetime, fact: Fact) -> UUID:
    """The version that a fact gives to a thing: the later instant is greater, equal instants differ by content.

    When we were told is no content: a fact told twice has one version.
    """
    return ids.mirrored_event(as_of, repr(replace(fact, reported_at=as_of)))


def estimate_version(fact: ArrivalEstimated) -> UUID:
    return ids.mirrored_event(fact.happened_at, fact.earliest, fact.latest)


def thread_id(brand_id: UUID, fact: ParcelScanned | ArrivalEstimated) -> UUID:
    """The thread that a scan or an estimate belongs to: its number's, else its fulfilment's."""
    if tracking_number := number(fact.number):
        return track_id(brand_id, tracking_number)
    return fulfilment_id(brand_id, fact.source, fact.fulfilment_id)


def scan_id(thread: UUID, fact: ParcelScanned) -> UUID:
    """A scan's identity: what the source wrote, never what we made of it, so that a mended table changes no id."""
    at = fact.at
    return ids.mirrored_event(
        at.instant, thread.int, fact.carrier, at.local, fact.code, fact.description, fact.place.city
    )
