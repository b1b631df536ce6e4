"""Each carrier's clocks: the hour as printed, the instant that it was, and how we know."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aftercart.connectors import canadapost, dhl, fedex, royalmail, ups, usps
from aftercart.connectors.canadapost.hours import OFFSETS
from aftercart.connectors.contract import Read
from aftercart.facts import Clocked, ParcelScanned
from tests.connectors.payloads import only

# what is written; local time, UTC, minutes, how it is known
OHIO = {"city": "Dayton", "stateProvince": "OH", "countryCode": "US"}
Row = tuple[dict[str, str], str, str, int | None, str]
UPS: list[Row] = [
    ({"date": "20260307", "time": "233000", "gmtOffset": "-05:00"},
     "2026-03-07T23:30", "2026-03-08T04:30", -300, "explicit"),
    ({"date": "20260307", "time": "233000", "gmtOffset": "-0330"},
     "2026-03-07T23:30", "2026-03-08T03:00", -210, "explicit"),
    ({"date": "20260308", "time": "033000", "gmtDate": "20260308", "gmtTime": "07:30:00"},
     "2026-03-08T03:30", "2026-03-08T07:30", -240, "explicit"),
    # the hour that comes twice: GMT tells which of them it was
    ({"date": "20261101", "time": "013000", "gmtDate": "20261101", "gmtTime": "063000"},
     "2026-11-01T01:30", "2026-11-01T06:30", -300, "explicit"),
    ({"date": "20261101", "time": "013000"}, "2026-11-01T01:30", "2026-11-01T05:30", -240, "location"),
    ({"date": "20260310", "time": "120000"}, "2026-03-10T12:00", "2026-03-10T16:00", -240, "location"),
    ({"date": "20260310", "time": "120000", "gmtDate": "20260110", "gmtTime": "120000"},
     "2026-03-10T12:00", "2026-03-10T16:00", -240, "location"),
    ({"date": "20260310", "time": "120000", "gmtOffset": "soon"},
     "2026-03-10T12:00", "2026-03-10T16:00", -240, "location"),
]  # fmt: skip
USPS: list[Row] = [
    ({"eventTimestamp": "2026-03-09T13:58:00", "GMTTimestamp": "2026-03-09T17:58:40Z", "GMTOffset": "-04:00"},
     "2026-03-09T13:58:40", "2026-03-09T17:58:40", -240, "explicit"),
    ({"eventTimestamp": "2026-03-09T13:58:00", "GMTTimestamp": "2026-03-09T17:58:40Z"},
     "2026-03-09T13:58:40", "2026-03-09T17:58:40", -240, "explicit"),
    ({"eventTimestamp": "2026-03-09T13:58:00", "GMTOffset": "-04:00"},
     "2026-03-09T13:58", "2026-03-09T17:58", -240, "explicit"),
    ({"eventTimestamp": "2026-03-09T13:58:00", "GMTTimestamp": "2026-03-09T17:58:40", "GMTOffset": "-04:00"},
     "2026-03-09T13:58:40", "2026-03-09T17:58:40", -240, "explicit"),
    ({"GMTTimestamp": "2026-03-09T17:58:40Z"}, "2026-03-09T17:58:40", "2026-03-09T17:58:40", 0, "explicit"),
    ({"eventTimestamp": "2026-11-01T01:30:00", "GMTTimestamp": "2026-11-01T06:30:10Z"},
     "2026-11-01T01:30:10", "2026-11-01T06:30:10", -300, "explicit"),
    ({"eventTimestamp": "2026-07-09T13:58:00", "eventState": "AZ"},
     "2026-07-09T13:58", "2026-07-09T20:58", -420, "location"),
    ({"eventTimestamp": "2026-07-09T13:58:00Z", "GMTOffset": "-7:00"},
     "2026-07-09T13:58", "2026-07-09T20:58", -420, "explicit"),
    ({"eventTimestamp": "2026-07-09T13:58:00Z"}, "2026-07-09T13:58", "2026-07-09T13:58", 0, "explicit"),
    ({"eventTimestamp": "2026-07-09T13:58:00"}, "2026-07-09T13:58", "2026-07-09T13:58", None, "assumed"),
    # two that contradict each other: the offset is believed, the far instant is not
    ({"eventTimestamp": "2026-03-09T13:58:00", "GMTTimestamp": "2026-01-01T00:00:00Z", "GMTOffset": "-04:00"},
     "2026-03-09T13:58", "2026-03-09T17:58", -240, "explicit"),
]  # fmt: skip
FEDEX: list[Row] = [
    ({"date": "2026-08-20T12:41:57-04:00"}, "2026-08-20T12:41:57", "2026-08-20T16:41:57", -240, "explicit"),
    ({"date": "2026-08-15T00:00:00"}, "2026-08-15T00:00", "2026-08-15T05:00", -300, "location"),
    ({"date": "2026-01-15T00:00:00"}, "2026-01-15T00:00", "2026-01-15T06:00", -360, "location"),
]
EXPRESS: list[Row] = [
    ({"Date": "2026-03-28", "Time": "10:09:00", "at": "MILAN - ITALY"},
     "2026-03-28T10:09", "2026-03-28T09:09", 60, "location"),
    ({"Date": "2026-03-29", "Time": "10:09:00", "at": "MILAN - ITALY"},
     "2026-03-29T10:09", "2026-03-29T08:09", 120, "location"),
    ({"Date": "2026-03-29", "Time": "10:09:00", "at": "NEW YORK CITY GATEWAY,NY-USA"},
     "2026-03-29T10:09", "2026-03-29T14:09", -240, "location"),
    ({"Date": "2026-03-29", "Time": "10:09:00", "at": "SÃO PAULO - BRAZIL"},
     "2026-03-29T10:09", "2026-03-29T10:09", None, "assumed"),
    ({"Date": "2026-03-29", "Time": "10:09:00", "GMTOffset": "-03:00", "at": "SÃO PAULO - BRAZIL"},
     "2026-03-29T10:09", "2026-03-29T13:09", -180, "explicit"),
]  # fmt: skip
UNIFIED: list[Row] = [
    ({"timestamp": "2026-10-25T02:30:00+01:00"}, "2026-10-25T02:30", "2026-10-25T01:30", 60, "explicit"),
    ({"timestamp": "2026-10-25T02:30:00"}, "2026-10-25T02:30", "2026-10-25T00:30", 120, "location"),
    ({"timestamp": "2026-10-25T12:00:00Z"}, "2026-10-25T12:00", "2026-10-25T12:00", 0, "explicit"),
]
CANADA: list[Row] = [
    ({"event-time-zone": "EST", "event-province": "QC"}, "2026-07-01T12:00", "2026-07-01T17:00", -300, "explicit"),
    ({"event-time-zone": "EDT", "event-province": "QC"}, "2026-07-01T12:00", "2026-07-01T16:00", -240, "explicit"),
    ({"event-time-zone": "HAE", "event-province": "QC"}, "2026-07-01T12:00", "2026-07-01T16:00", -240, "explicit"),
    ({"event-time-zone": "NDT", "event-province": "NL"}, "2026-07-01T12:00", "2026-07-01T14:30", -150, "explicit"),
    ({"event-time-zone": "pst", "event-province": "BC"}, "2026-07-01T12:00", "2026-07-01T20:00", -480, "explicit"),
    ({"event-time-zone": "", "event-province": "SK"}, "2026-07-01T12:00", "2026-07-01T18:00", -360, "location"),
    ({"event-time-zone": "ISRAEL"}, "2026-07-01T12:00", "2026-07-01T09:00", 180, "location"),
    ({"event-time-zone": "MOON"}, "2026-07-01T12:00", "2026-07-01T12:00", None, "assumed"),
]
ROYAL: list[Row] = [
    ({"eventDateTime": "2026-03-28T10:04:00+00:00"}, "2026-03-28T10:04", "2026-03-28T10:04", 0, "explicit"),
    ({"eventDateTime": "2026-03-30T10:04:00+01:00"}, "2026-03-30T10:04", "2026-03-30T09:04", 60, "explicit"),
    ({"eventDateTime": "2026-03-30T10:04:00"}, "2026-03-30T10:04", "2026-03-30T09:04", 60, "location"),
]


def _json(document: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(document)


def _of_ups(said: dict[str, str]) -> list[Read]:
    activity = {**said, "location": {"address": OHIO}, "status": {"type": "I", "code": "AR"}}
    package = {"trackingNumber": "1Z", "activity": [activity]}
    return ups.parse(_json({"trackResponse": {"shipment": [{"package": [package]}]}}), {})


def _of_usps(said: dict[str, str]) -> list[Read]:
    return usps.parse(_json({"trackingNumber": "94", "trackingEvents": [{"eventCode": "10", **said}]}), {})


def _of_fedex(said: dict[str, str]) -> list[Read]:
    where = {"stateOrProvinceCode": "MN", "countryCode": "US"}
    scans = [{"eventType": "AR", "scanLocation": where, **said}]
    return fedex.parse(_json({"trackingNumber": "77", "trackResults": [{"scanEvents": scans}]}), {})


def _of_express(said: dict[str, str]) -> list[Read]:
    at = f"<ServiceArea><Description>{said['at']}</Description></ServiceArea>"
    clock = "".join(f"<{name}>{value}</{name}>" for name, value in said.items() if name != "at")
    event = f"<ShipmentEvent>{clock}<ServiceEvent><EventCode>PL</EventCode></ServiceEvent>{at}</ShipmentEvent>"
    info = f"<AWBInfo><AWBNumber>10</AWBNumber><ShipmentInfo>{event}</ShipmentInfo></AWBInfo>"
    return dhl.parse(f"<TrackingResponse>{info}</TrackingResponse>".encode(), {})


def _of_unified(said: dict[str, str]) -> list[Read]:
    event = {"statusCode": "transit", "location": {"address": {"countryCode": "DE"}}, **said}
    return dhl.parse(_json({"shipments": [{"id": "1", "service": "parcel-de", "events": [event]}]}), {})


def _of_canada(said: dict[str, str]) -> list[Read]:
    told = {"event-identifier": "0100", "event-date": "2026-07-01", "event-time": "12:00:00", "event-site": "X", **said}
    event = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    events = f"<significant-events><occurrence>{event}</occurrence></significant-events>"
    return canadapost.parse(f"<tracking-detail><pin>7</pin>{events}</tracking-detail>".encode(), {})


def _of_royal(said: dict[str, str]) -> list[Read]:
    piece = {"mailPieceId": "J", "summary": {"productCategory": "NON-INTERNATIONAL"}}
    return royalmail.parse(_json({"mailPieces": {**piece, "events": [{"eventCode": "EVORI", **said}]}}), {})


READERS = [(_of_ups, UPS), (_of_usps, USPS), (_of_fedex, FEDEX), (_of_express, EXPRESS), (_of_unified, UNIFIED),
           (_of_canada, CANADA), (_of_royal, ROYAL)]  # fmt: skip


def _named(one: Any) -> str:
    """The same from one process to the next, so that tests can be shared out."""
    return one.__name__.removeprefix("_of_") if callable(one) else str(one)[:60]


@pytest.mark.parametrize(("reader", "row"), [(reader, row) for reader, rows in READERS for row in rows], ids=_named)
def test_an_hour_is_kept_as_printed_and_converted_as_it_was(reader: Any, row: Row) -> None:
    said, local, utc, minutes, zone = row
    (scan,) = only(ParcelScanned, reader(said))
    at: Clocked = scan.at
    assert (at.local, at.offset_minutes, at.zone.value) == (datetime.fromisoformat(local), minutes, zone)
    assert at.instant == datetime.fromisoformat(utc).replace(tzinfo=UTC) == scan.happened_at


@pytest.mark.parametrize(
    ("zone", "winter", "summer", "hiver", "ete"),
    [
        ("America/St_Johns", "NST", "NDT", "HNT", "HAT"),
        ("America/Halifax", "AST", "ADT", "HNA", "HAA"),
        ("America/Toronto", "EST", "EDT", "HNE", "HAE"),
        ("America/Winnipeg", "CST", "CDT", "HNC", "HAC"),
        ("America/Edmonton", "MST", "MDT", "HNR", "HAR"),
        ("America/Vancouver", "PST", "PDT", "HNP", "HAP"),
    ],
)
def test_canada_post_s_letters_are_the_hours_of_the_country(
    zone: str, winter: str, summer: str, hiver: str, ete: str
) -> None:
    for month, letters in ((1, (winter, hiver)), (7, (summer, ete))):
        offset = datetime(2025, month, 1, 12, tzinfo=ZoneInfo(zone)).utcoffset()
        assert offset is not None
        assert {OFFSETS[one] for one in letters} == {offset.total_seconds() / 60}
