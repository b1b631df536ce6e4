from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aftercart.promises.lanes import Lane
from aftercart.watch.backtest import play, report, view_of
from aftercart.watch.calibration import Calibration, Ended, Wishes
from aftercart.watch.history import Past
from aftercart.watch.scorecard import score, still_open

DAY = timedelta(days=1)
FIRST = datetime(2024, 1, 1, 12, tzinfo=UTC)
NEAR, FAR = Lane(origin="NL", destination="BE"), Lane(origin="NL", destination="PT")


def shop(*, days: int = 120, a_day: int = 40, seed: int = 7) -> list[Past]:
    """Orders of a steady shop: most take under a week, to Portugal longer, and some are stuck for weeks."""
    chance = random.Random(seed)
    orders = []
    for n in range(days * a_day):
        far, stuck = chance.random() < 0.3, chance.random() < 0.07
        placed = FIRST + DAY * (n // a_day)
        took = timedelta(days=chance.uniform(7, 26) if stuck else chance.lognormvariate(1.8 if far else 1.3, 0.3))
        orders.append(
            Past(
                order_id=f"J{n}",
                lane=FAR if far else NEAR,
                placed_at=placed,
                promised_by=placed.date() + DAY * (14 if far else 10),
                handed_over_at=placed + took / 2 if chance.random() < 0.2 else None,
                delivered_on=(placed + took).date() if chance.random() > 0.01 else None,
            )
        )
    return orders


STEADY = shop()
ORDER = Past(order_id="1", lane=NEAR, placed_at=FIRST, promised_by=date(2024, 1, 10))


def told(history: Sequence[Past], *, vain: float = 0.04) -> dict[str, date]:
    return play(history, zone=UTC, wishes=Wishes(vain=vain)).told_on


TOLD = told(STEADY)


@pytest.mark.parametrize("days", [20, 45, 80])
def test_no_day_knows_what_was_stamped_after_it(days: int) -> None:
    today = (FIRST + DAY * days).date()

    def as_known(past: Past) -> Past:
        came = past.delivered_on if past.delivered_on and past.delivered_on < today else None
        left = past.handed_over_at if past.handed_over_at and past.handed_over_at.date() < today else None
        return replace(past, delivered_on=came, handed_over_at=left, cancelled=False)

    known = [as_known(past) for past in STEADY if past.placed_at.date() < today]
    then = {order_id: on for order_id, on in told(known).items() if on <= today}
    assert then
    assert then == {order_id: on for order_id, on in TOLD.items() if on <= today}


def test_a_handover_is_known_from_the_morning_after_it() -> None:
    past = replace(ORDER, handed_over_at=FIRST)
    midnight = FIRST.replace(hour=0)
    assert view_of(past, now=midnight, zone=UTC).handed_over_at is None
    assert view_of(past, now=FIRST, zone=UTC).handed_over_at is None
    assert view_of(past, now=midnight + DAY, zone=UTC).handed_over_at == FIRST


def test_a_stamp_that_the_file_lacks_is_not_news() -> None:
    assert told([replace(past, handed_over_at=None) for past in STEADY]) == TOLD
    exact = [replace(past, placed_at=past.placed_at.replace(hour=past_hour(past))) for past in STEADY]
    assert told(exact) == TOLD


def past_hour(past: Past) -> int:
    return int(past.order_id[1:]) % 24


def test_how_an_order_ended_changes_nothing_before_it_ended() -> None:
    lost = [replace(past, delivered_on=None) if TOLD.get(past.order_id) else past for past in STEADY[-400:]]
    before = STEADY[:-400]
    first_told = min(on for past in lost if (on := TOLD.get(past.order_id)))
    again = told([*before, *lost])
    assert {k: on for k, on in again.items() if on <= first_told} == {
        k: on for k, on in TOLD.items() if on <= first_told
    }


def test_the_order_of_rows_is_irrelevant() -> None:
    mixed = list(STEADY)
    random.Random(3).shuffle(mixed)
    assert told(mixed) == TOLD


def test_late_customers_are_told_early_and_few_are_told_in_vain() -> None:
    found: Any = report(STEADY, zone=UTC, wishes=Wishes())
    simple = found["baselines"]["still_open_3_days_before"]
    assert found["orders"] == simple["orders"] == len(STEADY)
    assert found["late"] > 100
    assert found["share_told"] >= 0.9
    assert found["median_days_ahead"] >= 3
    assert found["share_false"] <= 0.04
    assert found["false_notices"] < 0.8 * simple["false_notices"]
    assert (simple["share_told"], simple["median_days_ahead"]) == (1.0, 3.0)


def test_a_brand_that_allows_fewer_notices_in_vain_sends_fewer() -> None:
    strict, usual = (score(STEADY, told(STEADY, vain=vain))["false_notices"] for vain in (0.01, 0.04))
    assert isinstance(strict, int) and isinstance(usual, int)
    assert strict < 0.75 * usual


def test_a_strike_is_noticed_from_what_does_not_arrive() -> None:
    stop, end = (FIRST + DAY * 70).date(), (FIRST + DAY * 84).date()
    waiting = [
        replace(past, delivered_on=end + (past.delivered_on - stop))
        if past.delivered_on and past.placed_at.date() < end and stop <= past.delivered_on
        else past
        for past in STEADY
    ]
    found = score([past for past in waiting if stop - DAY * 7 <= past.promised_by < end], told(waiting))
    assert isinstance(found["share_told"], float) and found["share_told"] > 0.9
    assert isinstance(found["median_days_ahead"], float) and found["median_days_ahead"] >= 2


@pytest.mark.parametrize(
    ("delivered", "cancelled", "told_on", "counted"),
    [
        (date(2024, 1, 10), False, None, {}),
        (date(2024, 1, 10), False, date(2024, 1, 10), {"false_notices": 1}),
        (date(2024, 1, 11), False, None, {"late": 1}),
        (date(2024, 1, 11), False, date(2024, 1, 7), {"late": 1, "told_before_promise": 1, "median_days_ahead": 3.0}),
        (date(2024, 1, 12), False, date(2024, 1, 10), {"late": 1, "told_before_promise": 1, "median_days_ahead": 0.0}),
        (date(2024, 1, 12), False, date(2024, 1, 11), {"late": 1}),  # told, but the date had passed
        (None, False, date(2024, 1, 7), {"never_delivered": 1, "never_delivered_told": 1}),
        (None, True, date(2024, 1, 7), {"cancelled": 1, "cancelled_told": 1}),
        (None, True, None, {"cancelled": 1}),
    ],
)
def test_what_counts_as_late_as_told_and_as_in_vain(
    delivered: date | None, cancelled: bool, told_on: date | None, counted: dict[str, object]
) -> None:
    past = replace(ORDER, delivered_on=delivered, cancelled=cancelled)
    found = score([past], {"1": told_on} if told_on else {})
    assert found["orders"] == 1
    for name in ("late", "told_before_promise", "false_notices", "never_delivered", "cancelled", "cancelled_told"):
        assert found[name] == counted.get(name, 0), name
    assert found["median_days_ahead"] == counted.get("median_days_ahead")


def test_the_one_line_rule_tells_on_the_third_morning_before_whoever_is_still_waiting() -> None:
    days = (date(2024, 1, 6), date(2024, 1, 7), date(2024, 1, 30), None)
    waiting = [replace(ORDER, order_id=str(n), delivered_on=on) for n, on in enumerate(days)]
    assert still_open(waiting, days_before=3) == {str(n): date(2024, 1, 7) for n in (1, 2, 3)}


def test_limits_rise_and_fall_with_what_became_of_those_we_told() -> None:
    def early(*, late_untold: int, in_vain: int) -> float:
        calibration = Calibration(wishes=Wishes())
        calibration.observe(
            ahead=[n / 100 for n in range(100)],
            today=[],
            ended=[Ended(late=True)] * late_untold + [Ended(late=False, told_ahead=3)] * in_vain,
        )
        return calibration.limits().early

    assert early(late_untold=30, in_vain=0) < early(late_untold=0, in_vain=0) < early(late_untold=0, in_vain=60)


def test_a_calibration_survives_being_stored() -> None:
    calibration = play(STEADY[:2000], zone=UTC, wishes=Wishes()).calibration
    stored = Calibration.from_dict(json.loads(json.dumps(calibration.to_dict())), wishes=Wishes())
    assert stored.limits() == calibration.limits()
    assert stored.to_dict() == calibration.to_dict()


def test_a_night_that_loses_its_midnight_is_lived_through() -> None:
    """Where summer time begins at midnight, that day's first moment is one o'clock."""
    chile = ZoneInfo("America/Santiago")
    local = [replace(past, placed_at=past.placed_at.replace(tzinfo=chile)) for past in shop(days=60, seed=1)]
    spring = timedelta(days=213)  # January to the first of August; the clocks change on the eighth of September
    moved = [
        replace(
            past,
            placed_at=past.placed_at + spring,
            promised_by=past.promised_by + spring,
            delivered_on=past.delivered_on + spring if past.delivered_on else None,
            handed_over_at=None,
        )
        for past in local
    ]
    there = play(moved, zone=chile, wishes=Wishes()).told_on
    here = play(
        [replace(past, placed_at=past.placed_at.replace(tzinfo=UTC)) for past in moved], zone=UTC, wishes=Wishes()
    )
    assert there == here.told_on
