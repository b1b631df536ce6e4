from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.arrivals import backtest, hazard
from aftercart.promises.arrivals.backtest import Playback
from aftercart.promises.arrivals.calibration import Places
from aftercart.promises.arrivals.curves import arrived_by, day_of, missed
from aftercart.promises.arrivals.measures import auc, days_at, pinball
from aftercart.promises.arrivals.orders import NEVER, Days, Orders
from aftercart.promises.arrivals.speeds import Speeds

DAYS, A_DAY = 150, 14


def history(*, seed: int = 1, slow_from: int = 10_000) -> tuple[Orders, Days]:
    """Twelve orders a day to four places, the further the slower; one in thirty never comes. From `slow_from` on,
    all take half as long again."""
    draw = np.random.default_rng(seed)
    began = np.repeat(np.arange(DAYS), A_DAY)
    place = draw.integers(0, 4, len(began))
    sender = draw.integers(0, 6, len(began))
    took = np.ceil(draw.lognormal(1.3 + 0.3 * place + 0.05 * sender, 0.4)).astype(np.int64)
    took = np.where(began >= slow_from, took * 3 // 2, took)
    handed = began + draw.integers(0, 5, len(began))
    arrived = np.where(draw.random(len(began)) < 1 / 30, NEVER, handed + took)
    orders = Orders(
        first=date(2024, 1, 1),
        began=began,
        arrived=arrived,
        due=began + 10 + 3 * place,
        groups={"destination": place, "route": place, "sender": sender, "kind": sender * 0, "area": sender * 0,
                "area_route": place},
        numbers={},
        ended=np.full(len(began), NEVER),
        before=np.zeros(len(began), dtype=np.int64),
    )  # fmt: skip
    return orders, np.where(draw.random(len(began)) < 0.5, handed, NEVER)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest, "WARM", (28, 28))


SPLIT, TODAY = 100, 130


@pytest.mark.parametrize("boosted", [False, True])
def test_a_prediction_knows_nothing_that_is_stamped_later(boosted: bool) -> None:
    orders, handed = history()
    there = np.flatnonzero(orders.began <= TODAY)
    blank = replace(orders.take(there), arrived=np.where(orders.arrived > TODAY, NEVER, orders.arrived)[there])
    known = Playback(blank, np.where(handed > TODAY, NEVER, handed)[there], SPLIT, boosted=boosted).play()
    whole = Playback(orders, handed, SPLIT, boosted=boosted).play()

    for name, made in known.items():
        stage, other = made.stage, whole[name].stage
        mine, theirs = (np.flatnonzero((s.morning <= TODAY + 1) & (_placed(s) <= TODAY)) for s in (stage, other))
        assert len(mine) > 20
        keys = [list(zip(s.morning[k], _ids(s)[k], strict=True)) for s, k in ((stage, mine), (other, theirs))]
        assert keys[0] == keys[1]
        assert (made.days[mine] == whole[name].days[theirs]).all()
        assert (made.late[mine] == whole[name].late[theirs]).all()


def test_a_split_promises_what_a_playback_from_earlier_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest, "WARM", (28, 240))
    orders, handed = history()
    early, late = (Playback(orders, handed, split).play() for split in (SPLIT - 14, SPLIT))
    assert late["purchase"].stage.morning.min() <= SPLIT - 42, "predictions begin when a fit is possible"
    for name, made in late.items():
        of_both = [np.flatnonzero(_placed(one.stage) >= SPLIT) for one in (made, early[name])]
        assert len(of_both[0]) > 100
        assert (made.days[of_both[0]] == early[name].days[of_both[1]]).all()


def test_what_is_predicted_before_a_fit_is_possible_calibrates_nothing() -> None:
    orders, _ = history()
    there = int(np.sort(orders.arrived)[hazard.LEAST - 1])
    assert backtest._begin(orders, 240) == 240 - 28
    assert backtest._begin(orders.take(np.arange(99)), SPLIT) == SPLIT - 28
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backtest, "WARM", (28, 240))
        begin = backtest._begin(orders, SPLIT)
        assert there < begin < there + backtest.REFIT + 1 and (SPLIT - begin) % backtest.REFIT == 0


