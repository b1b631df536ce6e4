"""What UPS's Tracking API answers: shipments, their packages, and each package's activities, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.faults import Fault, Trouble, answer, number_of
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
    several,
    text,
)
from aftercart.connectors.scans import Parcel, adds, has_ended
from aftercart.connectors.ups.words import TROUBLES, is_known, meaning
from aftercart.facts import ParcelScanned, State, Unread
from aftercart.plumbing import moments

SOURCE, CARRIER = "ups", "UPS"
# A date of delivery that UPS moved counts before the one that it had planned. DEL is the day of the delivery itself.
_ESTIMATES = ("RDD", "SDD")
_FARTHEST = timedelta(hours=14)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """An answer of `/track/v1/details`."""
    payload = document(body)
    if not isinstance(payload, dict) or not {"trackResponse", "response"} & payload.keys():
        raise PayloadError("body", "is no answer of UPS's tracking")
    shipments = several(mapping(payload.get("trackResponse")).get("shipment"))
    found = read_each(shipments, "shipment", lambda one: _shipment(mapping(one), headers, alone=len(shipments) == 1))
    return answer(found, _faults(payload), SOURCE, CARRIER, headers)


def faults(body: bytes) -> list[Fault]:
    try:
        payload = document(body)
    except PayloadError as error:
        return [Fault(error.field, "", error.reason, Trouble.BROKEN)]
    if not {"trackResponse", "response"} & mapping(payload).keys():
        return [Fault("body", "", "is no answer of UPS's tracking", Trouble.BROKEN)]
    return _faults(mapping(payload))


def _faults(payload: Document) -> list[Fault]:
    said = [_fault("response.errors", one) for one in several(mapping(payload.get("response")).get("errors"))]
    for position, shipment in enumerate(several(mapping(payload.get("trackResponse")).get("shipment"))):
        shipment = mapping(shipment)
        where, number = f"shipment[{position}].warnings", key(shipment.get("inquiryNumber"))
        said += [_fault(where, one, number) for one in several(shipment.get("warnings"))]
    return said


def _fault(where: str, given: object, number: str = "") -> Fault:
    error = mapping(given)
    code = text(error.get("code"), 80)
    otherwise = Trouble.BROKEN if where == "response.errors" else Trouble.NOTE
    return Fault(where, code, text(error.get("message")), TROUBLES.get(code, otherwise), number)


def _shipment(shipment: Document, headers: Mapping[str, str], *, alone: bool) -> Iterator[Read]:
    inquiry = shipment.get("inquiryNumber")
    packages = several(shipment.get("package"))
    read = partial(_package, inquiry=inquiry, headers=headers, alone=alone and len(packages) == 1)
    yield from read_each(packages, "package", lambda one: read(mapping(one)))


def _package(package: Document, inquiry: object, headers: Mapping[str, str], *, alone: bool) -> Iterator[Read]:
    own = package.get("trackingNumber") or inquiry
    number = needed_key(number_of(own, headers, alone=alone), "trackingNumber")
    parcel = Parcel(source=SOURCE, number=number, carrier=CARRIER, told=heard_at(headers))
    doorstep = left_at(text(mapping(package.get("deliveryInformation")).get("location")))
    scans: list[ParcelScanned] = []

    def activity(given: Any) -> Iterator[Read]:
        said = _said(mapping(mapping(given).get("status")))
        scan = _scan(mapping(given), said, parcel, doorstep)
        scans.append(scan)
        yield scan
        if scan.state is not None and not is_known(*said):
            yield Unread("status.code", "/".join(said))

    yield from read_each(several(package.get("activity")), "activity", activity)
    for summary in _summary(package, parcel, scans, headers):
        scans.append(summary)
        yield summary
    if not has_ended(scans):
        yield from _estimate(package, parcel, headers)


def _said(status: Document) -> tuple[str, str, str]:
    """Type, code and package status code, as the words compare them."""
    return (
        text(status.get("type"), 10).upper(),
        text(status.get("code"), 20).upper(),
        text(status.get("statusCode"), 10),
    )


def _summary(
    package: Document, parcel: Parcel, scans: list[ParcelScanned], headers: Mapping[str, str]
) -> Iterator[ParcelScanned]:
    """The package's current status, where no activity tells it."""
    current = mapping(package.get("currentStatus"))
    meant, states = meaning(*_said(current)), {scan.state for scan in scans}
    if not current or not adds(meant, states):
        return
    days = {text(mapping(one).get("type"), 10).upper(): one for one in several(package.get("deliveryDate"))}
    delivered = _compact(mapping(days.get("DEL")).get("date"), mapping(package.get("deliveryTime")).get("endTime"))
    when = delivered if meant.state is State.DELIVERED else None
    code = text(current.get("code"), 80) or text(current.get("type"), 80)
    yield parcel.scanned(when or received_at(headers), meant, code, text(current.get("description")))


def _scan(activity: Document, said: tuple[str, str, str], parcel: Parcel, doorstep: str) -> ParcelScanned:
    status = mapping(activity.get("status"))
    address = mapping(mapping(activity.get("location")).get("address"))
    country = address.get("countryCode") or address.get("country")
    where = place(address.get("city"), address.get("stateProvince"), country, address.get("postalCode"))
    meant = meaning(*said)
    if meant.state is State.DELIVERED and not meant.reason:
        meant = meant._replace(reason=doorstep)
    code = text(status.get("code"), 80) or text(status.get("type"), 80)
    return parcel.scanned(_when(activity), meant, code, text(status.get("description")), where, field="date")


def _when(activity: Document) -> object:
    """The local time, with its offset where UPS gives one, or gives the same moment in GMT too."""
    local = _compact(activity.get("date"), activity.get("time"))
    if local is None:
        return activity.get("date")
    zone = moments.offset(text(activity.get("gmtOffset"), 20))
    if zone is not None:
        return local.replace(tzinfo=zone)
    gmt = _compact(activity.get("gmtDate"), activity.get("gmtTime"))
    # To the minute: either may leave the seconds out.
    ahead = None if gmt is None else timedelta(minutes=round((local - gmt) / timedelta(minutes=1)))
    if ahead is None or abs(ahead) > _FARTHEST:
        return local
    return local.replace(tzinfo=timezone(ahead))


def _compact(day: object, hour: object) -> datetime | None:
    """ "20260309" and "071356", or as ISO 8601 writes them; midnight where no hour is given."""
    days = text(day, 20).replace("-", "")
    hours = text(hour, 20).replace(":", "")
    if not (len(days) == 8 and days.isdigit()) or (hours and not (hours.isdigit() and len(hours) in (4, 6))):
        return None
    return moments.read(f"{days}T{hours or '000000'}")


def _estimate(package: Document, parcel: Parcel, headers: Mapping[str, str]) -> Iterator[Read]:
    given = {text(mapping(one).get("type"), 10).upper(): one for one in several(package.get("deliveryDate"))}
    for kind in _ESTIMATES:
        when = _compact(mapping(given.get(kind)).get("date"), "")
        if when is not None:
            yield parcel.estimated(None, when.date(), at=received_at(headers))
            return
