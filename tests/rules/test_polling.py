"""How often a parcel is asked for, at what pace a carrier is asked, and how long it is left alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.faults import Fault, Trouble
from aftercart.facts import State
from aftercart.orders.polling.rules import (
    FIRST_PAUSE,
    GIVEN_UP_AFTER,
    LONGEST,
    LONGEST_PAUSE,
    OVER,
    SHORTEST,
    Bucket,
    Road,
    again_after,
    judged,
    next_in,
    pause,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("road", "expected"),
    [
        (Road(State.LABEL_CREATED, NOW - HOUR), 3 * HOUR),
        (Road(State.NOT_FOUND, NOW - 5 * DAY), 12 * HOUR),
        (Road(State.ACCEPTED, NOW - 5 * HOUR), 2 * HOUR),
        (Road(State.IN_TRANSIT, NOW - 4 * DAY), 4 * HOUR),
        (Road(State.IN_TRANSIT, NOW - 4 * DAY, expected=date(2026, 3, 11)), 2 * HOUR),
        (Road(State.IN_TRANSIT, NOW - 4 * DAY, expected=date(2026, 3, 9)), 2 * HOUR),
        (Road(State.IN_TRANSIT, NOW - 4 * DAY, expected=date(2026, 3, 20)), 6 * HOUR),
        (Road(State.OUT_FOR_DELIVERY, NOW - 4 * DAY), timedelta(minutes=45)),
        (Road(State.RETURNING, NOW - 4 * DAY), 12 * HOUR),
        (Road(State.DELIVERED, NOW - 4 * DAY), None),
        (Road(State.IN_TRANSIT, NOW - 31 * DAY, NOW - 30 * DAY), None),
        (Road(State.IN_TRANSIT, NOW - 31 * DAY, NOW - 2 * DAY), 4 * HOUR),
    ],
)
def test_the_nearer_the_door_the_oftener_it_is_asked_for(road: Road, expected: timedelta | None) -> None:
    assert next_in(road, NOW) == expected


roads = st.builds(
    Road,
    st.sampled_from(State),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 12), timezones=st.just(UTC)),
    st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 12), timezones=st.just(UTC)),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 5, 1)),
)


@given(roads)
def test_an_open_parcel_is_asked_for_every_twelve_hours_at_least_and_never_by_the_minute(road: Road) -> None:
    wait = next_in(road, NOW)
    silent = NOW - max(road.shipped_at, road.last_scan_at or road.shipped_at)
    assert (wait is None) == (road.state in OVER or silent >= GIVEN_UP_AFTER)
    assert wait is None or SHORTEST <= wait <= LONGEST


@given(roads, st.integers(0, 100))
def test_a_number_that_fails_alone_is_asked_for_less_often_and_still_every_twelve_hours(
    road: Road, failures: int
) -> None:
    usual = next_in(road, NOW) or LONGEST
    assert usual <= again_after(failures, usual) <= LONGEST


moves = st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=200)


@given(moves, st.floats(0.01, 5), st.integers(1, 20))
def test_no_span_of_time_sees_more_questions_than_the_pace_allows(
    waits: list[float], per_second: float, burst: int
) -> None:
    bucket, now, asked = Bucket(float(burst), NOW, per_second, burst), NOW, []
    for wait in waits:
        now += timedelta(seconds=wait)
        if (taken := bucket.take(now)) is not None:
            bucket = taken
            asked.append(now)
    for first in range(len(asked)):
        for last in range(first, len(asked)):
            span = (asked[last] - asked[first]).total_seconds()
            assert last - first + 1 <= burst + span * per_second + 1e-6


@given(st.floats(0.01, 5), st.integers(1, 20))
def test_who_waits_for_one_permit_gets_one(per_second: float, burst: int) -> None:
    empty = Bucket(0.0, NOW, per_second, burst)
    assert empty.take(NOW) is None
    assert empty.take(NOW - HOUR) is None
    assert empty.take(NOW + timedelta(seconds=1 / per_second + 0.01)) is not None


@given(st.integers(0, 1000), st.floats(0, 1), st.none() | st.timedeltas(timedelta(0), 10 * HOUR))
def test_a_carrier_s_wish_to_be_left_alone_is_never_undercut(
    failures: int, chance: float, wish: timedelta | None
) -> None:
    wait = pause(failures, chance, wish)
    assert wait >= (wish or timedelta(0))
    assert wait >= FIRST_PAUSE / 2
    assert wish is not None or wait <= LONGEST_PAUSE
    assert pause(failures + 1, chance, wish) >= wait


def fault(trouble: Trouble) -> Fault:
    return Fault("", "", "", trouble)


@pytest.mark.parametrize(
    ("status", "faults", "expected"),
    [
        (200, [], None),
        (200, [fault(Trouble.NOTE)], None),
        (404, [fault(Trouble.NOT_FOUND)], None),
        (400, [fault(Trouble.INVALID)], None),
        (400, [fault(Trouble.REQUEST)], Trouble.REQUEST),
        (404, [], Trouble.REQUEST),
        (404, [fault(Trouble.BROKEN)], Trouble.BROKEN),
        (200, [fault(Trouble.BROKEN)], Trouble.BROKEN),
        (200, [fault(Trouble.REFUSED)], Trouble.REFUSED),
        (403, [fault(Trouble.BROKEN)], Trouble.REFUSED),
        (403, [fault(Trouble.SLOW_DOWN)], Trouble.SLOW_DOWN),
        (429, [], Trouble.SLOW_DOWN),
        (503, [fault(Trouble.NOT_FOUND)], Trouble.BROKEN),
        (302, [], Trouble.BROKEN),
    ],
)
def test_an_answer_is_judged_by_its_status_and_by_what_it_says(
    status: int, faults: list[Fault], expected: Trouble | None
) -> None:
    assert judged(status, faults) == expected


@given(st.lists(roads, min_size=1, max_size=12), st.floats(0.2, 30), st.integers(1, 5))
def test_over_days_every_open_parcel_has_its_turn_and_the_carrier_its_peace(
    parcels: list[Road], per_hour: float, burst: int
) -> None:
    """A day and a half, minute by ten minutes: the longest due first, as long as there are permits."""
    due = {number: NOW for number, road in enumerate(parcels) if next_in(road, NOW) is not None}
    asked: dict[int, list[datetime]] = {number: [] for number in due}
    bucket, now = Bucket(1.0, NOW, per_hour / 3600, burst), NOW
    while now < NOW + 36 * HOUR:
        for number in sorted((n for n in due if due[n] <= now), key=due.__getitem__):
            if (taken := bucket.take(now)) is None:
                break
            bucket = taken
            asked[number].append(now)
            wait = next_in(parcels[number], now)
            due[number] = now + (wait or 40 * DAY)
        now += timedelta(minutes=10)

    questions = sorted(at for turns in asked.values() for at in turns)
    assert len(questions) <= burst + 36 * per_hour + 1
    for number, turns in asked.items():
        # Nobody is asked for twice in a breath, and nobody waits longer than his hours and one round of all the others.
        assert all(later - sooner >= SHORTEST for sooner, later in pairwise(turns))
        round_of_all = timedelta(hours=len(due) / per_hour) + timedelta(minutes=20)
        open_until = max([NOW, *turns])
        if next_in(parcels[number], open_until) is not None:
            assert NOW + 36 * HOUR - open_until <= LONGEST + 2 * round_of_all
