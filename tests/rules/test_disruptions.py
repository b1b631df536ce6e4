"""Charts of progress: what they alarm about, what they leave alone, and what they learn from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.lanes import Lane
from aftercart.watch.disruptions.backtest import Period, Play, play, report
from aftercart.watch.disruptions.charts import LEAST_LIMIT, MOST_LIMIT, Chart, Day, Tally, peak_limit
from aftercart.watch.disruptions.days import DOUBTFUL, SUNDAY, country_of, working_days
from aftercart.watch.disruptions.drift import WEEK, Drift
from aftercart.watch.disruptions.exposure import NEVER
from aftercart.watch.disruptions.series import pools, series_of, states_of
from aftercart.watch.disruptions.slowing import SlowDown, slowed
from aftercart.watch.history import Past

DAY = timedelta(days=1)
FIRST = datetime(2024, 1, 1, 12, tzinfo=UTC)
PLACES = {"NH": 26, "ZH": 18, "NB": 16}  # orders a day
LAST = (FIRST + 119 * DAY).date()


def shop(*, days: int = 120, seed: int = 3) -> list[Past]:
    """A steady shop: nothing is the matter, and nothing arrives on Sundays."""
    chance = random.Random(seed)
    orders = []
    for n in range(days):
        for place, a_day in PLACES.items():
            for k in range(a_day + chance.randint(-4, 4)):
                placed = FIRST + DAY * n
                arrived = (placed + DAY * (2 + chance.expovariate(1 / 2.5))).date()
                orders.append(
                    Past(
                        order_id=f"{place}{n}-{k}",
                        lane=Lane(origin="NL-NH", destination=f"NL-{place}"),
                        placed_at=placed,
                        promised_by=placed.date() + 12 * DAY,
                        delivered_on=arrived + DAY if arrived.weekday() == SUNDAY else arrived,
                    )
                )
    return orders


STEADY = shop()


def late(orders: Sequence[Past], *, first: date, last: date, places: Sequence[str] = ()) -> list[Past]:
    """What was to arrive from `first` on comes after `last`, all at once."""

    def held(past: Past) -> Past:
        here = not places or past.lane.destination in places
        stuck = here and past.delivered_on is not None and first <= past.delivered_on <= last
        return replace(past, delivered_on=last + DAY) if stuck else past

    return [held(past) for past in orders]


def alarms(orders: Sequence[Past]) -> list[tuple[date, str, str]]:
    return [(one.opened, one.kind, one.series.name) for one in play(Play(orders)).incidents]


def test_a_steady_shop_alarms_nobody() -> None:
    assert alarms(STEADY) == []


@pytest.mark.parametrize("known_until", [date(2024, 3, 14), date(2024, 3, 20), date(2024, 4, 2)])
def test_no_day_knows_what_was_stamped_after_it(known_until: date) -> None:
    orders = late(STEADY, first=date(2024, 3, 11), last=date(2024, 3, 17), places=["NL-ZH"])

    def as_known(past: Past) -> Past:
        return past if past.delivered_on and past.delivered_on <= known_until else replace(past, delivered_on=None)

    known = [as_known(past) for past in orders if past.placed_at.date() <= known_until]
    assert alarms(known) == [alarm for alarm in alarms(orders) if alarm[0] <= known_until]


def test_a_stop_in_one_region_is_that_regions_incident() -> None:
    orders = late(STEADY, first=date(2024, 3, 11), last=date(2024, 3, 20), places=["NL-ZH"])

    (alarm,) = alarms(orders)
    assert alarm[1:] == ("region", "NL-ZH") and alarm[0] <= date(2024, 3, 13)


def test_a_slow_down_everywhere_is_the_networks() -> None:
    whole = Play(STEADY)
    by = SlowDown.of("all:70:12")
    ended = slowed(whole.began, whole.ended, whole.hit(by), start=date(2024, 3, 11), by=by, seed=1)
    slow = [
        replace(past, delivered_on=date.fromordinal(int(day)) if day < NEVER else None)
        for past, day in zip(STEADY, ended, strict=True)
    ]

    found = alarms(slow)
    assert min(day for day, *_ in found) >= date(2024, 3, 11)
    assert min(day for day, kind, _ in found if kind == "network") <= date(2024, 3, 14)


def test_nothing_heard_of_anything_is_a_feed_outage_and_its_burst_teaches_nothing() -> None:
    orders = late(STEADY, first=date(2024, 3, 12), last=date(2024, 3, 13))

    assert alarms(orders) == [(date(2024, 3, 12), "feed outage", "")]


def test_a_slow_down_of_one_half_is_found_within_days_and_no_quiet_day_alarms() -> None:
    quiet = Period(date(2024, 2, 19), date(2024, 4, 20))
    found = report(STEADY, quiet=[quiet], slow_downs=[SlowDown.of("all:0.5:10"), SlowDown.of("NL-ZH,NL-NB:50:10")])

    assert (found["false_alarms"], found["quiet_days"]) == (0, 62)
    for injected in found["injected"]:  # type: ignore[attr-defined]
        assert injected["found_share"] == 1.0 and injected["median_delay_days"] <= 4


def run(chart: Chart, days: int, *, share: float = 1.0, from_: int = 0, usual: float = 40.0) -> Chart:
    """So many weekdays on which `share` of what is usual comes, up and down by a tenth."""
    for n in range(from_, from_ + days):
        swing = (0.92, 1.0, 1.08, 0.97, 1.03)[n % 5]
        day = Day(on=LAST + n * DAY, weekday=n % 5, observed=usual * share * swing, expected=usual)
        chart.observe(day)
    return chart


def test_the_level_is_frozen_during_an_alarm_and_the_alarm_ends_when_all_runs_again() -> None:
    chart = run(Chart(), 60)
    level = chart.level
    run(chart, 8, share=0.4, from_=60)
    assert chart.alarm_since is not None
    assert chart.level == pytest.approx(level, abs=0.02), "what is slow is not taken for usual"
    run(chart, 6, from_=68)
    assert chart.alarm_since is None


def test_what_was_held_up_and_comes_at_once_is_not_taken_for_a_new_pace() -> None:
    chart = run(Chart(), 60)
    level = chart.level
    run(chart, 6, share=0.1, from_=60)
    run(chart, 4, share=2.2, from_=66)
    run(chart, 12, from_=70)
    assert chart.alarm_since is None
    assert chart.level == pytest.approx(level, abs=0.12)


def test_a_pace_that_stays_slow_for_weeks_becomes_the_usual_one() -> None:
    chart = run(Chart(), 60)
    run(chart, 45, share=0.5, from_=60)
    assert chart.alarm_since is None and chart.level < 0.7


def test_one_strange_day_alone_is_no_alarm() -> None:
    chart = run(Chart(), 60)
    run(chart, 1, share=0.0, from_=60)
    assert chart.alarm_since is None
    run(chart, 1, share=0.2, from_=61)
    assert chart.alarm_since is not None


@given(st.floats(0, 500), st.floats(0, 100), st.floats(0, 1000))
def test_the_limit_stays_within_bounds_and_rises_with_the_peaks_of_quiet_days(
    came: float, count: float, days: float
) -> None:
    limit = peak_limit(Tally(came, count), days)
    assert LEAST_LIMIT <= limit <= MOST_LIMIT
    assert peak_limit(Tally(came + 10, count), days) >= limit


def test_what_sinks_slowly_is_seen_by_the_slow_chart() -> None:
    drift, noticed = Drift(), None
    for n in range(40 * WEEK):
        sinking = 1.0 if n < 20 * WEEK else max(0.6, 1 - 0.03 * (n - 20 * WEEK) / WEEK)
        drift.observe(Day(on=LAST + n * DAY, weekday=n % 7, observed=50 * sinking, expected=50), broken=False)
        noticed = noticed or drift.since
    assert noticed is not None and noticed > LAST + 20 * WEEK * DAY


@pytest.mark.parametrize(
    ("country", "region", "day", "weekday"),
    [
        ("BR", "SP", date(2018, 3, 30), SUNDAY),  # Good Friday
        ("BR", "SP", date(2018, 2, 13), DOUBTFUL),  # Carnival, which nobody has to keep
        ("BR", "SP", date(2018, 7, 9), DOUBTFUL),  # São Paulo's own
        ("BR", "RJ", date(2018, 7, 9), 0),
        ("BR", "", date(2018, 3, 31), DOUBTFUL),  # between Good Friday and Easter
        ("DE", "BY", date(2024, 5, 7), 1),
        ("", "", date(2018, 3, 30), 4),
    ],
)
def test_holidays_rest_and_what_only_some_keep_is_not_judged(
    country: str, region: str, day: date, weekday: int
) -> None:
    assert working_days(country, region).weekday(day) == weekday


def test_the_country_is_read_off_its_regions_where_only_one_fits() -> None:
    assert country_of(["SP", "RJ", "MG", "SP", ""]) == "BR"
    assert country_of(["north", "south"]) == ""
    assert country_of(["SP"]) == ""


def test_a_parcel_belongs_to_its_carrier_its_service_and_its_regions() -> None:
    found = series_of(Lane(carrier="ups", service="Ground", origin="US-OH", destination="US-IL"))
    assert [tuple(one) for one in found] == [
        ("network", ""), ("carrier", "ups"), ("service", "ups|Ground"), ("region", "US-IL"), ("region", "US Midwest"),
        ("region", "US"),
    ]  # fmt: skip
    assert pools("DE-BY") == ("DE",) and pools("FR") == ()
    assert states_of("BR South") == ("BR", ["PR", "RS", "SC"])
    assert (states_of("BR-SP"), states_of("BR")) == (("BR", ["SP"]), ("BR", []))


@pytest.mark.parametrize(
    ("written", "places", "rate", "days"),
    [
        ("all:50:14", set(), 0.5, 14),
        ("SP:0.3:7", {"SP"}, 0.3, 7),
        ("PR,SC,RS:90%:14", {"PR", "SC", "RS"}, 0.9, 14),
        ("NL-ZH:1:3", {"NL-ZH"}, 1.0, 3),
    ],
)
def test_a_slow_down_is_read(written: str, places: set[str], rate: float, days: int) -> None:
    by = SlowDown.of(written)
    assert (set(by.places), by.rate, by.days) == (places, rate, days)


@pytest.mark.parametrize("written", ["SP", "SP:0.5", ":0.5:14", "SP:0:14", "SP:fast:14", "SP:0.5:0", "SP:0.5:never"])
def test_a_slow_down_that_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"REGION|RATE|DAYS"):
        SlowDown.of(written)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30)), min_size=1, max_size=40),
    st.floats(0.05, 1.0),
    st.integers(1, 20),
)
def test_a_slow_down_makes_nothing_earlier_and_nothing_later_than_what_was_lost(
    roads: list[tuple[int, int]], rate: float, days: int
) -> None:
    start = date(2024, 1, 20)
    began = np.array([date(2024, 1, 1).toordinal() + at for at, _ in roads], np.int64)
    ended = began + np.array([took for _, took in roads], np.int64)
    hit = np.arange(len(roads)) % 2 == 0
    late_ = slowed(began, ended, hit, start=start, by=SlowDown("x", frozenset(), rate, days), seed=1)

    assert (late_ >= ended).all() and (late_ - ended <= rate * days + 1).all()
    assert (late_[~hit] == ended[~hit]).all()
    assert (late_[ended < start.toordinal()] == ended[ended < start.toordinal()]).all()
