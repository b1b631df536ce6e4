"""What Canada Post's tracking answers: the details of a parcel with its events, the newest first, or summaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone

from aftercart.connectors import elements
from aftercart.connectors.canadapost.hours import OFFSETS
from aftercart.connectors.canadapost.words import TYPES, meaning, trouble
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.elements import Element, said
from aftercart.connectors.faults import Fault, Trouble, answer, number_of
from aftercart.connectors.reading import heard_at, needed_key, place, read_each, received_at
from aftercart.connectors.scans import UNKNOWN, Meaning, Parcel, has_ended
from aftercart.facts import ParcelScanned, Place
from aftercart.plumbing import moments
from aftercart.plumbing.countries import country_code

SOURCE, CARRIER = "canadapost", "Canada Post"
_PARCELS = ("tracking-detail", "pin-summary")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """A `tracking-detail`, a `tracking-summary` or `messages`, alone or within another element."""
    root = elements.root(body)
    parcels = [one for one in root.iter() if one.tag in _PARCELS]
    told = _faults(root)
    if not parcels and not told:
        raise PayloadError("body", "is no answer of Canada Post's tracking")
    found = read_each(parcels, "parcel", lambda one: _parcel(one, headers, alone=len(parcels) == 1))
    return answer(found, told, SOURCE, CARRIER, headers)


def faults(body: bytes) -> list[Fault]:
    try:
        root = elements.root(body)
    except PayloadError as error:
        return [Fault(error.field, "", error.reason, Trouble.BROKEN)]
    told = _faults(root)
    if not told and not any(one.tag in _PARCELS for one in root.iter()):
        return [Fault("body", "", "is no answer of Canada Post's tracking", Trouble.BROKEN)]
    return told


def _faults(root: Element) -> list[Fault]:
    codes = [(said(one, "code", 80), said(one, "description")) for one in root.iter("message")]
    return [Fault("messages", code, description, trouble(code)) for code, description in codes]


def _parcel(told: Element, headers: Mapping[str, str], *, alone: bool) -> Iterator[Read]:
    number = needed_key(number_of(said(told, "pin", 200), headers, alone=alone), "pin")
    parcel = Parcel(source=SOURCE, number=number, carrier=CARRIER, told=heard_at(headers))
    scans: list[ParcelScanned] = []

    def event(given: Element) -> Iterator[Read]:
        scans.append(_scan(given, parcel))
        yield scans[-1]

    if told.tag == "pin-summary":
        yield from read_each([told], "pin-summary", lambda one: _summary(one, parcel, scans))
    yield from read_each(told.iterfind("significant-events/occurrence"), "occurrence", event)
    day = moments.day(said(told, "changed-expected-date", 10)) or moments.day(said(told, "expected-delivery-date", 10))
    if day is not None and not said(told, "actual-delivery-date") and not has_ended(scans):
        yield parcel.estimated(None, day, at=received_at(headers))


def _scan(event: Element, parcel: Parcel) -> ParcelScanned:
    code, sentence = said(event, "event-identifier", 80), said(event, "event-description")
    where = _place(said(event, "event-site"), said(event, "event-province", 80), said(event, "event-time-zone", 80))
    day, hour = said(event, "event-date", 40), said(event, "event-time", 40)
    when = _when(f"{day}T{hour}" if day and hour else day, said(event, "event-time-zone", 80))
    return parcel.scanned(when, meaning(code, sentence), code, sentence, where, field="event-date")


def _summary(told: Element, parcel: Parcel, scans: list[ParcelScanned]) -> Iterator[Read]:
    code, sentence = said(told, "event-type", 80), said(told, "event-description")
    site, _, province = said(told, "event-location").rpartition(",")
    where = _place(site.strip() or province.strip(), province.strip() if site else "", "")
    known: Meaning = TYPES.get(code.upper(), UNKNOWN)
    when = said(told, "event-date-time", 40).replace(":", "T", 1)
    if code or when:
        scans.append(parcel.scanned(when, known, code, sentence, where, field="event-date-time"))
        yield scans[-1]


def _when(local: str, letters: str) -> object:
    written = moments.read(local)
    minutes = OFFSETS.get(letters.upper())
    if written is None or written.tzinfo is not None or minutes is None:
        return local
    return _aware(written, minutes)


def _aware(local: datetime, minutes: int) -> datetime:
    return local.replace(tzinfo=timezone(timedelta(minutes=minutes)))


def _place(site: str, province: str, clock: str) -> Place:
    """ "QUEBEC" with its province; or abroad "02650,Israel", whose clock may be the country's name as well."""
    town, comma, last = site.rpartition(",")
    abroad = country_code(last.strip()) if comma else ""
    if abroad and not province:
        return place("" if town.strip().isdigit() else town, "", abroad, town if town.strip().isdigit() else "")
    if province:
        return place(site, province, "CA", "")
    return place(site, "", clock if clock.upper() not in OFFSETS else "", "")
