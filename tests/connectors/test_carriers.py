"""UPS, USPS, FedEx, DHL, Canada Post and Royal Mail: what each tells of a parcel's road."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aftercart.connectors.contract import ASKED_FOR, RECEIVED_AT
from aftercart.connectors.registry import FACT_SOURCES, TRACKERS
from aftercart.facts import ArrivalEstimated, Attention, ParcelScanned, State
from tests.connectors.payloads import body, every_body, only, read, unread

HEARD = {RECEIVED_AT: "2026-03-09T20:00:00+00:00"}


def road(carrier: str, name: str) -> list[tuple[str, State | None, str, str]]:
    return [(s.number[-2:], s.state, s.reason, s.code) for s in only(ParcelScanned, read(carrier, name))]


def estimates(carrier: str, name: str) -> list[tuple[str, date | None, date]]:
    return [(e.number[-2:], e.earliest, e.latest) for e in only(ArrivalEstimated, read(carrier, name))]


def test_ups_tells_each_package_of_each_shipment() -> None:
    assert road("ups", "two_packages") == [
        ("17", State.DELAYED, "carrier", "ZZ"),
        ("17", State.IN_TRANSIT, "", "DP"),
        ("17", State.IN_TRANSIT, "", "AR"),
        ("17", State.ACCEPTED, "", "OR"),
        ("17", State.LABEL_CREATED, "", "MP"),
        ("26", State.DELIVERED, "front_door", "FS"),
        ("26", State.OUT_FOR_DELIVERY, "", "OT"),
        ("35", State.NOT_FOUND, "", "TW0001"),
    ]
    assert unread(read("ups", "two_packages")) == [("activity[2].date", "is not a time")]


def test_ups_s_moved_date_counts_before_the_planned_one_and_none_after_the_delivery() -> None:
    assert estimates("ups", "two_packages") == [("17", None, date(2026, 3, 12))]


def test_ups_delivering_to_the_shipper_is_a_return_and_a_new_exception_says_nothing() -> None:
    assert road("ups", "returned") == [
        ("44", State.RETURNED, "", "FS"),
        ("44", State.RETURNING, "", "RS"),
        ("44", State.ATTEMPT_FAILED, "not_home", "50"),
        ("44", None, "", "GT"),
    ]


def test_ups_without_activities_tells_its_current_status() -> None:
    package = b"""{"trackResponse":{"shipment":[{"inquiryNumber":"1Z9","package":[{"deliveryDate":[{"type":"DEL",
        "date":"20260309"}],"deliveryTime":{"type":"DEL","endTime":"154200"},"currentStatus":%s}]}]}}"""
    delivered = b'{"type":"D","code":"FS","description":"Delivered","statusCode":"011"}'
    (scan,) = FACT_SOURCES["ups"].parse(package % delivered, HEARD)
    assert isinstance(scan, ParcelScanned)
    assert (scan.number, scan.state, scan.at.local) == ("1Z9", State.DELIVERED, datetime(2026, 3, 9, 15, 42))
    (scan,) = FACT_SOURCES["ups"].parse(package % b'{"code":"MP","type":"M"}', HEARD)
    assert isinstance(scan, ParcelScanned) and scan.state is State.LABEL_CREATED
    assert scan.happened_at == datetime(2026, 3, 9, 20, tzinfo=UTC)


def test_usps_tells_its_events_and_where_the_parcel_was_left() -> None:
    assert road("usps", "delivered") == [
        ("59", State.DELIVERED, "front_desk", "01"),
        ("59", State.OUT_FOR_DELIVERY, "", "OF"),
        ("59", State.IN_TRANSIT, "", "10"),
        ("59", None, "", "Q9"),
        ("59", State.IN_TRANSIT, "", "NT"),
        ("59", State.ACCEPTED, "", "03"),
    ]
    assert unread(read("usps", "delivered")) == [("trackingEvents[6].eventTimestamp", "is missing")]
    assert estimates("usps", "delivered") == []
    assert only(ParcelScanned, read("usps", "delivered"))[2].place.region == "OH"


def test_usps_s_prediction_counts_before_its_promise_and_neither_once_it_says_late() -> None:
    assert estimates("usps", "several") == [("66", None, date(2026, 3, 12))]
    assert road("usps", "several") == [
        ("66", State.ACCEPTED, "", "OA"),
        ("73", State.DELAYED, "carrier", "NT"),
        ("80", State.LABEL_CREATED, "", "pre-shipment"),
        ("97", State.NOT_FOUND, "", "404"),
    ]


def test_fedex_tells_the_newest_shipment_of_a_number_and_says_that_there_are_others() -> None:
    assert road("fedex", "three_numbers") == [
        ("17", State.DELIVERED, "front_door", "DL"),
        ("17", State.OUT_FOR_DELIVERY, "", "OD"),
        ("17", State.ATTEMPT_FAILED, "not_home", "DE"),
        ("17", State.DELAYED, "carrier", "SE"),
        ("17", None, "estimate", "AO"),
        ("17", State.ACCEPTED, "", "PU"),
        ("17", State.LABEL_CREATED, "", "OC"),
        ("28", State.DELAYED, "weather", "DY"),
        ("39", State.NOT_FOUND, "", "TRACKING.TRACKINGNUMBER.NOTFOUND"),
    ]
    assert unread(read("fedex", "three_numbers")) == [
        ("exceptionCode", "SE/Q7"),
        ("trackResults", "an older shipment had the same number (2460001000~770000000017~FX)"),
        ("scanEvents[1].date", "is not a time"),
    ]


def test_fedex_s_own_promise_does_not_hold_once_it_calls_the_parcel_late() -> None:
    assert estimates("fedex", "three_numbers") == []
    assert estimates("fedex", "on_time") == [("40", date(2026, 3, 10), date(2026, 3, 11))]
    assert road("fedex", "on_time") == [("40", State.LABEL_CREATED, "", "OC")]


def test_dhl_express_tells_each_waybill_the_newest_event_first() -> None:
    assert road("dhl", "express") == [
        ("11", None, "", "X9"),
        ("11", State.IN_CUSTOMS, "customs", "IC"),
        ("11", State.IN_TRANSIT, "", "AF"),
        ("11", State.ACCEPTED, "", "PU"),
        ("22", State.DELIVERED, "", "OK"),
        ("33", State.NOT_FOUND, "", "103"),
    ]
    assert unread(read("dhl", "express")) == [("ShipmentEvent[4].Date", "is missing")]
    assert estimates("dhl", "express") == [("11", None, date(2026, 3, 31))]
    places = [(s.place.city, s.place.region, s.place.country) for s in only(ParcelScanned, read("dhl", "express"))]
    assert places == [
        ("LONDON-HEATHROW", "", "GB"),
        ("Leipzig", "", "DE"),
        ("CINCINNATI HUB", "OH", "US"),
        ("KINGSTON", "", "JM"),
        ("HONG KONG", "", "HK"),
        ("", "", ""),
    ]


def test_dhl_express_in_json_reads_like_its_xml() -> None:
    assert road("dhl", "mydhl") == [("44", State.HELD, "", "OH"), ("44", State.ACCEPTED, "", "PU")]
    assert estimates("dhl", "mydhl") == [("44", None, date(2026, 3, 12))]


def test_dhl_s_one_word_for_everything_is_refined_by_its_own_sentence() -> None:
    assert road("dhl", "unified") == [
        ("15", State.DELIVERED, "neighbour", "delivered"),
        ("15", State.OUT_FOR_DELIVERY, "", "transit"),
        ("15", State.IN_TRANSIT, "", "transit"),
        ("15", State.IN_TRANSIT, "", "transit"),
        ("15", None, "", "teleport"),
        ("15", State.LABEL_CREATED, "", "pre-transit"),
        ("22", State.IN_CUSTOMS, "customs", "transit"),
    ]
    assert unread(read("dhl", "unified")) == [("shipments[2].id", "is missing")]
    assert estimates("dhl", "unified") == [("22", date(2026, 4, 1), date(2026, 4, 2))]
    carriers = {scan.number[-2:]: scan.carrier for scan in only(ParcelScanned, read("dhl", "unified"))}
    assert carriers == {"15": "DHL Paket", "22": "DHL Express"}


def test_canada_post_tells_its_events_and_the_date_that_it_changed() -> None:
    assert road("canadapost", "detail") == [
        ("18", State.AVAILABLE_FOR_PICKUP, "", "1479"),
        ("18", State.OUT_FOR_DELIVERY, "", "0174"),
        ("18", State.IN_TRANSIT, "", "0100"),
        ("18", State.IN_TRANSIT, "", "0170"),
        ("18", State.IN_TRANSIT, "abroad", "4600"),
        ("18", None, "", "9871"),
    ]
    assert unread(read("canadapost", "detail")) == [("occurrence[6].event-date", "is missing")]
    assert estimates("canadapost", "detail") == [("18", None, date(2026, 11, 5))]
    assert only(ParcelScanned, read("canadapost", "detail"))[0].attention is Attention.ACTION


def test_canada_post_s_summaries_tell_the_last_event() -> None:
    assert road("canadapost", "summary") == [
        ("25", State.OUT_FOR_DELIVERY, "", "OUT"),
        ("32", State.DELIVERED, "", "DELIVERED"),
    ]
    assert estimates("canadapost", "summary") == [("25", None, date(2026, 3, 12))]


def test_royal_mail_tells_its_events_under_the_barcode_that_people_know() -> None:
    reads = read("royalmail", "events")
    assert {scan.number for scan in only(ParcelScanned, reads)} == {"JC000000011GB"}
    assert [(scan.state, scan.code) for scan in only(ParcelScanned, reads)] == [
        (State.OUT_FOR_DELIVERY, "EVGPD"),
        (None, "EVXYZ"),
        (State.DELAYED, "EVNMI"),
    ]
    assert unread(reads) == [("events[3].eventDateTime", "is missing")]
    assert [estimate.latest for estimate in only(ArrivalEstimated, reads)] == [date(2026, 3, 30)]


def test_royal_mail_s_summaries_tell_the_last_event_or_that_it_knows_none() -> None:
    assert [(s.number, s.state, s.reason) for s in only(ParcelScanned, read("royalmail", "summary"))] == [
        ("JC000000025GB", State.DELIVERED, "safe_place"),
        ("JC000000039GB", State.NOT_FOUND, ""),
    ]
    assert only(ArrivalEstimated, read("royalmail", "summary")) == []


@pytest.mark.parametrize(
    ("carrier", "name"),
    [("royalmail", "events"), ("ups", "returned"), ("usps", "delivered"), ("canadapost", "detail")],
)
def test_an_answer_about_one_parcel_is_about_the_number_that_was_asked_for(carrier: str, name: str) -> None:
    reads = FACT_SOURCES[carrier].parse(body(carrier, name), {ASKED_FOR: "JC77"})
    assert {scan.number for scan in only(ParcelScanned, reads)} == {"JC77"}


def test_an_answer_about_several_parcels_keeps_the_number_of_each() -> None:
    for carrier, name in (("ups", "two_packages"), ("usps", "several"), ("dhl", "unified"), ("canadapost", "summary")):
        asked = FACT_SOURCES[carrier].parse(body(carrier, name), {ASKED_FOR: "JC77"})
        assert "JC77" not in {scan.number for scan in only(ParcelScanned, asked)}


@pytest.mark.parametrize(("carrier", "name"), [at for at in every_body() if at[0] in TRACKERS])
def test_whoever_signed_is_not_kept(carrier: str, name: str) -> None:
    assert "quill" not in repr(read(carrier, name)).lower()
