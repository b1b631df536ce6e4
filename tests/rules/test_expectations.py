"""What the brand's calendar moves: preorders, launches, backorders, peaks and closed doors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.brands.rules import KINDS, Entry, EntryError, checked
from aftercart.promises.calendars import Calendar
from aftercart.promises.expectations import Course, Start, closed_days, counted, on_the_road, start

ORDERED = date(2026, 11, 20)
LEAVES = date(2026, 12, 7)


def entry(kind: str, **known: Any) -> Entry:
    usual: dict[str, Any] = {"kind": kind, "name": kind, "begins": date(2026, 11, 1), "ends": date(2026, 11, 30)}
    return Entry(**(usual | known))


TEAPOT = Course(skus=("POT-1", "BOWL-2"), country="US", region="NY", carrier="", service="Express")
PREORDER = entry("preorder", sku="POT-1", ships_from=LEAVES)

STARTS: list[tuple[str, list[Entry], Start]] = [
    ("an empty calendar moves nothing", [], Start(day=ORDERED)),
    ("a preorder waits for its day", [PREORDER], Start(day=LEAVES, because="preorder", leaves=LEAVES)),
    ("of another product", [entry("preorder", sku="CUP-1", ships_from=LEAVES)], Start(day=ORDERED)),
    ("of all that begin so", [entry("launch", sku="pot-*", ships_from=LEAVES)],
     Start(day=LEAVES, because="launch", leaves=LEAVES)),
    ("its day has come already", [entry("preorder", ships_from=date(2026, 11, 10))], Start(day=ORDERED)),
    ("a backorder without a day", [entry("backorder", handling_days=10)],
     Start(day=date(2026, 11, 30), because="backorder", leaves=date(2026, 11, 30))),
    ("ordered after it ended", [entry("preorder", ends=date(2026, 11, 19), ships_from=LEAVES)], Start(day=ORDERED)),
    ("the latest of several products", [PREORDER, entry("launch", sku="BOWL-2", ships_from=date(2026, 12, 9))],
     Start(day=date(2026, 12, 9), because="launch", leaves=date(2026, 12, 9))),
    ("a peak makes packing longer", [entry("peak", handling_days=2)], Start(day=date(2026, 11, 22), because="peak")),
    ("and the road", [entry("peak", handling_days=2, transit_days=1)], Start(day=date(2026, 11, 23), because="peak")),
    ("two peaks do not add up", [entry("peak", handling_days=2), entry("campaign", handling_days=3)],
     Start(day=date(2026, 11, 23), because="campaign")),
    ("elsewhere", [entry("peak", handling_days=2, country="DE")], Start(day=ORDERED)),
    ("in another state", [entry("peak", handling_days=2, country="US", region="CA")], Start(day=ORDERED)),
    ("in this one", [entry("peak", handling_days=2, country="US", region="NY")],
     Start(day=date(2026, 11, 22), because="peak")),
    ("by another method", [entry("peak", handling_days=2, service="standard")], Start(day=ORDERED)),
    ("by this one", [entry("peak", handling_days=2, service="express")],
     Start(day=date(2026, 11, 22), because="peak")),
    ("a carrier that is not known yet", [entry("peak", transit_days=2, carrier="ups")], Start(day=ORDERED)),
    ("a closed door", [entry("closure", begins=ORDERED, ends=date(2026, 11, 22))],
     Start(day=date(2026, 11, 23), because="closure", leaves=date(2026, 11, 23))),
    ("two closed doors", [entry("closure", begins=ORDERED, ends=date(2026, 11, 22)),
                          entry("closure", begins=date(2026, 11, 23), ends=date(2026, 11, 23))],
     Start(day=date(2026, 11, 24), because="closure", leaves=date(2026, 11, 24))),
    ("a product that comes to a closed door", [PREORDER, entry("closure", begins=LEAVES, ends=date(2026, 12, 8))],
     Start(day=date(2026, 12, 9), because="preorder", leaves=date(2026, 12, 9))),
    ("and a queue behind it", [PREORDER, entry("peak", handling_days=2)],
     Start(day=date(2026, 12, 9), because="preorder", leaves=LEAVES)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "entries", "wanted"), STARTS, ids=[case[0] for case in STARTS])
def test_from_when_an_order_counts(what: str, entries: list[Entry], wanted: Start) -> None:
    assert start(entries, ordered=ORDERED, course=TEAPOT) == wanted


def test_what_has_left_waits_for_no_product_but_for_a_slow_road() -> None:
    by_ups = Course(skus=("POT-1",), country="US", carrier="ups")
    slow = entry("peak", transit_days=2, carrier="ups")
    assert on_the_road([PREORDER], left=ORDERED, course=by_ups) == Start(day=ORDERED)
    assert on_the_road([slow], left=ORDERED, course=by_ups) == Start(day=date(2026, 11, 22), because="peak")
    assert on_the_road([slow], left=date(2026, 12, 1), course=by_ups) == Start(day=date(2026, 12, 1))


def test_a_closure_closes_our_door_and_a_holiday_the_road() -> None:
    holiday = entry("holiday", begins=ORDERED, ends=ORDERED, country="US")
    closure = entry("closure", begins=date(2026, 11, 23), ends=date(2026, 11, 24))
    days = {ORDERED, date(2026, 11, 23), date(2026, 11, 24)}
    assert closed_days([holiday, closure], TEAPOT, packing=True) == days
    assert closed_days([holiday, closure], TEAPOT, packing=False) == {ORDERED}
    assert closed_days([holiday], Course(country="CA"), packing=True) == frozenset()


DAYS = st.integers(0, 60).map(lambda n: date(2026, 11, 1) + timedelta(days=n))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    kind, begins = draw(st.sampled_from(sorted(KINDS))), draw(DAYS)
    known: dict[str, Any] = {"begins": begins, "ends": begins + timedelta(days=draw(st.integers(0, 20)))}
    if kind in ("preorder", "launch", "backorder"):
        known["ships_from"] = begins + timedelta(days=draw(st.integers(0, 40)))
    if kind in ("peak", "campaign"):
        known |= {"handling_days": draw(st.integers(1, 5)), "transit_days": draw(st.integers(0, 5))}
    return checked(entry(kind, **known))


@given(st.lists(entries(), max_size=6), DAYS)
def test_no_entry_makes_an_order_count_from_an_earlier_day(calendar: list[Entry], ordered: date) -> None:
    found = start(calendar, ordered=ordered, course=TEAPOT)
    assert found.day >= ordered and (found.leaves is None or ordered <= found.leaves <= found.day)
    assert bool(found.because) == (found.day > ordered)
    assert not any(e.kind == "closure" and e.in_force(found.day) for e in calendar)


@given(st.lists(entries(), max_size=5), entries(), DAYS)
def test_one_entry_more_makes_nothing_come_sooner(calendar: list[Entry], more: Entry, ordered: date) -> None:
    before = start(calendar, ordered=ordered, course=TEAPOT)
    assert start([*calendar, more], ordered=ordered, course=TEAPOT).day >= before.day


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sale", {}, "kind"),
    ("peak", {"name": " ", "handling_days": 1}, "name"),
    ("peak", {"ends": date(2026, 10, 1), "handling_days": 1}, "ends"),
    ("peak", {}, "handling_days"),
    ("peak", {"handling_days": 90}, "handling_days"),
    ("peak", {"handling_days": 1, "ships_from": LEAVES}, "ships_from"),
    ("preorder", {}, "ships_from"),
    ("preorder", {"ships_from": date(2026, 10, 1)}, "ships_from"),
    ("holiday", {"ends": None}, "ends"),
    ("closure", {"sku": "POT-1"}, "kind"),
    ("campaign", {"country": "QQ"}, "country"),
    ("campaign", {"region": "NY"}, "region"),
]


@pytest.mark.parametrize(("kind", "known", "field"), WRONG)
def test_what_cannot_be_is_refused_by_its_field(kind: str, known: dict[str, Any], field: str) -> None:
    with pytest.raises(EntryError) as refused:
        checked(entry(kind, **known))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("ordered", "counts", "until"),
    [
        ("2026-03-10 13:59", date(2026, 3, 10), "2026-03-10 14:00"),
        ("2026-03-10 14:00", date(2026, 3, 11), "2026-03-11 00:00"),
        ("2026-03-13 14:01", date(2026, 3, 17), "2026-03-14 00:00"),  # a Friday; the Monday is a holiday
        ("2026-03-14 09:00", date(2026, 3, 17), "2026-03-15 00:00"),
    ],
)
def test_after_the_cut_off_and_on_days_off_an_order_counts_as_of_the_next_working_day(
    ordered: str, counts: date, until: str
) -> None:
    packing = Calendar(holidays=frozenset({date(2026, 3, 16)}))
    at, changes = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (ordered, until))
    assert counted(at, cutoff_minute=14 * 60, packing=packing) == (counts, changes)
    assert counted(at, cutoff_minute=None, packing=packing)[0] == at.date()
