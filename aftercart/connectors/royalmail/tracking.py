"""What Royal Mail's Tracking API v2 answers: one mail piece with its events, or the summaries of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
    several,
    text,
    word,
)
from aftercart.connectors.royalmail.words import CATEGORIES, TROUBLES, meaning
from aftercart.connectors.scans import UNKNOWN, Parcel, adds, has_ended
from aftercart.facts import ParcelScanned, State
from aftercart.plumbing import moments

SOURCE, CARRIER = "royalmail", "Royal Mail"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """An answer of `/mailpieces/v2/…/events` or `/mailpieces/v2/summary`."""
    payload = document(body)
    pieces = several(mapping(payload).get("mailPieces"))
    told = _faults(mapping(payload))
    if not pieces and not told:
        raise PayloadError("body", "is no answer of Royal Mail's tracking")
    whole = [one for one in pieces if not isinstance(mapping(one).get("error"), dict)]
    found = read_each(whole, "mailPieces", lambda one: _piece(mapping(one), headers, alone=len(pieces) == 1))
    return answer(found, told, SOURCE, CARRIER, headers)


def faults(body: bytes) -> list[Fault]:
    try:
        payload = mapping(document(body))
    except PayloadError as error:
        return [Fault(error.field, "", error.reason, Trouble.BROKEN)]
    told = _faults(payload)
    if not told and not several(payload.get("mailPieces")):
        return [Fault("body", "", "is no answer of Royal Mail's tracking", Trouble.BROKEN)]
    return told


def _faults(payload: Document) -> list[Fault]:
    status = payload.get("httpCode")
    told = [_fault("errors", mapping(one), status, "") for one in several(payload.get("errors"))]
    if not told and status:
        message = text(payload.get("moreInformation")) or text(payload.get("httpMessage"))
        told = [Fault("httpCode", text(status, 20), message, by_status(status))]
    for piece in map(mapping, several(payload.get("mailPieces"))):
        if isinstance(piece.get("error"), dict):
            told.append(_fault("mailPieces.error", piece["error"], None, _number(piece)))
    return told


def _fault(where: str, error: Document, status: object, number: str) -> Fault:
    code = text(error.get("errorCode"), 80)
    message = text(error.get("errorDescription")) or text(error.get("errorCause"))
    return Fault(where, code, message, TROUBLES.get(code) or by_status(status), number)


def _number(piece: Document) -> str:
    """The barcode that is printed for people; the mail piece's own id is inside the square one."""
    return key(mapping(piece.get("summary")).get("oneDBarcode")) or key(piece.get("mailPieceId"))


def _piece(piece: Document, headers: Mapping[str, str], *, alone: bool) -> Iterator[Read]:
    number = number_of(_number(piece), headers, alone=alone)
    summary = mapping(piece.get("summary"))
    at_home = word(summary.get("productCategory")) == "non-international"
    parcel = Parcel(source=SOURCE, number=needed_key(number, "mailPieceId"), carrier=CARRIER, told=heard_at(headers))
    scans: list[ParcelScanned] = []

    def event(given: Any) -> Iterator[Read]:
        told = mapping(given)
        scans.append(_scan(parcel, told.get("eventDateTime"), told.get("eventCode"), told.get("eventName"),
                           told.get("locationName"), at_home=at_home))  # fmt: skip
        yield scans[-1]

    yield from read_each(several(piece.get("events")), "events", event)
    if not scans and summary.get("lastEventCode"):
        last = {
            name: summary.get(f"last{name[0].upper()}{name[1:]}")
            for name in ("eventDateTime", "eventCode", "eventName")
        }
        yield from read_each([{**last, "locationName": summary.get("lastEventLocationName")}], "summary", event)
    category = word(summary.get("statusCategory"))
    states: set[State | None] = {scan.state for scan in scans}
    if category and adds(CATEGORIES.get(category, UNKNOWN), states):
        when = summary.get("lastEventDateTime")
        moment = when if moments.read(when) else received_at(headers)
        sentence = text(summary.get("statusDescription"))
        scans.append(parcel.scanned(moment, CATEGORIES.get(category, UNKNOWN), category, sentence))
        yield scans[-1]
    day = moments.day(mapping(piece.get("estimatedDelivery")).get("date"))
    if day is not None and not has_ended(scans):
        yield parcel.estimated(None, day, at=received_at(headers))


def _scan(parcel: Parcel, when: object, code: object, name: object, spot: object, *, at_home: bool) -> ParcelScanned:
    word_, sentence = text(code, 80).upper(), text(name)
    where = place(spot, "", "GB" if at_home else "", "")
    return parcel.scanned(when, meaning(word_, sentence), word_, sentence, where, field="eventDateTime")
