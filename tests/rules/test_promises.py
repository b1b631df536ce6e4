from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.calendars import ALWAYS, Calendar
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.pace import Exposure, Pace
from aftercart.promises.rules import miss_probability, window

DAY = timedelta(days=1)
MONDAY = date(2024, 1, 1)
TO_LYON = Lane(carrier="chronopost", service="home", origin="NL", destination="FR")
TO_PORTO = Lane(carrier="ctt", service="home", origin="NL", destination="PT")

# Of four orders a day the first arrives in Lyon on its third day and the last on its sixth; in Porto from the ninth on.
USUAL = {TO_LYON: 3, TO_PORTO: 9}


def taught(
    *, days: int = 60, takes: dict[Lane, int] = USUAL, moving: Callable[[date], bool] = lambda day: True
) -> Pace:
    """A pace that watched these orders; what is due on a day that is not `moving` comes on the next that is."""
    pace = Pace()
    under_way: list[tuple[Lane, date, int]] = []
    for day in (MONDAY + DAY * n for n in range(days)):
        arrived = [order for order in under_way if moving(day) and (day - order[1]).days >= order[2]]
        seen = [(lane, (day - placed).days, (lane, placed, due) in arrived) for lane, placed, due in under_way]
        pace.observe(day, [Exposure(lane=lane, age=age, arrived=int(came)) for lane, age, came in seen])
        under_way = [order for order in under_way if order not in arrived]
        under_way += [(lane, day, first + n) for lane, first in takes.items() for n in range(4)]
    return pace


def ends(pace: Pace, lane: Lane, *, start: date = date(2024, 3, 4)) -> int:
    return (window(pace, lane=lane, start=start, today=start).latest - start).days


def miss(pace: Pace, lane: Lane, *, days_left: int, age: int = 2, today: date = date(2024, 3, 4)) -> float:
    return miss_probability(pace, lane=lane, start=today - DAY * age, promised=today + DAY * days_left, today=today)


def test_a_lane_that_was_slow_is_promised_later() -> None:
    pace = taught()
    assert ends(pace, TO_LYON) < ends(pace, TO_PORTO)


def test_a_lane_that_nobody_has_seen_is_promised_what_its_destination_takes() -> None:
    pace = taught()
    other_carrier = Lane(carrier="colissimo", origin="US", destination="FR")
    nowhere = Lane(carrier="colissimo", origin="US", destination="JP")
    assert ends(pace, TO_LYON) <= ends(pace, other_carrier) < ends(pace, nowhere)


def test_the_basis_names_the_finest_lane_that_has_taught_enough() -> None:
    pace = taught()
    assert window(pace, lane=TO_LYON, start=MONDAY, today=MONDAY).basis.startswith("lane, ")
    unseen = Lane(carrier="colissimo", origin="NL", destination="FR")
    assert window(pace, lane=unseen, start=MONDAY, today=MONDAY).basis.startswith("route, ")
    assert window(Pace(), lane=TO_LYON, start=MONDAY, today=MONDAY).basis == "network, 0 arrivals"


def test_before_anything_is_known_a_promise_can_be_made_and_it_is_wide() -> None:
    cold = window(Pace(), start=MONDAY, today=MONDAY)
    assert MONDAY < cold.earliest < cold.likely < cold.latest
    assert 10 < (cold.latest - cold.earliest).days < 30


def test_when_deliveries_stop_the_orders_still_open_say_so_at_once() -> None:
    calm = taught(days=60)
    stopped = taught(days=64, moving=lambda day: day < MONDAY + DAY * 60)
    assert miss(stopped, TO_LYON, days_left=3) > 1.5 * miss(calm, TO_LYON, days_left=3)


def test_old_times_are_forgotten() -> None:
    once_slow = taught(days=60, takes={TO_LYON: 9})
    pace = taught(days=260, takes={TO_LYON: 3})
    assert ends(pace, TO_LYON) < ends(once_slow, TO_LYON)
    before = ends(pace, TO_LYON)
    slower = [Exposure(lane=TO_LYON, age=age, open=4, arrived=4 * (age == 9)) for age in range(1, 10)]
    for n in range(120):
        pace.observe(MONDAY + DAY * (260 + n), slower)
    assert ends(pace, TO_LYON) > before
    for n in range(400):
        pace.observe(MONDAY + DAY * (380 + n), [])
    assert window(pace, lane=TO_LYON, start=MONDAY, today=MONDAY).basis.startswith("network, ")


def test_a_day_without_deliveries_is_learned_and_a_holiday_is_like_a_sunday() -> None:
    pace = taught(days=120, moving=lambda day: day.weekday() != 6)
    friday = date(2024, 5, 3)
    without, with_sunday = (miss(pace, TO_LYON, today=friday, days_left=left) for left in (1, 2))
    assert with_sunday > 0.9 * without
    assert miss(pace, TO_LYON, today=friday, days_left=3) < 0.7 * with_sunday
    monday_off = Calendar(holidays=frozenset({date(2024, 5, 6)}))
    assert miss_probability(
        pace, lane=TO_LYON, start=friday - DAY * 2, promised=date(2024, 5, 6), today=friday, calendar=monday_off
    ) > 1.2 * miss(pace, TO_LYON, today=friday, days_left=3)


