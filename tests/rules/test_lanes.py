"""How fast lanes are and whether dates are kept: the arithmetic, and the sentences."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.ops.keeping import Meant, Told, band, calibration, kept_sentence, mondays, percent, worst_of
from aftercart.ops.lane_words import drift_in_words, lane_sentence, speed_sentence, stage_in_words
from aftercart.ops.speeds import Share, Speed, Spread, drift, of_destination, steps, together
from aftercart.promises.lanes import Lane
from aftercart.story.rules import told_where

days = st.lists(st.integers(0, 40), min_size=1, max_size=60)


def spread(*took: int) -> Spread:
    return Spread(Counter(took))


@given(days, st.floats(0.01, 1))
def test_within_so_many_days_the_share_had_arrived_and_not_a_day_earlier(took: list[int], share: float) -> None:
    day = spread(*took).within(share)
    assert day is not None
    assert sum(t <= day for t in took) >= share * len(took) - 1e-6
    assert sum(t < day for t in took) < share * len(took)


def test_half_and_nine_of_ten_as_one_would_count_them() -> None:
    ten = spread(1, 1, 2, 2, 2, 3, 3, 4, 5, 9)
    assert (ten.median, ten.p80, ten.p90) == (2, 4, 5)
    assert ten.beyond(4) == 2 and ten.mean == pytest.approx(3.2)
    assert Spread().median is None and Spread().mean == 0


def test_a_lane_is_slower_only_where_chance_cannot_explain_it() -> None:
    usual = spread(*[2] * 20, *[3] * 20)
    assert drift(spread(*[3] * 20, *[4] * 20), usual) == pytest.approx(1.0)
    assert drift(spread(*[2] * 19, *[3] * 21), usual) == 0.0
    assert drift(spread(9, 9), usual) is None


@pytest.mark.parametrize(
    ("by", "words"),
    [(None, "too few to compare"), (0.0, "as before"), (0.84, "0.8 days slower"), (-1.2, "1.2 days faster")],
)
def test_a_trend_is_said_in_words(by: float | None, words: str) -> None:
    assert drift_in_words(by) == words


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_interval_of_a_share_holds_the_share(part: int, rest: int) -> None:
    share = Share(part, part + rest)
    low, high = share.interval
    assert 0 <= low <= high <= 1
    if share.value is not None:
        assert low - 1e-9 <= share.value <= high + 1e-9


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 60), max_size=12))
def test_shades_follow_the_values_from_one_to_four(values: dict[str, float]) -> None:
    shades = steps(values)
    assert set(shades) == set(values) and all(1 <= shade <= 4 for shade in shades.values())
    ordered = sorted(values, key=lambda name: values[name])
    assert [shades[name] for name in ordered] == sorted(shades.values())


def test_a_destination_is_its_lanes_together() -> None:
    by_sea = Speed(lane=Lane(carrier="a", destination="DE"), transit=spread(2, 4), on_time=Share(1, 2), road=spread(9))
    by_air = Speed(lane=Lane(carrier="b", destination="DE"), transit=spread(1), on_time=Share(1, 1), worrying=1)
    both = of_destination("DE", [by_sea, by_air])
    assert both.transit == together([spread(1, 2, 4)]) and both.on_time == Share(2, 3)
    assert both.overdue == 1 and both.worrying == 1 and both.lane.destination == "DE"


def test_the_page_of_lanes_begins_with_how_fast_and_who_slowed_down() -> None:
    steady = Speed(
        lane=Lane(carrier="dhl", origin="NL", destination="DE"), transit=spread(*[2] * 30), before=spread(*[2] * 30)
    )
    slowed = Speed(
        lane=Lane(carrier="ups", origin="US", destination="CA"), transit=spread(*[5] * 20), before=spread(*[4] * 20)
    )
    assert speed_sentence([steady]) == "Half of 30 parcels took at most 2 days, nine of ten 2 days."
    assert speed_sentence([steady, slowed]).endswith("; US → CA, UPS is 1.0 days slower than before.")
    assert speed_sentence([]) == "Nothing was delivered in this time."
    assert lane_sentence(slowed).endswith("nine of ten 5 days: 1.0 days slower than in the time before.")
    assert lane_sentence(Speed(lane=Lane(), road=spread(1, 2))) == "Nothing arrived in this time; 2 under way."


@pytest.mark.parametrize(("hours", "words"), [(0.5, "30 min"), (5.2, "5 h"), (47.4, "47 h"), (81.6, "3.4 days")])
def test_a_stretch_of_time_is_said_in_its_own_unit(hours: float, words: str) -> None:
    assert stage_in_words(hours) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.0, "0 %"), (0.004, "0.4 %"), (0.926, "93 %"), (0.9996, "99.9 %"), (1.0, "100 %")],
)
def test_nearly_all_is_not_called_all(value: float | None, words: str) -> None:
    assert percent(value).replace("\N{NO-BREAK SPACE}", " ") == words


def test_weeks_begin_on_monday_and_end_with_this_one() -> None:
    assert mondays(date(2026, 3, 10), 3) == [date(2026, 2, 23), date(2026, 3, 2), date(2026, 3, 9)]


def test_the_page_of_promises_begins_with_the_share_kept_and_the_worst_lane() -> None:
    california = Told(kept=71, broken=29)
    unlucky = Told(kept=0, broken=2)  # too few to be named
    worst = worst_of({"FedEx to California": california, "to Alaska": unlucky, "to Ohio": Told(kept=99, broken=1)})
    assert worst == ("FedEx to California", california)
    said = kept_sentence(28, Told(kept=1120, broken=84), worst).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "In the last 4 weeks 93 % of 1,204 dates were kept; FedEx to California kept 71 %."
    assert kept_sentence(7, Told(open=3), None) == "No date that we told fell due in the last 7 days."
    assert kept_sentence(28, Told(kept=30), ("to Ohio", Told(kept=30))).endswith("30 dates were kept.")


@pytest.mark.parametrize(
    ("part", "of", "tone"), [(912, 1000, "good"), (800, 1000, "late"), (990, 1000, "watch"), (5, 10, "none")]
)
def test_what_we_said_of_our_certainty_is_held_against_us(part: int, of: int, tone: str) -> None:
    assert calibration(0.9, Share(part, of))[0] == tone


def test_confidences_are_told_apart_by_steps_with_the_mean_of_what_was_meant() -> None:
    assert [band(c) for c in (0.8999, 0.9, 0.9499, 0.95, 1.0)] == [0.85, 0.9, 0.9, 0.95, 1.0]
    dates = [(0.9, Told(kept=3)), (0.94, Told(broken=1)), (0.92, Told(open=7))]
    meant = Meant.of(dates)
    assert meant.promised == pytest.approx(0.91) and meant.told == Told(kept=3, broken=1, open=7)
    assert Meant.of(dates[2:]).promised == pytest.approx(0.92) and Meant.of([]).promised == 0.0


@pytest.mark.parametrize(
    ("surface", "words"),
    [
        ("checkout", "at the checkout"),
        ("page", "on the tracking page"),
        ("notice:missed", "in a notice: Promise missed"),
        ("order_form", "on the order form"),
    ],
)
def test_where_a_date_was_told_is_said_in_words(surface: str, words: str) -> None:
    assert told_where(surface) == words
