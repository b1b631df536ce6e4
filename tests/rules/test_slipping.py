"""A date that moves is told once for each change, by one notice, and never as an earlier one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import State
from aftercart.outreach.rules import STEADY, Case, decide
from aftercart.promises.expectations import Start
from aftercart.promises.keeping import Entry, changed_at, last_told
from aftercart.promises.queries import Row, Subject, subject
from aftercart.promises.repromise import renewed, to_say
from aftercart.promises.rules import Window
from aftercart.promises.services import Belief
from aftercart.watch.rules import SLIPPED
from aftercart.watch.slipping import Slip, slip, slowest
from tests.rules.test_outreach import CHICAGO, case
from tests.world import NOW

TODAY = NOW.date()
ORDER, BRAND = UUID(int=7), UUID(int=1)


def parcel(state: State = State.IN_TRANSIT, number: int = 1) -> Subject:
    known: dict[str, Any] = dict.fromkeys(Row._fields) | dict.fromkeys(
        ("order_service", "order_origin_country", "order_origin_region", "region", "postal_code"), ""
    )
    known |= {"order_id": ORDER, "parcel_id": UUID(int=number), "placed_at": NOW, "country": "US", "number": "1042"}
    return subject(Row(**known | {"state": state.value}))


def entry(latest: date, at: datetime, place: int = 0) -> Entry:
    return Entry(UUID(int=100 + place), ORDER, None, latest, latest, "notice", at)


def window(latest: date) -> Window:
    return Window(earliest=latest, latest=latest, likely=latest, basis="", version=1)


def gives_way(told: Entry, latest: date, state: State = State.IN_TRANSIT, number: int = 1) -> Slip | None:
    about = parcel(state, number)
    return slip(Belief(about, window(latest), latest, Start(day=TODAY)), told, window(latest), frozenset())


@pytest.mark.parametrize(
    "state",
    [State.OUT_FOR_DELIVERY, State.AVAILABLE_FOR_PICKUP, State.RETURNING, State.LOST, State.DAMAGED, State.FAILED],
)
def test_a_date_is_no_answer_at_the_door_or_where_it_is_not_coming(state: State) -> None:
    told = entry(TODAY, NOW)
    assert gives_way(told, TODAY + timedelta(3), state) is None and gives_way(told, TODAY + timedelta(3)) is not None


def test_an_order_of_several_parcels_slips_once_to_the_date_of_the_last() -> None:
    told = entry(TODAY, NOW)
    slips = [gives_way(told, TODAY + timedelta(n), number=n) for n in (4, 6, 5)]
    (one,) = slowest([found for found in slips if found])
    assert one.window.latest == TODAY + timedelta(6)
    assert len({found.episode(BRAND) for found in slips if found}) == 1


@pytest.mark.parametrize(
    ("graver", "told"), [("lost", False), ("exception", False), ("disruption", True), ("late", True)]
)
def test_a_new_date_is_silenced_by_what_makes_dates_beside_the_point(graver: str, told: bool) -> None:
    assert decide(case(SLIPPED, kinds=frozenset({graver}))).speak is told


def test_the_next_date_is_told_some_days_after_the_last_or_on_the_eve_of_its_day() -> None:
    far, near = TODAY + timedelta(20), TODAY + timedelta(1)
    recent = {"told": {"late": NOW - timedelta(days=2)}}
    assert decide(case(SLIPPED, promised=far, **recent)).until == NOW - timedelta(days=2) + STEADY
    assert decide(case(SLIPPED, promised=near, **recent)).speak
    assert decide(case(SLIPPED, promised=far)).speak, "the first that is heard of it"


steps = st.lists(
    st.tuples(st.integers(1, 50), st.integers(-3, 12), st.sampled_from(["quiet", "doubt", "late"])),
    min_size=3, max_size=40,
)  # fmt: skip


@given(steps)
def test_each_change_is_told_by_one_notice(steps: list[tuple[int, int, str]]) -> None:
    """An order's weeks: what is believed moves to and fro, and now and then a worry begins that names the date."""
    ledger, at = [entry(TODAY + timedelta(2), NOW)], NOW
    told: dict[str, datetime] = {}
    gave_way: list[UUID] = []
    for hours, later, what in steps:
        at += timedelta(hours=hours)
        today, last = at.astimezone(CHICAGO).date(), last_told(ledger)
        assert last is not None
        believed = window(today + timedelta(max(later, 0)))
        new = renewed(
            believed, told=last.latest, changed_at=changed_at(ledger), doubted=what != "quiet", today=today, now=at
        )
        said = to_say(believed, told=last.latest, earliest=last.earliest, today=today, renewal=new)
        found = slip(Belief(parcel(), believed, new.latest if new else None, Start(day=today)), last, said, frozenset())
        kind = "late" if what == "late" else SLIPPED
        if found is None or not decide(_asked(kind, at, told, last.latest)).speak:
            continue
        assert found.window.latest > last.latest, "an earlier date is no slip"
        ledger.append(entry(found.window.latest, at, len(ledger)))
        gave_way.append(last.id)
        told[kind] = at
    assert len(gave_way) == len(set(gave_way))
    times = sorted(one.told_at for one in ledger)
    assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(times[1:]))


def _asked(kind: str, at: datetime, told: dict[str, datetime], promised: date) -> Case:
    return case(kind, at=at, since=at, told=dict(told), promised=promised, theirs=ZoneInfo("America/Chicago"))
