"""Which disruption a parcel is in, and what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.lanes import Lane
from aftercart.watch.disruptions.series import Series
from aftercart.watch.disruptions.standing import Disruption, affecting, disruption_of

DAY = timedelta(days=1)
ID = UUID(int=1)


def disruption(part: str, name: str, *, kind: str = "", slow: float = 0.3) -> Disruption:
    return Disruption(id=ID, kind=kind or part, series=Series(part, name), began=date(2026, 3, 6), slow=slow)


@pytest.mark.parametrize(
    ("part", "name", "inside"),
    [
        ("network", "", True),
        ("carrier", "ups", True),
        ("carrier", "dhl", False),
        ("service", "ups|Ground", True),
        ("service", "ups|Air", False),
        ("region", "US-IL", True),
        ("region", "US Midwest", True),
        ("region", "US South", False),
        ("hub", "ups|Toledo", True),
        ("hub", "ups|Gary", False),
        ("hub", "dhl|Toledo", False),
    ],
)
def test_who_is_in_a_disruption(part: str, name: str, *, inside: bool) -> None:
    lane = Lane(carrier="ups", service="Ground", origin="US-OH", destination="US-IL")
    assert disruption(part, name).covers(lane, "ups", "Toledo") is inside


def test_a_parcel_is_told_of_the_narrowest_disruption_and_never_of_lost_news() -> None:
    hub, everything = disruption("hub", "ups|Toledo"), disruption("network", "")
    outage, drift = disruption("network", "", kind="feed outage"), disruption("network", "", kind="drift")
    found = affecting([everything, outage, drift, hub])
    assert found == (hub, everything)
    lane = Lane(carrier="ups", destination="US-IL")
    assert disruption_of(found, lane, "ups", "Toledo") == hub
    assert disruption_of(found, lane, "ups", "Gary") == everything
    assert disruption_of(affecting([outage, drift]), lane, "ups", "Gary") is None


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 40))
def test_the_slower_it_is_the_more_days_it_costs(one: float, other: float, days: int) -> None:
    today = date(2026, 3, 6) + days * DAY
    slower, quicker = sorted((one, other))
    a, b = disruption("carrier", "ups", slow=slower), disruption("carrier", "ups", slow=quicker)
    assert 10 >= a.costs(today) >= b.costs(today) >= 0
    assert a.patience() >= b.patience() >= 1


@given(st.floats(0, 1), st.integers(-30, 40), st.integers(0, 40))
def test_a_parcel_loses_no_more_days_than_it_was_under_way_while_it_lasted(slow: float, left: int, days: int) -> None:
    began = date(2026, 3, 6)
    today = began + days * DAY
    held = disruption("carrier", "ups", slow=slow).held(min(began + left * DAY, today), today)
    assert 0 <= held.lost <= min(days, max(days - left, 0)) and held.ahead >= 0
