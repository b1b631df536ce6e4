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
from aftercart.promises.arrivals.calibration import kaplan_meier
from aftercart.promises.arrivals.curves import arrived_by, day_of, missed
from aftercart.promises.arrivals.measures import auc, days_at, pinball
from aftercart.promises.arrivals.orders import NEVER, Days, Orders

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
    monkeypatch.setattr(backtest, "WARM", 28)


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


def test_with_too_little_to_fit_the_factors_alone_make_a_promise() -> None:
    orders, handed = history()
    few = orders.take(np.arange(0, len(orders), 30))
    playback = Playback(few, handed[::30], SPLIT)
    assert hazard.fit(playback.speeds, SPLIT) is None
    assert 0.7 < playback.report(playback.play())["purchase"]["coverage"]["p90"] <= 1


def test_the_share_to_ask_for_is_the_wished_one_where_curves_were_right() -> None:
    places = np.random.default_rng(2).random(5000)
    right = kaplan_meier(places, np.ones(5000, dtype=bool), np.ones(5000), (0.5, 0.9))
    assert right == pytest.approx([0.5, 0.9], abs=0.02)
    # Arrivals lie further on in curves that were too fast, and one asks for more.
    fast = kaplan_meier(np.sqrt(places), np.ones(5000, dtype=bool), np.ones(5000), (0.5, 0.9))
    assert fast == pytest.approx([0.5**0.5, 0.9**0.5], abs=0.02)


def test_what_is_open_still_counts_in_the_calibration() -> None:
    draw = np.random.default_rng(3)
    places, looked = draw.random(20_000) ** 0.5, draw.random(20_000)
    seen = np.minimum(places, looked)
    found = kaplan_meier(seen, places <= looked, np.ones(20_000), (0.5, 0.8))
    assert found == pytest.approx([0.5**0.5, 0.8**0.5], abs=0.03)


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
