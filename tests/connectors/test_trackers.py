"""EasyPost, AfterShip, Shippo and 17TRACK: parcels' roads as they tell them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from aftercart.connectors import aftership, easypost, seventeentrack
from aftercart.facts import ArrivalEstimated, Attention, ParcelScanned, ReturnChanged, State, Unread, ZoneSource
from tests.connectors.payloads import body, only, read, unread


def road(source: str, name: str) -> list[tuple[State | None, str]]:
    return [(scan.state, scan.code) for scan in only(ParcelScanned, read(source, name))]


def test_easypost_tells_the_whole_road_and_an_estimate() -> None:
    assert road("easypost", "tracker_updated") == [
        (State.LABEL_CREATED, "pre_transit/label_created"),
        (State.ACCEPTED, "in_transit/received_at_origin_facility"),
        (State.DELAYED, "in_transit/weather_delay"),
        (State.IN_TRANSIT, "in_transit/teleported"),
        (None, "beamed_up"),
    ]
    reads = read("easypost", "tracker_updated")
    scans = only(ParcelScanned, reads)
    assert {(scan.number, scan.carrier) for scan in scans} == {("9400100000000000000042", "USPS")}
    assert scans[1].at.zone is ZoneSource.LOCATION
    assert scans[1].at.instant == datetime(2026, 3, 7, 2, 14, tzinfo=UTC)
    assert (scans[2].reason, scans[2].attention) == ("weather", Attention.WATCH)
    assert scans[2].reported_at == datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)
    assert [estimate.latest for estimate in only(ArrivalEstimated, reads)] == [date(2026, 3, 11)]


def test_one_broken_scan_and_one_new_word_are_said_and_cost_nothing_else() -> None:
    assert unread(read("easypost", "tracker_updated")) == [
        ("tracking_details[2].datetime", "is missing"),
        ("status_detail", "in_transit/teleported"),
    ]


def test_a_tracker_without_scans_tells_its_own_status_as_of_its_making() -> None:
    (scan,) = read("easypost", "tracker_created")
    assert isinstance(scan, ParcelScanned)
    assert (scan.state, scan.happened_at) == (State.NOT_FOUND, datetime(2026, 3, 5, 18, tzinfo=UTC))
    later = body("easypost", "tracker_created").replace(b"18:00:08Z", b"23:00:08Z")
    assert [fact.happened_at for fact in only(ParcelScanned, easypost.parse(later, {}))] == [scan.happened_at]


def test_a_parcel_brought_back_to_its_sender_is_returned_and_not_delivered() -> None:
    assert [state for state, _ in road("easypost", "tracker_returned")] == [State.RETURNING, State.RETURNED]


def test_a_tracker_that_ended_without_a_last_scan_tells_its_end() -> None:
    sent = body("easypost", "tracker_updated").replace(
        b'"status": "in_transit",\n    "status_detail": "weather_delay",\n    "created',
        b'"status": "failure",\n"created',
    )
    last = only(ParcelScanned, easypost.parse(sent, {}))[-1]
    assert (last.state, last.happened_at) == (State.FAILED, datetime(2026, 3, 9, 13, 0, tzinfo=UTC))


def test_trackers_come_bare_and_in_lists_too() -> None:
    one = body("easypost", "tracker_returned")
    bare = easypost.parse(one, {})
    assert easypost.parse(b"[" + one + b"]", {}) == bare
    assert easypost.parse(b'{"trackers":[' + one + b',null],"has_more":false}', {})[: len(bare)] == bare
    assert easypost.parse(b'{"tracker":' + one + b"}", {}) == bare


def test_events_about_other_things_are_said() -> None:
    assert read("easypost", "batch_updated") == [Unread("description", "batch.updated")]


def test_customs_holding_a_parcel_is_customs() -> None:
    scan = b'{"status":"in_transit","status_detail":"held","datetime":"2026-03-09T12:00:00Z","message":"%s"}'
    sent = b'{"tracking_code":"1","status":"in_transit","tracking_details":[%s,%s]}'
    reads = easypost.parse(sent % (scan % b"Held by Customs", scan % b"Held at depot"), {})
    assert [fact.state for fact in only(ParcelScanned, reads)] == [State.IN_CUSTOMS, State.HELD]


def test_aftership_tells_checkpoints_with_or_without_offset() -> None:
    reads = read("aftership", "tracking_update")
    scans = only(ParcelScanned, reads)
    assert [(scan.state, scan.at.zone.value, scan.at.offset_minutes) for scan in scans] == [
        (State.ACCEPTED, "explicit", 60),
        (State.IN_TRANSIT, "location", 60),
        (State.IN_TRANSIT, "assumed", None),
        (State.HELD, "explicit", 60),
    ]
    assert (scans[3].reason, scans[3].attention, scans[3].place.country) == ("address", Attention.ACTION, "ES")
    assert scans[0].reported_at == datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)
    assert unread(reads) == [
        ("subtag", "InTransit_088"),
        ("checkpoints[3].checkpoint_time", "is not a time"),
    ]
    (estimate,) = only(ArrivalEstimated, reads)
    assert (estimate.earliest, estimate.latest) == (date(2026, 3, 10), date(2026, 3, 12))


def test_a_revised_estimate_is_no_movement() -> None:
    (estimate,) = read("aftership", "edd_revise")
    assert isinstance(estimate, ArrivalEstimated)
    assert (estimate.earliest, estimate.latest) == (date(2026, 3, 13), date(2026, 3, 14))


def test_the_api_s_answers_read_like_webhooks() -> None:
    assert road("aftership", "last_checkpoint") == [(State.DELIVERED, "Delivered_005")]
    reads = read("aftership", "trackings")
    assert [estimate.number for estimate in only(ArrivalEstimated, reads)] == ["JC77"]
    assert unread(reads) == [("trackings[1].tracking_number", "is missing")]


def test_an_expired_tracking_changes_nothing() -> None:
    (scan,) = only(ParcelScanned, read("aftership", "trackings"))
    assert (scan.number, scan.state, scan.reason) == ("JC78", None, "expired")


def test_a_return_on_its_way_back_that_arrives_is_returned() -> None:
    sent = b'{"tracking_number":"JC79","slug":"usps","tag":"Delivered","return_to_sender":true,"checkpoints":[]}'
    assert [fact.state for fact in only(ParcelScanned, aftership.parse(sent, {}))] == [State.RETURNED]


def test_aftership_returns_are_returns() -> None:
    (changed,) = read("aftership", "return_approved")
    assert isinstance(changed, ReturnChanged)
    assert (changed.return_id, changed.step, changed.name) == ("ret_jc_1", "approved", "RMA-7")
    assert changed.order_id == "5820014477381"


def test_shippo_repeats_its_last_scan_and_we_do_not() -> None:
    assert road("shippo", "track_updated") == [
        (State.ACCEPTED, "transit/package_accepted"),
        (State.ATTEMPT_FAILED, "transit/notice_left"),
    ]
    reads = read("shippo", "track_updated")
    assert only(ParcelScanned, reads)[1].attention is Attention.ACTION
    assert unread(reads) == [("tracking_history[1].status_date", "is missing")]
    assert [estimate.latest for estimate in only(ArrivalEstimated, reads)] == [date(2026, 3, 12)]


def test_shippo_s_older_bare_substatus_is_read() -> None:
    assert road("shippo", "track") == [(State.RETURNING, "returned/return_to_sender")]


def test_17track_tells_every_provider_s_events() -> None:
    reads = read("17track", "tracking_updated")
    scans = only(ParcelScanned, reads)
    assert [(scan.state, scan.carrier, scan.at.zone.value) for scan in scans] == [
        (State.ACCEPTED, "China Post", "explicit"),
        (State.IN_TRANSIT, "China Post", "location"),
        (State.HELD, "China Post", "explicit"),
        (State.IN_TRANSIT, "USPS", "explicit"),
    ]
    assert scans[1].at.instant == datetime(2026, 3, 4, 4, 30, tzinfo=UTC)
    assert unread(reads) == [
        ("sub_status", "InTransit_Wormhole"),
        ("providers[1].events[1].time_iso", "is missing"),
    ]
    (estimate,) = only(ArrivalEstimated, reads)
    assert (estimate.earliest, estimate.latest) == (date(2026, 3, 14), date(2026, 3, 17))
    assert estimate.reported_at == datetime(2026, 3, 9, 14, 5, tzinfo=UTC)


def test_17track_s_answers_and_ends_are_read() -> None:
    assert road("17track", "track_info_answer") == [(State.NOT_FOUND, "NotFound_Other")]
    assert unread(read("17track", "track_info_answer")) == [("data.rejected", "The number is not registered.")]
    assert read("17track", "tracking_stopped") == [Unread("event", "TRACKING_STOPPED")]


def test_17track_without_events_tells_its_latest() -> None:
    sent = b"""{"data": {"number": "1", "track_info": {"latest_status": {"status": "Delivered"},
        "latest_event": {"time_iso": "2026-03-09T09:00:00-05:00", "stage": "Delivered", "description": "Done"}}}}"""
    (scan,) = seventeentrack.parse(sent, {})
    assert isinstance(scan, ParcelScanned) and scan.state is State.DELIVERED