def _placed(stage: backtest.Stage) -> Days:
    return (stage.orders.began - stage.orders.before)[stage.rows]


def _ids(stage: backtest.Stage) -> Days:
    orders = stage.orders
    return orders.began[stage.rows] * 10_000 + orders.due[stage.rows] * 10 + orders.groups["sender"][stage.rows]


def test_nine_in_ten_means_nine_in_ten_and_the_far_are_promised_later() -> None:
    orders, handed = history()
    playback = Playback(orders, handed, SPLIT)
    made = playback.play()
    found = playback.report(made)

    assert 0.86 < found["purchase"]["coverage"]["p90"] < 0.94
    assert found["handover"]["mae_p50"] < found["purchase"]["mae_p50"] < 4
    assert set(found["transit"]) == {"5", "7", "10", "14"}
    assert set(found["baselines"]) == {"shop", "lanes", "recent_mean"}
    days, place = made["purchase"].days, orders.groups["destination"][made["purchase"].stage.rows]
    assert days[place == 3, 2].mean() > days[place == 0, 2].mean() + 3
    assert (np.diff(days, axis=1) >= 0).all()


def test_after_a_slow_down_promises_grow_within_weeks() -> None:
    calm, handed = history()
    slow, _ = history(slow_from=SPLIT)

    def told(orders: Orders) -> float:
        made = Playback(orders, handed, SPLIT).play()["purchase"]
        return float(made.days[made.stage.morning > SPLIT + 40, 2].mean())

    assert told(slow) > 1.2 * told(calm)


def test_a_shop_that_promises_longer_everywhere_looks_as_it_did_before() -> None:
    calm, _ = history()
    longer = np.where(calm.began >= SPLIT, 2 * calm.due - calm.began, calm.due)
    latest = np.flatnonzero(calm.began > SPLIT + 45)
    known = [
        hazard.features(Speeds(orders, DAYS), latest, calm.began[latest])
        for orders in (calm, replace(calm, due=longer))
    ]
    of_promise = hazard.SHAPED - 2
    assert known[1][:, of_promise] == pytest.approx(known[0][:, of_promise], abs=0.1)
    assert np.ptp(known[0][:, of_promise]) > 0.5


def test_what_has_left_is_looked_at_by_both_clocks_and_what_has_not_by_one() -> None:
    orders, handed = history()
    playback = Playback(orders, handed, SPLIT)
    road, whole = hazard.fit(playback.transit_speeds, SPLIT), hazard.fit(playback.speeds, SPLIT)
    assert whole is not None
    stage = next(stage for stage in playback.stages() if stage.name == "5")
    chosen = np.flatnonzero(stage.morning >= SPLIT)
    rows, morning = stage.rows[chosen], stage.morning[chosen]
    by_one = whole.curves(playback.speeds, rows, morning)
    by_both = playback._curves(stage, chosen, whole, road)

    left = handed[rows] < morning
    assert 50 < left.sum() < len(left) - 50
    assert ((by_both == by_one).all(axis=1) == ~left).all()


@given(st.lists(st.tuples(chance := st.floats(1e-5, 1 - 1e-5), chance), min_size=1))
def test_two_clocks_together_say_what_lies_between(pairs: list[tuple[float, float]]) -> None:
    one, other = np.array(pairs).T
    both = hazard.together(one, other)
    assert both == pytest.approx(hazard.together(other, one))
    assert (both >= np.minimum(one, other) * (1 - 1e-9)).all()
    assert (both <= np.maximum(one, other) * (1 + 1e-9)).all()
    assert hazard.together(one, one) == pytest.approx(one)


def test_with_too_little_to_fit_the_factors_alone_make_a_promise() -> None:
    orders, handed = history()
    few = orders.take(np.arange(0, len(orders), 30))
    playback = Playback(few, handed[::30], SPLIT)
    assert hazard.fit(playback.speeds, SPLIT) is None
    assert 0.7 < playback.report(playback.play())["purchase"]["coverage"]["p90"] <= 1


