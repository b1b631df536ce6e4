from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.scans import NOWHERE, clocked
from aftercart.facts import Place, ZoneSource
from aftercart.plumbing import moments
from aftercart.plumbing.countries import country_code
from aftercart.plumbing.zones import zone_of

COLUMBUS = Place(city="Columbus", region="OH", country="US", postal_code="43215")


def test_an_offset_is_kept_as_given() -> None:
    at = clocked("2026-03-09T07:41:00-05:00", COLUMBUS)
    assert at.instant == datetime(2026, 3, 9, 12, 41, tzinfo=UTC)
    assert (at.local, at.offset_minutes, at.zone) == (datetime(2026, 3, 9, 7, 41), -300, ZoneSource.EXPLICIT)


def test_a_local_time_takes_the_zone_of_its_place_with_daylight_saving() -> None:
    before, after = clocked("2026-03-07T07:41:00", COLUMBUS), clocked("2026-03-09 07:41:00", COLUMBUS)
    assert (before.offset_minutes, after.offset_minutes) == (-300, -240)
    assert after.instant == datetime(2026, 3, 9, 11, 41, tzinfo=UTC)
    assert after.zone is ZoneSource.LOCATION


def test_the_hour_that_comes_twice_is_its_first_pass_and_the_one_that_never_comes_is_still_a_time() -> None:
    twice = clocked("2026-11-01T01:30:00", COLUMBUS)
    assert (twice.offset_minutes, twice.instant) == (-240, datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
    never = clocked("2026-03-08T02:30:00", COLUMBUS)
    assert never.instant == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_without_offset_and_place_it_is_read_as_utc_and_said_to_be_assumed() -> None:
    at = clocked("2026-03-09T07:41:00", NOWHERE)
    assert (at.instant, at.offset_minutes, at.zone) == (
        datetime(2026, 3, 9, 7, 41, tzinfo=UTC),
        None,
        ZoneSource.ASSUMED,
    )


@pytest.mark.parametrize("value", [None, "", "soon", "2026-02-30", "0001-01-01T00:00:00Z", 0, True, [], "12:30"])
def test_what_is_no_time_is_said(value: object) -> None:
    with pytest.raises(PayloadError, match="time"):
        clocked(value, NOWHERE)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)), st.sampled_from(["", "Z", "+09:00", "-03:30"]))
def test_instant_local_time_and_offset_always_agree(local: datetime, offset: str) -> None:
    for place in (NOWHERE, COLUMBUS, Place(country="NL")):
        at = clocked(local.isoformat() + offset, place)
        assert at.local == local
        assert at.instant == (local - timedelta(minutes=at.offset_minutes or 0)).replace(tzinfo=UTC)
        assert (at.offset_minutes is None) == (at.zone is ZoneSource.ASSUMED)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-08-07T22:58:27.151252909Z", datetime(2024, 8, 7, 22, 58, 27, 151252, tzinfo=UTC)),
        ("2026-03-09 07:41:00 +0100", datetime(2026, 3, 9, 6, 41, tzinfo=UTC)),
        ("2026-03-09 07:41:00 UTC", datetime(2026, 3, 9, 7, 41, tzinfo=UTC)),
        ("1773061205", datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)),
        (1773061205000, datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)),
        (1773061205.5, datetime(2026, 3, 9, 13, 0, 5, 500000, tzinfo=UTC)),
        ("2026-03-09", datetime(2026, 3, 9, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_strangers_write_them(written: object, expected: datetime) -> None:
    assert moments.instant(written) == expected


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("-05:00", -300), ("-7:00", -420), ("+0930", 570), ("GMT+01:00", 60), ("+9", 540), ("Z", 0), ("", None),
     ("-25:00", None), ("+01:75", None), ("EST", None), ("+01:00:30", None)],
)  # fmt: skip
def test_an_offset_written_by_itself_is_read_as_strangers_write_it(written: str, minutes: int | None) -> None:
    zone = moments.offset(written)
    assert (None if zone is None else zone.utcoffset(None) // timedelta(minutes=1)) == minutes


def test_an_estimated_day_is_the_one_written_even_where_it_ends_in_z() -> None:
    assert moments.day("2026-03-12T00:00:00Z") == date(2026, 3, 12)
    assert moments.day("2026-03-12T20:00:00-05:00") == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (("NL", "", ""), "Europe/Amsterdam"),
        (("JP", "", ""), "Asia/Tokyo"),
        (("US", "CA", ""), "America/Los_Angeles"),
        (("US", "california", ""), "America/Los_Angeles"),
        (("US", "US-OH", ""), "America/New_York"),
        (("US", "TX", "79901"), "America/Denver"),
        (("US", "TN", "37901"), "America/New_York"),
        (("US", "TN", ""), None),
        (("US", "", ""), None),
        (("CA", "Québec", ""), "America/Toronto"),
        (("ES", "", "35001"), "Atlantic/Canary"),
        (("ES", "", ""), "Europe/Madrid"),
        (("PT", "", "9500-321"), "Atlantic/Azores"),
        (("ID", "", ""), None),
        (("", "", ""), None),
    ],
)
def test_a_place_has_a_zone_only_where_something_settles_it(place: tuple[str, str, str], zone: str | None) -> None:
    found = zone_of(*place)
    assert (found.key if found else None) == zone


@pytest.mark.parametrize(
    ("word", "code"),
    [("nl", "NL"), ("NLD", "NL"), ("Netherlands", "NL"), ("Deutschland", "DE"), ("USA", "US"), ("UK", "GB"),
     ("日本", "JP"), ("XX", ""), ("", ""), ("Atlantis", "")],
)  # fmt: skip
def test_countries_are_two_letters_whatever_they_were(word: str, code: str) -> None:
    assert country_code(word) == code
