from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.plumbing.hours import DAY, Cap, Span, opens, room

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")
MINUTE = timedelta(minutes=1)
# Two days around each change of clocks of 2026 and some ordinary ones.
instants = st.sampled_from(
    [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC),
     datetime(2026, 9, 26, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)]
).flatmap(lambda day: st.integers(0, 3 * DAY).map(lambda n: day + n * MINUTE))  # fmt: skip
spans = st.builds(Span, st.integers(0, DAY - 1), st.integers(0, DAY - 1), st.sampled_from(ZONES).map(ZoneInfo))


@given(spans, instants, st.integers(0, 59))
def test_the_next_opening_is_open_and_nothing_before_it_is(span: Span, at: datetime, seconds: int) -> None:
    at += timedelta(seconds=seconds)
    found = span.next(at)

    assert span.holds(found) and at <= found <= at + timedelta(days=1, hours=1)
    for n in range(0, int((found - at) / MINUTE)):
        assert not span.holds(at + n * MINUTE)


@given(st.lists(spans, max_size=3), instants)
def test_several_spans_open_when_all_do(some: list[Span], at: datetime) -> None:
    found = opens(at, some)
    if found is None:
        assert not all(span.holds(at) for span in some)
    else:
        assert found >= at and all(span.holds(found) for span in some)


def test_spans_that_never_meet_never_open() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert opens(datetime(2026, 3, 10, tzinfo=UTC), [Span(540, 600, berlin), Span(660, 720, berlin)]) is None


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Europe/Madrid", "2026-03-10T22:30+00:00", "2026-03-11T07:00+00:00"),
        ("Europe/Madrid", "2026-03-28T23:30+00:00", "2026-03-29T06:00+00:00"),  # an hour is lost in that night
        ("America/Los_Angeles", "2026-03-10T12:00+00:00", "2026-03-10T15:00+00:00"),
        ("Asia/Tokyo", "2026-03-10T11:59+00:00", "2026-03-10T11:59+00:00"),
        ("Asia/Tokyo", "2026-03-10T12:00+00:00", "2026-03-10T23:00+00:00"),
    ],
)
def test_from_nine_in_the_evening_to_eight_nobody_is_disturbed(zone: str, at: str, expected: str) -> None:
    day = Span(8 * 60, 21 * 60, ZoneInfo(zone))
    assert day.next(datetime.fromisoformat(at)) == datetime.fromisoformat(expected)


@given(
    st.lists(st.integers(0, 7 * DAY), max_size=12),
    st.lists(st.builds(Cap, st.integers(1, 4), st.integers(60, 7 * DAY).map(lambda n: n * MINUTE)), max_size=3),
)
def test_with_one_more_no_span_holds_more_than_its_cap(minutes: list[int], caps: list[Cap]) -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    sent = [now - n * MINUTE for n in minutes]
    at = room(now, sent, caps)

    assert at >= now
    for cap in caps:
        assert sum(one > at - cap.span for one in sent) < cap.most
    if at > now:
        early = at - timedelta(seconds=1)
        assert any(sum(one > early - cap.span for one in sent) >= cap.most for cap in caps)


@pytest.mark.parametrize("minute", [-1, DAY])
def test_what_is_no_minute_of_a_day_is_refused(minute: int) -> None:
    with pytest.raises(ValueError, match=r"begins: .*not a minute of a day"):
        Span(minute, 0, ZoneInfo("UTC"))