def asked_for(*, told: float, true: float, lost: float = 0.0, morning: int = 60, rows: int = 6000) -> list[float]:
    """What to ask for on a morning when all curves had the chance `told` for each day and the truth was `true`."""
    draw = np.random.default_rng(2)
    start = np.sort(draw.integers(0, 60, rows))
    came = start + draw.geometric(true, rows) - 1
    came = np.where(draw.random(rows) < lost, NEVER, came)
    curves = np.broadcast_to(arrived_by(np.full((1, 40), told, dtype=np.float32)), (rows, 40))
    left = (1 - true) ** np.arange(71)
    comes = (1 - lost) * left / ((1 - lost) * left + lost)
    found: list[float] = Places(curves, start, came).shares(morning, (0.5, 0.9), comes).tolist()
    return found


def test_the_share_to_ask_for_is_the_wished_one_where_curves_were_right() -> None:
    assert asked_for(told=0.1, true=0.1) == pytest.approx([0.5, 0.9], abs=0.02)


@pytest.mark.parametrize("chance", [0.3, 0.5, 0.8])
def test_so_it_is_where_a_day_is_half_of_a_curve(chance: float) -> None:
    assert asked_for(told=chance, true=chance) == pytest.approx([0.5, 0.9], abs=0.02)


def test_few_arrivals_are_enough_to_see_that_curves_have_long_been_too_fast() -> None:
    assert asked_for(told=0.1, true=0.07, rows=600)[1] > 0.925


def test_more_is_asked_of_curves_that_were_too_fast_and_less_of_those_that_were_too_slow() -> None:
    assert min(np.subtract(asked_for(told=0.1, true=0.07), [0.5, 0.9])) > 0.015
    assert max(np.subtract(asked_for(told=0.1, true=0.14), [0.5, 0.9])) < -0.015


def test_what_is_open_still_counts_in_the_calibration_and_what_never_comes_does_not() -> None:
    # Half of all were placed so lately that only the fast among them have come.
    assert asked_for(told=0.1, true=0.1, morning=30) == pytest.approx([0.5, 0.9], abs=0.02)
    assert asked_for(told=0.1, true=0.1, lost=0.1) == pytest.approx([0.5, 0.9], abs=0.03)


def test_a_chance_of_a_miss_is_corrected_as_the_days_are() -> None:
    curves = np.broadcast_to(arrived_by(np.full((1, 40), 0.1, dtype=np.float32)), (3000, 40))
    start = np.repeat(np.arange(60), 50)
    came = start + np.random.default_rng(4).geometric(0.07, 3000) - 1
    places, all_come = Places(curves, start, came), np.ones(71)
    share = places.shares(60, (0.9,), all_come)
    assert places.missed(60, 1 - share, all_come) == pytest.approx([0.1], abs=1e-6)
    assert (np.diff(places.missed(60, np.linspace(0, 1, 30), all_come)) >= 0).all()


@given(st.lists(st.floats(0, 0.9), min_size=10, max_size=10), st.floats(0.05, 0.9))
def test_more_certainty_is_never_sooner_and_later_dates_are_missed_less(chances: list[float], share: float) -> None:
    arrived = arrived_by(np.array([chances], dtype=np.float32))
    assert day_of(arrived, share) <= day_of(arrived, min(share * 1.1, 0.99))
    chance = [missed(arrived, np.array([day]))[0] for day in range(-1, 10)]
    assert chance[0] == 1 and all(a >= b for a, b in pairwise(chance))


def test_the_measures_are_what_their_names_say() -> None:
    took = np.array([1, 2, 3, 10])
    told = np.array([2.0, 2.0, 2.0, 2.0])
    assert pinball(took, told, 0.9) == pytest.approx((0.1 + 0 + 0.9 + 7.2) / 4)
    assert days_at(took, told, 0.75) == 3
    assert auc(np.array([False, False, True]), np.array([0.1, 0.2, 0.2])) == 0.75
