"""Whether a date was kept: it depends on what happened, and never on the order in which we heard of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.keeping import (
    BROKEN,
    KEPT,
    VOID,
    Entry,
    Fate,
    Outcome,
    first_told,
    in_force,
    last_told,
    outcomes,
)
from aftercart.promises.lanes import Lane

ORDER, ONE, TWO = UUID(int=1), UUID(int=2), UUID(int=3)
TOLD = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = date(2026, 3, 10)
HOME = Lane(service="Ground", origin="US-OH", destination="US-IL")
UPS, USPS = replace(HOME, carrier="ups"), replace(HOME, carrier="usps")


def entry(n: int, latest: date, *, after: int = 0, surface: str = "checkout", parcel: UUID | None = None) -> Entry:
    return Entry(UUID(int=100 + n), ORDER, parcel, None, latest, surface, TOLD + timedelta(days=after))


def fate(today: date, cancelled_on: date | None = None, **arrived: date | None) -> Fate:
    ids = {"one": ONE, "two": TWO}
    return Fate(
        today=today,
        arrivals={ids[name]: day for name, day in arrived.items()},
        lanes={ONE: UPS, TWO: USPS},
        lane=HOME,
        cancelled_on=cancelled_on,
    )


@pytest.mark.parametrize(
    ("what", "became", "outcome"),
    [
        ("on its day", fate(FIRST, one=FIRST), Outcome(KEPT, FIRST, 0, carrier="ups", lane=UPS.key)),
        ("earlier", fate(FIRST, one=date(2026, 3, 8)), Outcome(KEPT, date(2026, 3, 8), 0, carrier="ups", lane=UPS.key)),
        ("three days late", fate(FIRST, one=date(2026, 3, 13)),
         Outcome(BROKEN, date(2026, 3, 13), 3, carrier="ups", lane=UPS.key)),
        ("on its day, not here yet", fate(FIRST, one=None), None),
        ("its day has passed", fate(date(2026, 3, 11), one=None), Outcome(BROKEN, carrier="ups", lane=UPS.key)),
        ("nothing has even left", fate(date(2026, 3, 11)), Outcome(BROKEN, lane=HOME.key)),
        ("half of it came", fate(FIRST, one=FIRST, two=None), None),
        ("the rest came late", fate(FIRST, one=FIRST, two=date(2026, 3, 12)),
         Outcome(BROKEN, date(2026, 3, 12), 2, carrier="usps", lane=USPS.key)),
        ("cancelled in time", fate(date(2026, 3, 20), date(2026, 3, 10)), Outcome(VOID, lane=HOME.key)),
        ("cancelled because it was late", fate(date(2026, 3, 20), date(2026, 3, 11)), Outcome(BROKEN, lane=HOME.key)),
        ("cancelled, and came all the same", fate(FIRST, date(2026, 3, 2), one=FIRST),
         Outcome(KEPT, FIRST, 0, carrier="ups", lane=UPS.key)),
    ],
)  # fmt: skip
def test_a_date_is_kept_broken_void_or_not_decided(what: str, became: Fate, outcome: Outcome | None) -> None:
    assert outcomes([entry(1, FIRST)], became).get(UUID(int=101)) == outcome, what


def test_a_date_that_another_replaced_is_judged_all_the_same() -> None:
    told = [entry(1, FIRST), entry(2, date(2026, 3, 14), after=5, surface="notice:late")]

    found = outcomes(told, fate(date(2026, 3, 20), one=date(2026, 3, 13)))

    assert found[UUID(int=101)] == Outcome(BROKEN, date(2026, 3, 13), 3, superseded=True, carrier="ups", lane=UPS.key)
    assert found[UUID(int=102)] == Outcome(KEPT, date(2026, 3, 13), 0, carrier="ups", lane=UPS.key)


def test_the_same_date_told_again_replaces_nothing() -> None:
    told = [entry(1, FIRST), entry(2, FIRST, after=1, surface="confirmation")]
    assert not any(o.superseded for o in outcomes(told, fate(FIRST, one=FIRST)).values())


def test_a_date_of_one_parcel_is_kept_by_that_parcel() -> None:
    told = [entry(1, FIRST, parcel=ONE), entry(2, FIRST, parcel=TWO)]
    found = outcomes(told, fate(date(2026, 3, 12), one=FIRST, two=date(2026, 3, 12)))
    assert [found[UUID(int=n)].state for n in (101, 102)] == [KEPT, BROKEN]


def test_what_only_the_page_showed_counts_while_nobody_told_anything_firmer() -> None:
    page, shop = entry(1, date(2026, 3, 12), after=3, surface="page"), entry(2, FIRST)
    assert in_force([page]) is page and in_force([page, shop]) is shop and in_force([]) is None
    assert first_told([page, shop]) == FIRST and first_told([page]) is None
    seen = last_told([page, shop])
    assert seen is page and last_told([]) is None


DAYS = st.integers(0, 20).map(lambda n: FIRST + timedelta(days=n - 10))
ENTRIES = st.lists(st.tuples(DAYS, st.integers(0, 9)), max_size=5).map(
    lambda told: [entry(n, latest, after=after) for n, (latest, after) in enumerate(told)]
)
FATES = st.builds(fate, DAYS, st.none() | DAYS, one=st.none() | DAYS, two=st.none() | DAYS)


@given(ENTRIES, FATES, st.randoms())
def test_outcomes_do_not_depend_on_the_order_of_the_ledger(told: list[Entry], became: Fate, chance: object) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outcomes(shuffled, became) == outcomes(told, became)


@given(ENTRIES, FATES)
def test_once_everything_has_arrived_every_date_is_decided_for_good(told: list[Entry], became: Fate) -> None:
    arrived = fate(became.today, became.cancelled_on, one=FIRST, two=FIRST)
    later = fate(became.today + timedelta(days=9), became.cancelled_on, one=FIRST, two=FIRST)
    assert len(outcomes(told, arrived)) == len(told) and outcomes(told, arrived) == outcomes(told, later)


@given(ENTRIES, FATES)
def test_a_kept_date_is_never_late_and_a_late_one_never_kept(told: list[Entry], became: Fate) -> None:
    for outcome in outcomes(told, became).values():
        assert (outcome.state == KEPT) == (outcome.arrived_on is not None and outcome.days_late == 0)
