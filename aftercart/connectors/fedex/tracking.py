"""What FedEx's Track API answers: for each number its shipments, and each shipment's scans, the newest first.

FedEx uses numbers again and answers every shipment that ever had one. The newest is read, and the others are said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from aftercart.connectors.asking import oauth_fault
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.faults import Fault, Trouble, answer
from aftercart.connectors.fedex.words import TROUBLES, is_known_exception, meaning
from aftercart.connectors.reading import (
    Document,
    document,
    first_instant,
    heard_at,
    key,
    mapping,
    needed_key,
    place,
    read_each,
    received_at,
    several,
    text,
)
from aftercart.connectors.scans import Meaning, Parcel, adds, has_ended
from aftercart.facts import ParcelScanned, State, Unread
from aftercart.plumbing import moments

SOURCE, CARRIER = "fedex", "FedEx"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """An answer of `/track/v1/trackingnumbers`, or the part of it about one number."""
    payload = document(body)
    results = _results(payload)
    if not results and not _faults(payload):
        raise PayloadError("body", "is no answer of FedEx's tracking")
    found = read_each(results, "completeTrackResults", lambda one: _number(mapping(one), headers))
    return answer(found, _faults(payload), SOURCE, CARRIER, headers)


def faults(body: bytes) -> list[Fault]:
    try:
        payload = document(body)
    except PayloadError as error:
        return [Fault(error.field, "", error.reason, Trouble.BROKEN)]
    told = _faults(payload)
    # An answer that leaves every number out is one all the same.
    if not told and not _results(payload) and "output" not in mapping(payload):
        return [Fault("body", "", "is no answer of FedEx's tracking", Trouble.BROKEN)]
    return told


def _results(payload: object) -> list[Any]:
    given = mapping(payload)
    if "trackResults" in given:
        return [given]
    return several(mapping(given.get("output", given)).get("completeTrackResults"))


def _faults(payload: object) -> list[Fault]:
    given = mapping(payload)
    said = [_fault("errors", one) for one in several(given.get("errors"))]
    if (oauth := oauth_fault(given)) is not None:
        said.append(Fault("error", *oauth, Trouble.REFUSED))
    for result in map(mapping, _results(payload)):
        for shipment in map(mapping, several(result.get("trackResults"))):
            if isinstance(shipment.get("error"), dict):
                fault = _fault("trackResults.error", shipment["error"], key(result.get("trackingNumber")))
                said.append(_beside_scans(fault) if shipment.get("scanEvents") else fault)
    return said


def _fault(where: str, given: object, number: str = "") -> Fault:
    error = mapping(given)
    code = text(error.get("code"), 80)
    return Fault(where, code, text(error.get("message")), TROUBLES.get(code, Trouble.BROKEN), number)


def _beside_scans(fault: Fault) -> Fault:
    return Fault(fault.where, fault.code, fault.message, Trouble.NOTE, fault.number)


def _number(result: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    shipments = [mapping(one) for one in several(result.get("trackResults"))]
    told = [shipment for shipment in shipments if shipment.get("scanEvents") or shipment.get("latestStatusDetail")]
    if not told:
        return
    newest = max(told, key=_age)
    yield from _shipment(result, newest, headers)
    for shipment in told:
        if shipment is not newest:
            unique = text(mapping(shipment.get("trackingNumberInfo")).get("trackingNumberUniqueId"), 80)
            yield Unread("trackResults", f"an older shipment had the same number ({unique or 'unnamed'})")


def _age(shipment: Document) -> tuple[datetime, str]:
    """By its first scan: the last one of an older shipment may well be told late."""
    when = [first_instant(mapping(scan).get("date")) for scan in several(shipment.get("scanEvents"))]
    unique = text(mapping(shipment.get("trackingNumberInfo")).get("trackingNumberUniqueId"))
    return min(filter(None, when), default=_LONG_AGO), unique


def _shipment(result: Document, shipment: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    named = result.get("trackingNumber") or mapping(shipment.get("trackingNumberInfo")).get("trackingNumber")
    number = needed_key(named, "trackingNumber")
    parcel = Parcel(source=SOURCE, number=number, carrier=CARRIER, told=heard_at(headers))
    details = mapping(shipment.get("deliveryDetails"))
    doorstep = left_at(f"{text(details.get('locationDescription'))} {text(details.get('locationType'))}")
    scans: list[ParcelScanned] = []

    def event(given: Any) -> Iterator[Read]:
        scan, exception = _scan(mapping(given), parcel, doorstep)
        scans.append(scan)
        yield scan
        if scan.state is not None and not is_known_exception(scan.code, exception):
            yield Unread("exceptionCode", f"{scan.code}/{exception}")

    yield from read_each(several(shipment.get("scanEvents")), "scanEvents", event)
    yield from _summary(shipment, parcel, scans, headers)
    if not has_ended(scans):
        yield from _estimate(shipment, parcel, headers)


def _scan(event: Document, parcel: Parcel, doorstep: str) -> tuple[ParcelScanned, str]:
    spot = mapping(event.get("scanLocation"))
    country = spot.get("countryCode") or spot.get("countryName")
    where = place(spot.get("city"), spot.get("stateOrProvinceCode"), country, spot.get("postalCode"))
    code, exception = text(event.get("eventType"), 80).upper(), text(event.get("exceptionCode"), 20).upper()
    said = meaning(code, exception, text(mapping(event.get("delayDetail")).get("type"), 20).upper())
    said = said._replace(reason=doorstep) if said.state is State.DELIVERED else said
    sentence = text(event.get("exceptionDescription")) or text(event.get("eventDescription"))
    return parcel.scanned(event.get("date"), said, code, sentence, where, field="date"), exception


def _summary(
    shipment: Document, parcel: Parcel, scans: list[ParcelScanned], headers: Mapping[str, str]
) -> Iterator[Read]:
    latest = mapping(shipment.get("latestStatusDetail"))
    code = text(latest.get("code"), 80).upper()
    said: Meaning = meaning(code, "", text(mapping(latest.get("delayDetail")).get("type"), 20).upper())
    states: set[State | None] = {scan.state for scan in scans}
    if code and adds(said, states):
        times = {
            text(mapping(one).get("type")): mapping(one).get("dateTime")
            for one in several(shipment.get("dateAndTimes"))
        }
        when = times.get("ACTUAL_DELIVERY") if said.state is State.DELIVERED else None
        moment = when if moments.read(when) else received_at(headers)
        yield parcel.scanned(moment, said, code, text(latest.get("description")))


def _estimate(shipment: Document, parcel: Parcel, headers: Mapping[str, str]) -> Iterator[Read]:
    """What FedEx now expects. What the service promised holds only while FedEx does not call the parcel late."""
    times = {
        text(mapping(one).get("type")): mapping(one).get("dateTime") for one in several(shipment.get("dateAndTimes"))
    }
    late = mapping(mapping(shipment.get("latestStatusDetail")).get("delayDetail")).get("status") == "DELAYED"
    windows = [_window(shipment.get("estimatedDeliveryTimeWindow")), (None, times.get("ESTIMATED_DELIVERY"))]
    windows += [] if late else [_window(shipment.get("standardTransitTimeWindow")), (None, times.get("COMMITMENT"))]
    for begins, ends in windows:
        earliest, latest = moments.day(begins), moments.day(ends) or moments.day(begins)
        if latest is not None:
            yield parcel.estimated(earliest, latest, at=received_at(headers))
            return


def _window(given: object) -> tuple[object, object]:
    window = mapping(mapping(given).get("window"))
    return window.get("begins"), window.get("ends")
