from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.promises.arrivals.believing import Regression, model_of
from aftercart.promises.arrivals.hazard import HORIZON, Hazard
from aftercart.promises.arrivals.lessons import ROAD, WAITING, History, Past, history, teach
from aftercart.promises.arrivals.orders import NEVER
from aftercart.promises.arrivals.speeds import Speeds
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.rules import window

FIRST, TODAY = date(2025, 10, 1), 160
HOLIDAYS = Calendar(holidays=frozenset({date(2025, 12, 25), date(2026, 3, 12), date(2026, 3, 20)}))


@cache
def seen() -> History:
    draw = np.random.default_rng(5)
    found = []
    for began in range(TODAY):
        for _ in range(12):
            place, service = int(draw.integers(0, 5)), ("", "express")[int(draw.integers(2))]
            took = int(np.ceil(draw.lognormal(1.2 + 0.2 * place - 0.3 * bool(service), 0.5)))
            groups = {"destination": f"US-{place}", "route": f"US-OH|US-{place}", "kind": service}
            found.append(
                Past(groups=groups, began=began, arrived=began + took if draw.random() < 0.97 else NEVER,
                     due=began + int(draw.integers(6, 12)), left=began + int(draw.integers(0, 3)),
                     before=int(draw.integers(0, 5)))
            )  # fmt: skip
    return history(FIRST, found, TODAY)


@cache
def lesson() -> dict[str, Any]:
    found = teach(seen(), TODAY, calendar=HOLIDAYS, ages=WAITING)
    assert found is not None
    return found


@cache
def vectorised() -> tuple[Hazard, Speeds]:
    return model_of(lesson()["fits"][-1], TODAY), Speeds(seen().orders, TODAY + HORIZON + 2, HOLIDAYS)


def speed() -> Regression:
    found = Regression.of(lesson(), version=3, left=False)
    assert found is not None
    return found


@given(st.integers(min_value=TODAY * 12 - 500, max_value=TODAY * 12 - 1))
def test_one_order_is_expected_as_all_of_them_are(row: int) -> None:
    orders, (model, speeds) = seen().orders, vectorised()
    began = int(orders.began[row])
    lane = Lane(
        service=seen().names["kind"][orders.groups["kind"][row]],
        origin="US-OH",
        destination=seen().names["destination"][orders.groups["destination"][row]],
    )
    alone = speed().chances(
        lane,
        start=FIRST + timedelta(days=began),
        promised=int(orders.due[row] - began),
        today=FIRST + timedelta(days=TODAY),
        calendar=HOLIDAYS,
        before=int(orders.before[row]),
    )
    together = model.curves(speeds, np.array([row]), np.array([TODAY]))[0]
    assert np.abs(alone - together).max() < 1e-3, "but for what is rounded where it is stored"


lanes = st.builds(
    Lane, carrier=st.sampled_from(["", "ups"]), service=st.sampled_from(["", "express", "unheard of"]),
    origin=st.sampled_from(["", "US-OH"]), destination=st.sampled_from(["", "US-0", "US-4", "FR"]),
)  # fmt: skip


@given(lanes, st.none() | st.integers(0, 90), st.integers(0, 100), st.floats(0.2, 1.0))
def test_whatever_is_asked_the_chance_of_having_come_only_grows(
    lane: Lane, promised: int | None, age: int, slow: float
) -> None:
    today = FIRST + timedelta(days=TODAY)
    start = today - timedelta(days=age)
    usual, slowed = (
        list(speed().arrived_by(lane, start=start, promised=promised, today=today, calendar=HOLIDAYS, slow=part))
        for part in (1.0, slow)
    )
    assert usual == sorted(usual) and usual[0] >= 0 and usual[-1] <= 1
    assert all(later <= soon + 1e-9 for soon, later in zip(usual, slowed, strict=True))
    assert len(usual) == HORIZON


@settings(max_examples=20)
@given(st.integers(min_value=100, max_value=TODAY))
def test_a_fit_that_stands_is_not_made_again(today: int) -> None:
    before = lesson()
    again = teach(seen(), TODAY, calendar=HOLIDAYS, ages=(0, today % 5 + 1), before=before)
    assert again is not None and again["fits"] == before["fits"]


def test_too_little_teaches_nothing_and_another_form_is_not_believed() -> None:
    few = [Past(groups={"destination": "US-0"}, began=n, arrived=n + 3) for n in range(100)]
    assert teach(history(FIRST, few, TODAY), TODAY, calendar=HOLIDAYS, ages=ROAD) is None
    assert teach(history(FIRST, [], TODAY), TODAY, calendar=HOLIDAYS, ages=ROAD) is None
    assert Regression.of(lesson() | {"form": -1}, version=1, left=False) is None
    cut = [fit | {"weights": fit["weights"][1:]} for fit in lesson()["fits"]]
    assert Regression.of(lesson() | {"fits": cut}, version=1, left=False) is None


@cache
def on_road() -> Regression:
    """Parcels of which every day of packing costs one on the road too, and what is promised soon goes by air."""
    draw, found = np.random.default_rng(6), []
    for began in range(TODAY):
        for _ in range(14):
            before, air = int(draw.integers(0, 5)), bool(draw.integers(2))
            took = (2 if air else 5) + before + int(draw.geometric(0.6))
            due = began + (4 if air else 12)
            found.append(
                Past(groups={"destination": "US-0"}, began=began, arrived=began + took, due=due, before=before)
            )  # fmt: skip
    table = teach(history(FIRST, found, TODAY), TODAY, calendar=HOLIDAYS, ages=ROAD)
    known = Regression.of(table, version=1, left=True)
    assert known is not None
    return known


def likely(promised: int | None, before: int | None) -> int:
    today = FIRST + timedelta(days=TODAY)
    due = None if promised is None else today + timedelta(days=promised)
    lane = Lane(destination="US-0")
    said = window(on_road(), lane=lane, start=today, today=today, promised=due, calendar=HOLIDAYS, before=before)
    return (said.likely - today).days


def test_what_took_long_to_leave_and_was_promised_late_is_expected_later_on_the_road() -> None:
    assert likely(4, 0) < likely(4, 4) < likely(12, 4)
    assert likely(4, 0) < likely(12, 0) < likely(12, 4)
    assert likely(4, 0) <= likely(None, None) <= likely(12, 4), "what is not known is as usual"
    assert likely(-9, -2) == likely(0, 0) and likely(12, 30) == likely(12, 4), "no further than was seen"
