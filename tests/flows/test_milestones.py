"""Where a parcel was last seen says when it comes, as the brand's own parcels have taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.orders.models import Parcel
from aftercart.promises import services as promises
from aftercart.promises.milestones import AWAY, Milestones, Stand, Standing
from aftercart.promises.queries import subjects
from aftercart.promises.rules import Held, Speed, Window, window
from aftercart.promises.taught import Taught
from aftercart.watch.learning import learn
from tests.flows.seen_parcels import LANE, Road, roads, write
from tests.telling import days
from tests.world import NOW

TODAY = NOW.date()
OUT = State.OUT_FOR_DELIVERY.value
Seen = tuple[Stand, Window, Window, int]  # where, what is believed with and without that, and how late it came


def taught(brand: Brand, *, span: int, a_day: int) -> Taught:
    write(brand, roads(TODAY - days(span), span, a_day, seed=1), NOW)
    learn(brand, NOW)
    return promises.taught(brand.id)


def believed(tables: Taught, fresh: Sequence[Road], share: float) -> list[Seen]:
    """At each milestone of each road, on the day on which it came there."""
    assert tables.left is not None
    found = []
    for road in fresh:
        for at, today in road.stood():
            standing = Standing(tables.left, tables.milestones, at)
            said, without = (told(speed, road, today, share) for speed in (standing, tables.left))
            found.append((at, said, without, (road.arrived - said.latest).days))
    return found


def told(speed: Speed, road: Road, today: date, share: float) -> Window:
    calendar = promises.calendar("US")
    return window(speed, lane=LANE, start=road.left, today=today, calendar=calendar, shares=(1 - share, share))


@pytest.mark.parametrize(("span", "a_day", "basis"), [(150, 30, "regression, "), (45, 20, "lane, ")])
def test_nine_in_ten_is_nine_in_ten_at_every_milestone(brand: Brand, span: int, a_day: int, basis: str) -> None:
    tables = taught(brand, span=span, a_day=a_day)
    fresh = roads(TODAY, 14, 60, seed=2)
    by_stand: defaultdict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    for at, said, without, late in believed(tables, fresh, 0.9):
        assert said.basis.startswith(basis) and said.confidence
        loss = max(0.9 * late, -0.1 * late)
        before = late + (said.latest - without.latest).days
        by_stand[at.milestone].append((late <= 0, said.confidence, loss, max(0.9 * before, -0.1 * before)))
    assert len(by_stand) == 5
    for name, rows in by_stand.items():
        came, sure, loss, usual = np.mean(np.array(rows, dtype=np.float64), axis=0)
        assert came > 0.86 and abs(came - sure) < 0.05, (name, came, sure)
        assert loss < (1.05 if name == AWAY else 0.9) * usual, name  # most were on the way: that says little


def test_what_is_out_for_delivery_is_expected_no_later_and_what_customs_holds_no_sooner(brand: Brand) -> None:
    learned, usual = taught(brand, span=45, a_day=9), Milestones()
    assert learned.left is not None
    calendar = promises.calendar("US")
    for milestones in (learned.milestones, usual):
        for age in range(15):
            for share in (0.5, 0.8, 0.9, 0.95):
                latest = {
                    name: window(
                        Standing(learned.left, milestones, Stand(name, 0)) if name else learned.left,
                        lane=LANE, start=TODAY - days(age), today=TODAY, calendar=calendar, shares=(0.05, share),
                    ).latest
                    for name in ("", OUT, State.IN_CUSTOMS.value)
                }  # fmt: skip
                assert latest[OUT] <= latest[""] <= latest[State.IN_CUSTOMS.value]


def test_a_parcel_is_believed_by_where_it_was_seen_last(brand: Brand) -> None:
    tables = taught(brand, span=45, a_day=9)
    on_road = Parcel.objects.filter(brand=brand, delivered_at=None)
    for state, words in ((State.IN_TRANSIT, "at the depot"), (State.ATTEMPT_FAILED, "attempt failed")):
        parcel = on_road.filter(state=state, city="Chicago").first()
        assert parcel is not None
        (subject,) = subjects(brand.id, [parcel.order_id])[parcel.order_id]
        said = promises.believe(subject, tables, None, NOW)
        assert said is not None and words in said.basis
        held = promises.believe(subject, tables, None, NOW, held=Held(lost=1))
        assert held is not None and words not in held.basis, "what a disruption holds says nothing by where it stands"