def test_a_lost_parcel_does_not_slow_its_lane_for_ever() -> None:
    pace, with_lost = taught(days=10), taught(days=10)
    for n in range(60):
        day = MONDAY + DAY * (10 + n)
        seen = [Exposure(lane=TO_LYON, age=3, promised=5, open=2, arrived=1)]
        pace.observe(day, seen)
        with_lost.observe(day, [*seen, Exposure(lane=TO_LYON, age=60 + n, promised=5, open=500)])
    assert with_lost.to_dict() == pace.to_dict()


def test_a_day_is_learned_once_and_in_order() -> None:
    pace = taught(days=5)
    with pytest.raises(ValueError, match="2024-01-05 is not after 2024-01-05"):
        pace.observe(date(2024, 1, 5), [])


def test_what_was_learned_survives_being_stored() -> None:
    pace = taught()
    stored = Pace.from_dict(json.loads(json.dumps(pace.to_dict())))
    assert window(stored, lane=TO_PORTO, start=MONDAY, today=MONDAY) == window(
        pace, lane=TO_PORTO, start=MONDAY, today=MONDAY
    )
    for later in (pace, stored):
        later.observe(MONDAY + DAY * 70, [Exposure(lane=TO_LYON, age=4, open=3, arrived=1)])
    assert stored.to_dict() == pace.to_dict()


LEARNED = taught()


@given(
    lane=st.sampled_from([TO_LYON, TO_PORTO, NETWORK]),
    age=st.integers(0, 200),
    tail=st.floats(0.01, 0.45),
    today=st.dates(date(2023, 1, 1), date(2027, 1, 1)),
)
def test_a_window_is_never_in_the_past_and_more_confidence_is_never_narrower(
    lane: Lane, age: int, tail: float, today: date
) -> None:
    wide = window(LEARNED, lane=lane, start=today - DAY * age, today=today, shares=(tail / 2, 1 - tail / 2))
    narrow = window(LEARNED, lane=lane, start=today - DAY * age, today=today, shares=(tail, 1 - tail))
    assert today <= wide.earliest <= narrow.earliest <= narrow.likely <= narrow.latest <= wide.latest


@given(lane=st.sampled_from([TO_LYON, TO_PORTO, NETWORK]), age=st.integers(0, 200), left=st.integers(0, 60))
def test_a_miss_is_a_chance_and_time_only_helps(lane: Lane, age: int, left: int) -> None:
    sooner, later = (
        miss_probability(
            LEARNED, lane=lane, start=MONDAY, promised=MONDAY + DAY * (age + left), today=MONDAY + DAY * day
        )
        for day in (age + left, age)
    )
    assert 0 < later <= sooner * (1 + 1e-9) <= 1.0000001


PARIS = ZoneInfo("Europe/Paris")
MAY_DAY = Calendar(holidays=frozenset({date(2024, 5, 1)}))


@pytest.mark.parametrize(
    ("since", "days", "calendar", "until"),
    [
        ("2024-04-22T12:00", 2, MAY_DAY, "2024-04-24T12:00"),
        ("2024-04-26T12:00", 1, MAY_DAY, "2024-04-29T12:00"),  # over the weekend
        ("2024-04-27T12:00", 1, MAY_DAY, "2024-04-30T00:00"),  # a Saturday's clock starts on Monday
        ("2024-04-30T12:00", 1, MAY_DAY, "2024-05-02T12:00"),  # over the holiday
        ("2024-04-26T18:00", 0.5, MAY_DAY, "2024-04-29T06:00"),
        ("2024-04-26T12:00", 1, ALWAYS, "2024-04-27T12:00"),
        ("2024-03-30T12:00", 1, ALWAYS, "2024-03-31T12:00"),  # the clocks go forward
    ],
)
def test_business_days_pass_only_when_parcels_move(since: str, days: float, calendar: Calendar, until: str) -> None:
    began = datetime.fromisoformat(since).replace(tzinfo=PARIS).astimezone(UTC)
    ended = calendar.after(began, days, PARIS)
    assert ended.astimezone(PARIS).replace(tzinfo=None).isoformat(timespec="minutes") == until


@given(
    since=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    days=st.floats(0, 30),
    zone=st.sampled_from(["UTC", "America/Sao_Paulo", "Asia/Tokyo", "Europe/Lisbon"]),
)
def test_a_deadline_is_never_before_its_beginning(since: datetime, days: float, zone: str) -> None:
    began = since.replace(tzinfo=UTC)
    assert MAY_DAY.after(began, days, ZoneInfo(zone)) >= began


def test_a_lane_is_told_apart_by_its_key() -> None:
    assert Lane.of(TO_LYON.key) == TO_LYON
    assert [step.level for step in TO_LYON.ladder()] == ["lane", "route", "destination", "network"]
    assert NETWORK.ladder() == (NETWORK,)
