"""What DHL's Shipment Tracking – Unified answers: shipments with their events, the newest first.

Its times are local to the place; some of its services write an offset or Z, others write neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aftercart.connectors.contract import Read
from aftercart.connectors.dhl.places import address
from aftercart.connectors.dhl.words import STATUSES, unified
from aftercart.connectors.faults import Fault, by_status, number_of
from aftercart.connectors.reading import (
    Document,
    heard_at,
    key,
    mapping,
    needed_key,
    read_each,
    received_at,
    several,
    text,
    word,
)
from aftercart.connectors.scans import Parcel, adds, has_ended
from aftercart.facts import ParcelScanned, State, Unread
from aftercart.plumbing import moments

SOURCE = "dhl"
CARRIERS = {
    "express": "DHL Express",
    "parcel-de": "DHL Paket",
    "parcel-nl": "DHL Parcel",
    "parcel-uk": "DHL Parcel",
    "parcel-pl": "DHL Parcel",
    "ecommerce": "DHL eCommerce",
    "ecommerce-europe": "DHL eCommerce",
    "ecommerce-apac": "DHL eCommerce",
    "post-de": "Deutsche Post",
    "post-international": "Deutsche Post",
}


def faults(payload: Document) -> list[Fault]:
    """RFC 7807, as DHL writes it."""
    if "shipments" in payload or not ({"title", "detail"} & payload.keys()):
        return []
    code, message = text(payload.get("status"), 20), text(payload.get("detail")) or text(payload.get("title"))
    _, _, number = text(payload.get("instance"), 200).rpartition("/shipment/")
    return [Fault("status", code, message, by_status(code), key(number) if number.isalnum() else "")]


def shipment(given: Document, headers: Mapping[str, str], *, alone: bool) -> Iterator[Read]:
    parcel = Parcel(
        source=SOURCE,
        number=needed_key(number_of(given.get("id"), headers, alone=alone), "id"),
        carrier=CARRIERS.get(word(given.get("service")), "DHL"),
        told=heard_at(headers),
    )
    names = _names(given)
    scans: list[ParcelScanned] = []

    def event(one: Any) -> Iterator[Read]:
        scan = _scan(mapping(one), parcel, names)
        scans.append(scan)
        yield scan

    yield from read_each(several(given.get("events")), "events", event)
    status = mapping(given.get("status"))
    states: set[State | None] = {scan.state for scan in scans}
    if status and adds(unified(word(status.get("statusCode")), _sentence(status, names)), states):
        undated = status if moments.read(status.get("timestamp")) else {**status, "timestamp": received_at(headers)}
        scans.append(_scan(undated, parcel, names))
        yield scans[-1]
    elif not status and not scans:
        yield Unread("status", "is missing, and there are no events")
    if not has_ended(scans):
        yield from _estimate(given, parcel, headers)


def _scan(event: Document, parcel: Parcel, names: list[str]) -> ParcelScanned:
    spot = mapping(mapping(event.get("location")).get("address"))
    where = address(spot.get("addressLocality"), spot.get("countryCode"), spot.get("postalCode"))
    code, sentence = word(event.get("statusCode")), _sentence(event, names)
    # Some of DHL's services leave the code out and write its word as the status.
    code = code if code or word(event.get("status")) not in STATUSES else word(event.get("status"))
    return parcel.scanned(event.get("timestamp"), unified(code, sentence), code, sentence, where, field="timestamp")


def _sentence(event: Document, names: list[str]) -> str:
    sentence = " ".join((text(event.get("description")) or text(event.get("status"))).split())
    for name in names:
        sentence = re.sub(rf"\b{re.escape(name)}\b", "", sentence, flags=re.IGNORECASE)
    return " ".join(sentence.split())


def _names(given: Document) -> list[str]:
    """Whoever signed, by each of their names, so that no sentence keeps them."""
    proof = mapping(mapping(given.get("details")).get("proofOfDelivery"))
    signed = mapping(proof.get("signed"))
    names = [text(signed.get(name)) for name in ("name", "givenName", "familyName")]
    return sorted((name for name in names if len(name) > 1), key=len, reverse=True)


def _estimate(given: Document, parcel: Parcel, headers: Mapping[str, str]) -> Iterator[Read]:
    frame = mapping(given.get("estimatedDeliveryTimeFrame"))
    latest = moments.day(frame.get("estimatedThrough")) or moments.day(given.get("estimatedTimeOfDelivery"))
    earliest = moments.day(frame.get("estimatedFrom"))
    if (latest := latest or earliest) is not None:
        yield parcel.estimated(earliest, latest, at=received_at(headers))
