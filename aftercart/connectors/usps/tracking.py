"""What USPS's Tracking API answers: one parcel with its events, the newest first, or a list of such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta, timezone
from typing import Any

from aftercart.connectors.asking import oauth_fault
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.faults import Fault, Trouble, answer, by_status, number_of
from aftercart.connectors.reading import (
    Document,
    document,
    heard_at,
    key,
    mapping,
    needed_key,
    place,
    read_each,
    received_at,
    rows,
    several,
    text,
    word,
)
from aftercart.connectors.scans import UNKNOWN, Parcel, adds, has_ended
from aftercart.connectors.usps.words import CATEGORIES, LATE, meaning
from aftercart.facts import ParcelScanned, State
from aftercart.plumbing import moments
from aftercart.plumbing.regions import region_code
from aftercart.plumbing.zones import zone_of

SOURCE, CARRIER = "usps", "USPS"
_FACILITY = re.compile(r"^(?P<city>.+?)[ ,]+(?P<state>[A-Z]{2})\b.*\b(?:CENTER|FACILITY|ANNEX|HUB)\b")
# What USPS believes itself comes before what the service promises.
_ESTIMATES = [
    f"{believed}Delivery{kind}"
    for believed in ("predicted", "expected", "guaranteed")
    for kind in ("Timestamp", "TimeStamp", "Date")
]
_QUARTER, _MINUTE, _FARTHEST = timedelta(minutes=15), timedelta(minutes=1), timedelta(hours=14)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """An answer of `/tracking/v3`, or a list of them."""
    payload = document(body)
    answers = several(payload)
    if not any(_is_answer(one) for one in answers):
        raise PayloadError("body", "is no answer of USPS's tracking")
    pieces = [mapping(one) for one in answers if "error" not in mapping(one)]
    found = read_each(pieces, "body", lambda one: _piece(one, headers, alone=len(answers) == 1))
    return answer(found, _faults(payload), SOURCE, CARRIER, headers)


def faults(body: bytes) -> list[Fault]:
    try:
        payload = document(body)
    except PayloadError as error:
        return [Fault(error.field, "", error.reason, Trouble.BROKEN)]
    if not any(_is_answer(one) for one in several(payload)):
        return [Fault("body", "", "is no answer of USPS's tracking", Trouble.BROKEN)]
    return _faults(payload)


def _is_answer(given: object) -> bool:
    return bool({"trackingNumber", "trackingEvents", "error"} & mapping(given).keys())


def _faults(payload: object) -> list[Fault]:
    return [_fault(mapping(one)) for one in several(payload) if "error" in mapping(one)]


def _fault(given: Document) -> Fault:
    if (oauth := oauth_fault(given)) is not None:
        return Fault("error", *oauth, Trouble.REFUSED)
    error = mapping(given.get("error"))
    detail = mapping(next(iter(rows(error.get("errors"))), None))
    code = text(error.get("code"), 80) or text(detail.get("code"), 80)
    message = text(error.get("message")) or text(detail.get("detail")) or text(detail.get("title"))
    trouble = by_status(code or detail.get("status"))
    about = mapping(detail.get("source")).get("parameter")
    if trouble is Trouble.REQUEST and "tracking" in f"{message} {text(about)}".lower():
        trouble = Trouble.INVALID
    return Fault("error", code, message, trouble, key(given.get("trackingNumber")))


def _piece(piece: Document, headers: Mapping[str, str], *, alone: bool) -> Iterator[Read]:
    parcel = Parcel(
        source=SOURCE,
        number=needed_key(number_of(piece.get("trackingNumber"), headers, alone=alone), "trackingNumber"),
        carrier=CARRIER,
        told=heard_at(headers),
    )
    scans: list[ParcelScanned] = []

    def event(given: Any) -> Iterator[Read]:
        scan = _scan(mapping(given), parcel)
        scans.append(scan)
        yield scan

    yield from read_each(several(piece.get("trackingEvents")), "trackingEvents", event)
    category, sentence = word(piece.get("statusCategory")), text(piece.get("status"))
    said = CATEGORIES.get(category, UNKNOWN)
    states: set[State | None] = {scan.state for scan in scans}
    if category and adds(said, states):
        yield parcel.scanned(received_at(headers), said, category, sentence)
    if said.state is not State.DELIVERED and not has_ended(scans) and not LATE.search(sentence):
        yield from _estimate(piece, parcel, headers)


def _scan(event: Document, parcel: Parcel) -> ParcelScanned:
    city, region = event.get("eventCity"), text(event.get("eventState"))
    facility = _FACILITY.match(text(city))
    if facility and not region and zone_of("US", facility["state"]):
        region = region_code("US", facility["state"])
    where = place(city, region, event.get("eventCountry") or "US", event.get("eventZIP"))
    code, sentence = text(event.get("eventCode"), 80).upper(), text(event.get("eventType"))
    return parcel.scanned(_when(event), meaning(code, sentence), code, sentence, where, field="eventTimestamp")


def _when(event: Document) -> object:
    """The local time with its offset, from the offset as written or from the GMT beside it, which knows the seconds."""
    local, gmt = moments.read(event.get("eventTimestamp")), moments.read(event.get("GMTTimestamp"))
    if local is None or local.utcoffset():
        return event.get("eventTimestamp") or event.get("GMTTimestamp")
    zone = moments.offset(text(event.get("GMTOffset"), 20))
    # A Z behind the local time is a label of USPS's documentation: where it gives an offset beside, that is believed.
    written = local if zone is None else local.replace(tzinfo=zone)
    local = local.replace(tzinfo=None)
    if gmt is None:
        return written
    instant = gmt.replace(tzinfo=UTC) if gmt.tzinfo is None else gmt.astimezone(UTC)
    ahead = written.utcoffset()
    if ahead is None:
        ahead = round((local.replace(tzinfo=UTC) - instant) / _QUARTER) * _QUARTER
    if abs(ahead) > _FARTHEST:
        return written
    precise = instant.astimezone(timezone(ahead))
    return precise if abs(precise.replace(tzinfo=None) - local) <= _MINUTE else written


def _estimate(piece: Document, parcel: Parcel, headers: Mapping[str, str]) -> Iterator[Read]:
    told = {**mapping(piece.get("deliveryDateExpectation")), **piece}
    days: list[date] = [day for name in _ESTIMATES if (day := moments.day(told.get(name))) is not None]
    if days:
        yield parcel.estimated(None, days[0], at=received_at(headers))
