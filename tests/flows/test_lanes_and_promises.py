"""What the pages of lanes and of promises count, against what one would count by hand.

The tests' today is Tuesday 10 March 2026, 12:00 UTC; the brand is in New York.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.ops.keeping import InVain, Meant, Told
from aftercart.ops.queries import lanes, outcomes
from aftercart.ops.queries.outcomes import Wanted
from aftercart.ops.speeds import Share
from aftercart.outreach.models import Decision
from aftercart.plumbing import ids
from aftercart.promises.lanes import Lane
from aftercart.promises.models import Outcome
from aftercart.promises.queries import subjects
from aftercart.watch.jobs import settle_rest
from aftercart.watch.models import Concern
from tests.flows.road_rows import BERLIN, LOS_ANGELES, TOKYO, Place, at, march, ordered, promised, sent, settled
from tests.world import NOW

TODAY = march(10)
WEST = Lane(carrier="ups", service="Standard", origin="US-OH", destination="US-CA")


@pytest.fixture
def shop(brand: Brand) -> Brand:
    set_clock(brand, NOW, rate=0)
    return brand


def counted(brand: Brand, days: int = 28) -> outcomes.Outcomes:
    settled(brand)
    return outcomes.kept(brand, today=TODAY, days=days, since=march(2) - timedelta(weeks=6))


@pytest.mark.parametrize(
    ("to", "arrived", "kept"),
    [
        # Half past nine in the evening of the 5th in Los Angeles is the 6th everywhere east of it.
        (LOS_ANGELES, "3-6 05:30", True),
        (LOS_ANGELES, "3-6 08:30", False),
        # The 5th ends in Berlin at 23:00 UTC, in Tokyo at 15:00 UTC.
        (BERLIN, "3-5 22:59", True),
        (BERLIN, "3-5 23:01", False),
        (TOKYO, "3-5 14:59", True),
        (TOKYO, "3-5 15:01", False),
    ],
)
def test_a_date_is_kept_until_the_day_ends_where_the_parcel_goes(
    shop: Brand, to: Place, arrived: str, kept: bool
) -> None:
    order = ordered(shop, "1", to, placed=at("3-1 12:00"))
    sent(order, left=at("3-2 12:00"), arrived=at(arrived))
    promised(order, march(5))
    assert counted(shop).recent == (Told(kept=1) if kept else Told(broken=1, days=1, late=1))
    (speed,) = lanes.speeds(shop, now=NOW, days=28)
    assert speed.on_time == Share(int(kept), 1)


def test_what_became_of_each_date_that_was_told(shop: Brand) -> None:
    placed, left = at("3-1 12:00"), at("3-2 12:00")
    split = ordered(shop, "1", BERLIN, placed=placed)  # one part in time, the other three days late
    sent(split, left=left, arrived=at("3-4 12:00"), carrier="dhl")
    late_part = sent(split, left=left, arrived=at("3-8 12:00"), carrier="gls")
    promised(split, march(5))
    promised(
        split, march(8), made_by="us", surface="notice:late", told=at("3-5 12:00"), confidence=0.9, parcel=late_part
    )
    waiting = ordered(shop, "2", BERLIN, placed=placed)  # due on the 6th, and nowhere on the 10th
    sent(waiting, left=left)
    promised(waiting, march(6))
    unsent = ordered(shop, "3", BERLIN, placed=placed)
    promised(unsent, march(9))
    today = ordered(shop, "4", BERLIN, placed=placed)  # due today: its day is not over
    sent(today, left=left)
    promised(today, march(10))
    gone = ordered(shop, "5", BERLIN, placed=placed, cancelled=True)
    promised(gone, march(5))
    too_late = ordered(shop, "7", BERLIN, placed=at("2-28 12:00"), cancelled=True)  # cancelled when it was late already
    promised(too_late, date(2026, 2, 28))
    dropped = ordered(shop, "6", BERLIN, placed=placed)  # its first parcel was packed anew
    sent(dropped, left=left, dropped=True)
    sent(dropped, left=left, arrived=at("3-5 12:00"))
    promised(dropped, march(5))

    found = counted(shop)
    assert found.recent == Told(kept=2, broken=4, open=1, days=3, late=1, waiting=2)
    monday = date(2026, 3, 2)
    assert found.weeks["gls", monday] == Told(kept=1, broken=1, days=3, late=1)
    assert found.weeks["ups", monday] == Told(kept=1, broken=1, waiting=1)
    assert found.weeks["", date(2026, 3, 9)] == Told(broken=1, waiting=1)
    assert ("dhl", monday) not in found.weeks  # the order was not there before its last part was
    assert found.surfaces["us", "notice:late"] == Told(kept=1)
    assert found.confidences == {("us", 0.9): Meant(0.9, Told(kept=1))}
    lanes = outcomes.by_lane(shop, today=TODAY, days=28)
    assert lanes[Lane(carrier="gls", service="Standard", origin="US", destination="DE")] == Told(kept=1, broken=1)
    assert sum(told.due for told in lanes.values()) == found.recent.due


def test_a_date_that_nobody_has_settled_yet_is_open_with_whoever_brings_it(shop: Brand) -> None:
    placed, left = at("3-1 12:00"), at("3-2 12:00")
    split = ordered(shop, "1", BERLIN, placed=placed)
    sent(split, left=left, arrived=at("3-4 12:00"), carrier="dhl")
    sent(split, left=left, carrier="gls")
    packed_anew = sent(split, left=left, carrier="ups", dropped=True)
    promised(split, march(6))
    promised(split, march(12), parcel=packed_anew)
    promised(ordered(shop, "2", BERLIN, placed=placed), march(12))

    found = outcomes.kept(shop, today=TODAY, days=28, since=march(2))
    assert found.weeks == {
        ("gls", date(2026, 3, 2)): Told(open=1),
        ("", date(2026, 3, 9)): Told(open=2),
    }
    settled(shop)
    assert outcomes.kept(shop, today=TODAY, days=28, since=march(2)).recent == Told(broken=1, open=2, waiting=1)


def test_what_was_settled_before_lanes_were_kept_is_settled_again(shop: Brand) -> None:
    order = ordered(shop, "1", LOS_ANGELES, placed=at("3-1 12:00"))
    sent(order, left=at("3-2 12:00"), arrived=at("3-4 12:00"))
    promised(order, march(5))
    settled(shop)
    Outcome.objects.update(lane="")
    assert outcomes.by_lane(shop, today=TODAY, days=28) == {}
    assert settle_rest(shop, NOW) == 1
    assert outcomes.by_lane(shop, today=TODAY, days=28) == {WEST: Told(kept=1)}


def test_the_time_before_is_as_long_and_ends_where_the_last_days_begin(shop: Brand) -> None:
    for number, latest in enumerate((march(4), march(3), date(2026, 2, 25), date(2026, 2, 24))):
        order = ordered(shop, str(number), BERLIN, placed=at("2-20 12:00"))
        sent(order, left=at("2-21 12:00"), arrived=at("2-22 12:00"))
        promised(order, latest)
    found = counted(shop, days=7)
    assert (found.recent.kept, found.before.kept) == (1, 2)


def test_broken_dates_are_listed_with_whom_we_had_warned(shop: Brand) -> None:
    order = ordered(shop, "77", BERLIN, placed=at("3-1 12:00"))
    sent(order, left=at("3-2 12:00"), arrived=at("3-9 12:00"))
    promised(order, march(5))
    for kind, when in (("late", "3-4 09:00"), ("missed", "3-6 09:00")):
        Decision.objects.create(
            brand=shop, concern_id=ids.new(), order_id=order.id, kind=kind, spoken=True, reason="", at=at(when)
        )

    settled(shop)

    def listed(**wanted: Any) -> list[str]:
        rows = outcomes.broken(shop, Wanted(since=march(1), **wanted), today=TODAY)
        return [row.number for row in rows]

    (row,) = outcomes.broken(shop, Wanted(since=march(1)), today=TODAY)
    assert (row.days, row.arrived, row.warned_at) == (4, march(9), at("3-4 09:00"))
    assert listed(carrier="ups", week=date(2026, 3, 2), made_by="shop", surface="checkout") == ["77"]
    assert listed(lane=Lane.of(row.lane)) == ["77"] and listed(lane=WEST) == []
    assert listed(waiting=True) == [] and listed(carrier="dhl") == [] and listed(week=date(2026, 3, 9)) == []


def test_told_in_vain_is_who_was_warned_and_got_it_in_time(shop: Brand) -> None:
    for number, arrived in (("1", "3-5 12:00"), ("2", "3-8 12:00"), ("3", None), ("4", None)):
        order = ordered(shop, number, BERLIN, placed=at("3-1 12:00"))
        parcel = sent(order, left=at("3-2 12:00"), arrived=at(arrived) if arrived else None)
        promised(order, march(12) if number == "4" else march(6))
        # The day of the fourth has not come: nobody knows yet.
        evidence: dict[str, object] = {"promised_by": f"2026-03-{12 if number == '4' else 6:02}", "chance": 0.7}
        concern = Concern.objects.create(
            brand=shop,
            order_id=order.id,
            subject_id=parcel.id,
            kind="late",
            opened_at=at("3-4 09:00"),
            evidence=evidence,
        )
        for kind in ("late", "stalled"):
            Decision.objects.create(
                brand=shop,
                concern_id=concern.id,
                order_id=order.id,
                kind=kind,
                spoken=True,
                reason="",
                at=at("3-4 09:00"),
            )
    settled(shop)
    vain = outcomes.told_in_vain(shop, now=NOW, days=28)
    assert vain == InVain(Share(1, 3), vain.expected) and vain.expected == pytest.approx(0.3)


def test_a_lane_is_counted_as_one_would_by_hand(shop: Brand) -> None:
    # To California, in calendar days there: 2, 3 and 3 lately; 2 in the four weeks before; one 6 days under way.
    for number, left, arrived in (
        ("1", "3-2 18:00", "3-4 18:00"),
        ("2", "3-2 18:00", "3-6 02:00"),
        ("3", "3-3 02:00", "3-5 18:00"),
        ("4", "2-3 18:00", "2-5 18:00"),
    ):
        order = ordered(shop, number, LOS_ANGELES, placed=at(left) - timedelta(days=2))
        sent(order, left=at(left), arrived=at(arrived))
        promised(order, at(arrived).date() - timedelta(days=1 if number == "1" else 0))
    open_ = ordered(shop, "5", LOS_ANGELES, placed=at("3-3 12:00"))
    parcel = sent(open_, left=at("3-4 18:00"))
    sent(ordered(shop, "6", LOS_ANGELES, placed=at("3-3 12:00")), left=at("3-4 18:00"), state="lost")
    Concern.objects.create(
        brand=shop, order_id=open_.id, subject_id=parcel.id, kind="stalled", opened_at=NOW, lane=WEST.key
    )
    (speed,) = lanes.speeds(shop, now=NOW, days=28)
    assert speed.lane == WEST
    assert speed.transit.counts == {2: 1, 3: 2} and speed.before.counts == {2: 1}
    assert speed.handling.counts == {2: 3} and speed.on_time == Share(2, 3)
    assert speed.road.counts == {6: 1} and (speed.overdue, speed.worrying) == (1, 1)

    weeks = lanes.weeks(shop, WEST, since=at("2-1 00:00"), until=NOW)
    assert {week: one.transit.n for week, one in weeks.items()} == {date(2026, 2, 2): 1, date(2026, 3, 2): 3}
    (row,) = lanes.slowest(shop, WEST, now=NOW)
    assert (row.order, row.age, row.concerns) == ("5", 6, ["stalled"])


@pytest.mark.parametrize(("arrived", "on_time"), [("3-6 12:00", 1), ("3-7 12:00", 0)])
def test_a_lane_is_on_time_by_the_first_firm_date_whatever_was_told_later(
    shop: Brand, arrived: str, on_time: int
) -> None:
    order = ordered(shop, "1", BERLIN, placed=at("3-1 12:00"))
    sent(order, left=at("3-2 12:00"), arrived=at(arrived))
    promised(order, march(9), made_by="us", surface="notice:late", told=at("3-5 12:00"))
    promised(order, march(6), told=at("3-1 13:00"))
    promised(order, march(8), made_by="us", surface="page", told=at("3-1 12:30"))
    (speed,) = lanes.speeds(shop, now=NOW, days=28)
    assert speed.on_time == Share(on_time, 1)


@pytest.mark.parametrize("to", [LOS_ANGELES, BERLIN, TOKYO, Place(country="US"), Place(country="")])
def test_the_lane_counted_is_the_lane_that_is_watched(shop: Brand, to: Place) -> None:
    order = ordered(shop, "1", to, placed=at("3-1 12:00"))
    sent(order, left=at("3-2 12:00"), arrived=at("3-5 12:00"))
    ((subject,),) = subjects(shop.id, [order.id]).values()
    (speed,) = lanes.speeds(shop, now=NOW, days=28)
    assert speed.lane == subject.lane


def test_milestones_say_where_the_time_went(shop: Brand) -> None:
    order = ordered(shop, "1", LOS_ANGELES, placed=at("3-1 12:00"))
    scans = [
        (at("3-2 12:00"), "accepted"),
        (at("3-5 12:00"), "out_for_delivery"),
        (at("3-6 12:00"), "out_for_delivery"),
    ]
    sent(order, left=at("3-2 12:00"), arrived=at("3-6 18:00"), scans=scans)
    stages = lanes.milestones(shop, WEST, since=at("2-20 00:00"), until=NOW)
    assert [(stage.name, stage.median) for stage in stages] == [
        ("Placed → handed over", 24.0),
        ("Handed over → first scan", 0.0),
        ("First scan → out for delivery", 72.0),
        ("Out for delivery → delivered", 30.0),
    ]


def test_other_brands_parcels_and_dates_are_not_counted(shop: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other", country="US", time_zone="UTC", language="en")
    order = ordered(other, "1", BERLIN, placed=at("3-1 12:00"))
    sent(order, left=at("3-2 12:00"), arrived=at("3-5 12:00"))
    promised(order, march(5))
    assert lanes.speeds(shop, now=NOW, days=28) == [] and counted(shop) == outcomes.Outcomes()
