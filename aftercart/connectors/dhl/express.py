"""What DHL Express answers: XML of its older services, and JSON of MyDHL API.

Its events are the oldest first; they are told the newest first, as the other carriers tell theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aftercart.connectors.contract import Read
from aftercart.connectors.dhl.places import area
from aftercart.connectors.dhl.words import checkpoint
from aftercart.connectors.elements import Element, said
from aftercart.connectors.faults import Fault, Trouble
from aftercart.connectors.reading import (
    Document,
    heard_at,
    mapping,
    needed_key,
    read_each,
    received_at,
    several,
    text,
)
from aftercart.connectors.scans import Parcel, has_ended
from aftercart.facts import ParcelScanned
from aftercart.plumbing import moments

SOURCE, CARRIER = "dhl", "DHL Express"
_NAMED = re.compile(r"\bAWBNumber\W+([0-9A-Z]{6,})")
_LOG_IN = re.compile(r"password|siteid|authenticat|authoriz|authoris", re.IGNORECASE)
_NOT_FOUND = re.compile(r"no shipments? found|no .*found", re.IGNORECASE)


def parcels(root: Element, headers: Mapping[str, str]) -> Iterator[Read]:
    waybills = [one for one in root.iter("AWBInfo") if one.find("ShipmentInfo") is not None]
    yield from read_each(waybills, "AWBInfo", lambda one: _waybill(one, headers))


def faults(root: Element) -> list[Fault]:
    told = [_fault(status, "Response.Status", "") for status in root.findall("./Response/Status")]
    for waybill in root.iter("AWBInfo"):
        status = waybill.find("Status")
        if status is not None and waybill.find("ShipmentInfo") is None:
            told.append(_fault(status, "AWBInfo.Status", said(waybill, "AWBNumber", 80)))
    return told


def _fault(status: Element, where: str, number: str) -> Fault:
    code, message = said(status, "Condition/ConditionCode", 80), said(status, "Condition/ConditionData")
    message = message or said(status, "ActionStatus")
    if where == "AWBInfo.Status" and (code in ("103", "209") or _NOT_FOUND.search(message)):
        named = _NAMED.search(message)
        return Fault(where, code, message, Trouble.NOT_FOUND, number or (named[1] if named else ""))
    trouble = Trouble.REFUSED if code == "100" or _LOG_IN.search(message) else Trouble.REQUEST
    return Fault(where, code, message, trouble, number)


def _waybill(waybill: Element, headers: Mapping[str, str]) -> Iterator[Read]:
    shipments = waybill.findall("ShipmentInfo")
    number = needed_key(said(waybill, "AWBNumber", 200), "AWBNumber")
    parcel = Parcel(source=SOURCE, number=number, carrier=CARRIER, told=heard_at(headers))
    scans: list[ParcelScanned] = []

    def event(given: Element) -> Iterator[Read]:
        scan = _scan(
            parcel,
            day=said(given, "Date", 40),
            hour=said(given, "Time", 40),
            offset=said(given, "GMTOffset", 10),
            code=said(given, "ServiceEvent/EventCode", 80),
            sentence=_without(said(given, "ServiceEvent/Description"), said(given, "Signatory")),
            where=said(given, "ServiceArea/Description"),
        )
        scans.append(scan)
        yield scan

    events = [one for shipment in shipments for one in shipment.findall("ShipmentEvent")]
    # Where only the pieces of a waybill were asked for, their checkpoints tell its road.
    events = events or [one for shipment in shipments for one in shipment.iter("PieceEvent")]
    yield from reversed(list(read_each(events, "ShipmentEvent", event)))
    days = [moments.day(said(shipment, "EstDlvyDate", 10)) for shipment in shipments]
    day = next(filter(None, days), None)
    if day is not None and not has_ended(scans):
        yield parcel.estimated(None, day, at=received_at(headers))


def shipment(given: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    """One of MyDHL API's."""
    number = needed_key(given.get("shipmentTrackingNumber"), "shipmentTrackingNumber")
    parcel = Parcel(source=SOURCE, number=number, carrier=CARRIER, told=heard_at(headers))
    scans: list[ParcelScanned] = []

    def event(one: Any) -> Iterator[Read]:
        told = mapping(one)
        spot = mapping(next(iter(several(told.get("serviceArea"))), None))
        scan = _scan(
            parcel,
            day=text(told.get("date"), 40),
            hour=text(told.get("time"), 40),
            offset=text(told.get("GMTOffset"), 10),
            code=text(told.get("typeCode"), 80),
            sentence=_without(" ".join(text(told.get("description")).split()), text(told.get("signedBy"))),
            where=text(spot.get("description")),
        )
        scans.append(scan)
        yield scan

    yield from reversed(list(read_each(several(given.get("events")), "events", event)))
    day = moments.day(given.get("estimatedDeliveryDate"))
    if day is not None and not has_ended(scans):
        yield parcel.estimated(None, day, at=received_at(headers))


def _scan(parcel: Parcel, *, day: str, hour: str, offset: str, code: str, sentence: str, where: str) -> ParcelScanned:
    local = f"{day}T{hour}" if day and hour else day
    written, zone = moments.read(local), moments.offset(offset)
    when = local if written is None or written.tzinfo or zone is None else written.replace(tzinfo=zone)
    return parcel.scanned(when, checkpoint(code.upper(), sentence), code, sentence, area(where), field="Date")


def _without(sentence: str, name: str) -> str:
    """ "Shipment delivered" and whoever signed for it: the name is not ours to keep."""
    if len(name) < 2 or name.isdigit() or name.casefold() not in sentence.casefold():
        return sentence
    return " ".join(re.sub(re.escape(name), "", sentence, flags=re.IGNORECASE).split()).rstrip(" :-")
