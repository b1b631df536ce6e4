"""A brand with a history learns its regression, and what is promised from then on is kept as often as we say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import connection

from aftercart.brands.models import Brand
from aftercart.orders.models import Order, Parcel
from aftercart.promises import services as promises
from aftercart.promises import taught
from aftercart.promises.learning import transit
from aftercart.promises.models import Learned, Version
from aftercart.promises.refit import refit
from aftercart.promises.rules import Speed, Window, window
from aftercart.watch.learning import learn
from tests.flows.past_orders import PROMISED, Case, cases, write
from tests.telling import days
from tests.world import NOW

TODAY = NOW.date()
ZONE = ZoneInfo("America/Chicago")
FRESH = 14
LONG = timedelta(days=PROMISED)


def learned(brand: Brand, now: datetime = NOW) -> int:
    days_ = promises.calendar("US")
    return refit(brand.id, ZONE, now, days_, transit(brand.id, ZONE, now, days_))


def past(*, until: date = TODAY, span: int = 130, a_day: int = 7) -> list[Case]:
    return cases(TODAY - days(span), (until - TODAY).days + span, a_day, seed=1)


NINE = (0.1, 0.9)
FOUR_IN_FIVE = (0.2, 0.8)


def placed(speed: Speed, case: Case, *, shares: tuple[float, float] = NINE) -> Window:
    days_ = promises.calendar("US")
    day = case.placed
    return window(speed, lane=case.unsent, start=day, today=day, promised=day + LONG, calendar=days_, shares=shares)


def left(speed: Speed, case: Case, *, after: int = 0, shares: tuple[float, float] = NINE) -> Window:
    days_, today = promises.calendar("US"), case.left + days(after)
    return window(speed, lane=case.lane, start=case.left, today=today, calendar=days_, shares=shares)


@dataclass(frozen=True, slots=True)
class Measured:
    """The share that came by the last day told, how sure we were of it, and its pinball loss."""

    came: float
    sure: float
    loss: float


def off(one: Measured) -> float:
    return abs(one.came - one.sure)


def measured(
    fresh: list[Case], told: Callable[..., Window], speed: Speed, shares: tuple[float, float] = NINE, **at: int
) -> Measured:
    found = []
    for case in fresh:
        said = told(speed, case, shares=shares, **at)
        assert case.arrived and said.confidence
        late = (case.arrived - said.latest).days
        found.append((late <= 0, said.confidence, max(shares[1] * late, (shares[1] - 1) * late)))
    return Measured(*np.mean(np.array(found, dtype=np.float64), axis=0).tolist())


def test_nine_in_ten_is_nine_in_ten_and_no_less_sharp_than_by_the_lanes_alone(brand: Brand) -> None:
    write(brand, past(span=150, a_day=14), NOW)
    learn(brand, NOW)
    tables = promises.taught(brand.id)
    assert tables.road and tables.left
    assert placed(tables.placed, past()[-1]).basis.startswith("regression, 1,")
    assert left(tables.road, past()[-1]).basis.startswith("lane"), "a parcel leaves from where its order does"

    fresh = [case for case in cases(TODAY, FRESH, 200, seed=2) if case.arrived]
    still = [case for case in fresh if case.arrived and case.arrived >= case.left + days(3)]
    for shares in (NINE, FOUR_IN_FIVE):
        order = measured(fresh, placed, tables.placed, shares)
        road, simple = (measured(fresh, left, speed, shares) for speed in (tables.left, tables.road))
        later, simply = (measured(still, left, speed, shares, after=3) for speed in (tables.left, tables.road))

        # Days are whole: the last one holds a little more than the share that was asked for, and we say how much.
        for one in (order, road, later):
            assert shares[1] - 0.04 <= one.came and off(one) < 0.04, "what we said that we believe"
        # Where lanes never change, their own past is all that there is to know.
        assert road.loss < 1.05 * simple.loss and later.loss < 1.05 * simply.loss


def test_the_window_narrows_as_an_order_goes_its_way(brand: Brand) -> None:
    write(brand, past(), NOW)
    learned(brand)
    tables = promises.taught(brand.id)
    case = Case("CA", TODAY, TODAY, None)

    def width(said: Window) -> int:
        return (said.latest - said.earliest).days

    assert tables.left is not None
    at_checkout, on_the_road, nearly = (
        placed(tables.placed, case), left(tables.left, case), left(tables.left, case, after=6),
    )  # fmt: skip
    assert width(at_checkout) >= width(on_the_road) >= width(nearly) < width(at_checkout)
    assert nearly.earliest >= TODAY + days(6), "what has not come by today comes today at the soonest"


def test_what_is_stamped_later_teaches_nothing(brand: Brand) -> None:
    write(brand, past(until=TODAY + days(10)), NOW + days(40))
    learned(brand)
    knew = Learned.objects.get(stage=Learned.ARRIVALS).table
    Learned.objects.all().delete()
    Version.objects.all().delete()

    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=ZONE)
    Order.objects.filter(placed_at__gte=midnight).delete()
    Parcel.objects.filter(handed_over_at__gte=midnight).delete()
    Parcel.objects.filter(delivered_at__gte=midnight).update(delivered_at=None, state="in_transit")
    learned(brand)
    assert Learned.objects.get(stage=Learned.ARRIVALS).table == knew


def test_a_date_told_by_an_older_version_can_be_worked_out_again(brand: Brand) -> None:
    history = past(until=TODAY + days(9))
    write(brand, history, NOW + days(40))
    first = learned(brand)
    told = placed(promises.taught(brand.id).placed, history[-1])
    second = learned(brand, NOW + days(9))

    speed, _ = taught.regressions_of(brand.id, first)
    assert speed is not None and (first, second) == (1, 2)
    assert placed(speed, history[-1]) == told and told.version == first
    assert placed(promises.taught(brand.id).placed, history[-1]).version == second


def test_what_dies_half_way_leaves_the_old_version_in_force(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    write(brand, past(), NOW)
    learned(brand)
    before = placed(promises.taught(brand.id).placed, past()[-1])

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Version.objects, "create", dies)
        learned(brand, NOW + days(1))
    assert connection.is_usable()
    assert Learned.objects.get(stage=Learned.ARRIVALS).version == 1
    assert placed(promises.taught(brand.id).placed, past()[-1]) == before


def test_with_too_little_history_the_factors_promise(brand: Brand) -> None:
    write(brand, cases(TODAY - days(40), 40, 5, seed=1), NOW)
    learn(brand, NOW)
    tables = promises.taught(brand.id)

    assert tables.placed is tables.order and tables.left is tables.road
    assert placed(tables.placed, past()[-1]).basis.startswith(("lane", "route", "destination"))
