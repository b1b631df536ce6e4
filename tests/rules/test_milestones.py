"""Where a parcel was last seen bends what is believed of its next days, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import State
from aftercart.orders.journey import Scanned, follow
from aftercart.promises.arrivals.orders import NEVER
from aftercart.promises.arrivals.standing import Seen as Past
from aftercart.promises.arrivals.standing import bends, stood
from aftercart.promises.lanes import Lane
from aftercart.promises.milestones import (
    AWAY,
    DEPOT,
    FAR,
    NAMES,
    NEAR,
    Milestones,
    Seen,
    Stand,
    Standing,
    bent,
    milestone,
    stands,
)
from aftercart.promises.pace import Pace
from aftercart.promises.queries import Row, subject
from aftercart.promises.rules import window
from aftercart.promises.services import standing

LANE = Lane(carrier="ups", origin="US-OH", destination="US-CA")
ABROAD = Lane(carrier="dhl", origin="DE", destination="FR")
OUT, CUSTOMS = State.OUT_FOR_DELIVERY.value, State.IN_CUSTOMS.value
TODAY = date(2026, 3, 10)

CASES = [
    ("a hub on the way", LANE, State.IN_TRANSIT, "Denver", "US", "CO", AWAY),
    ("a hub in the customer's state", LANE, State.IN_TRANSIT, "Oakland", "US", "CA", NEAR),
    ("its name written out", LANE, State.IN_TRANSIT, "Oakland", "US", "California", NEAR),
    ("the customer's own town", LANE, State.IN_TRANSIT, "FRESNO", "US", "CA", DEPOT),
    ("a scan that names no place", LANE, State.ACCEPTED, "", "", "", AWAY),
    ("abroad, in the customer's country", ABROAD, State.IN_TRANSIT, "Metz", "FR", "GES", NEAR),
    ("abroad, not there yet", ABROAD, State.IN_TRANSIT, "Mainz", "DE", "RP", AWAY),
    ("with the courier, wherever", LANE, State.OUT_FOR_DELIVERY, "Fresno", "US", "CA", OUT),
    ("on its way back", LANE, State.RETURNING, "Fresno", "US", "CA", ""),
    ("only a label", LANE, State.LABEL_CREATED, "Columbus", "US", "OH", ""),
]


@pytest.mark.parametrize(("told", "lane", "state", "seen_in", "country", "region", "expected"), CASES)
def test_a_scan_says_where_its_parcel_is(
    told: str, lane: Lane, state: str, seen_in: str, country: str, region: str, expected: str
) -> None:
    found = milestone(state, lane, town="Fresno", seen_in=seen_in, country=country, region=region)
    assert found == expected, told


curves = st.lists(st.floats(0, 0.95), min_size=30, max_size=80).map(lambda days: 1 - np.cumprod(1 - np.array(days)))
places = st.builds(Stand, st.sampled_from([*NAMES, "unheard of"]), st.integers(-1, 40))


@given(curves, places)
def test_whatever_it_stands_at_the_chance_of_having_come_only_grows(curve: np.ndarray, at: Stand) -> None:
    found = list(bent(curve.tolist(), Milestones().course(at)))
    assert len(found) == len(curve) and all(a <= b for a, b in pairwise(found))
    assert found[0] >= 0 and found[-1] <= 1
    if at.milestone in (AWAY, "unheard of"):
        assert found == pytest.approx(curve.tolist(), abs=1e-9), "what says nothing changes nothing"


@given(st.integers(0, 40), st.floats(0.5, 0.95))
def test_what_is_out_today_is_expected_no_later_and_what_customs_holds_no_sooner(age: int, share: float) -> None:
    def latest(name: str) -> date:
        speed = Standing(Pace(), Milestones(), Stand(name, 0))
        start, shares = TODAY - timedelta(days=age), (1 - share, share)
        return window(speed, lane=LANE, start=start, today=TODAY, shares=shares).latest

    assert latest(OUT) <= latest(DEPOT) <= latest(AWAY) <= latest(CUSTOMS)


SCANNED = st.tuples(
    st.integers(0, 6),
    st.sampled_from([State.LABEL_CREATED, State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS, State.HELD,
                     State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED]),
    st.sampled_from([("", ""), ("", "US"), ("Denver", "US"), ("Fresno", "US"), ("Fresno", "")]),
    st.sampled_from(["", "CO", "CA"]),
)  # fmt: skip


@given(st.lists(SCANNED, min_size=1, max_size=8))
def test_the_past_is_read_as_the_present_is(scans: list[tuple[int, State, tuple[str, str], str]]) -> None:
    scans = [(0, State.ACCEPTED, ("Columbus", "US"), "OH"), *sorted(scans, key=lambda scan: scan[0])]
    at = [datetime(2026, 3, 1 + day, 20, n, tzinfo=UTC) for n, (day, *_) in enumerate(scans)]
    road = [
        Scanned(at=when, id=str(n), state=state, city=city, country=country, region=region)
        for n, (when, (_, state, (city, country), region)) in enumerate(zip(at, scans, strict=True))
    ]
    course = follow(road, "US", "OH")
    blank: dict[str, Any] = dict.fromkeys(Row._fields)
    blank |= {"country": "US", "region": "CA", "postal_code": "93650", "order_service": "", "order_city": "Fresno"}
    blank |= {"carrier": "ups", "service": "", "origin_country": "US", "origin_region": "OH"}
    seen = {"state": course.state, "state_at": course.state_at, "moved_at": course.moved_at, "city": course.city}
    place = {"state_country": course.state_place[0], "state_region": course.state_place[1], "order_id": UUID(int=1)}
    pace = Pace()
    live = standing(pace, Milestones(), subject(Row(**(blank | seen | place))), date(2026, 3, 20))
    learned = stands(
        [Seen(d, state, city, country, region) for d, state, (city, country), region in scans], LANE, "Fresno"
    )
    day, name = learned[-1]
    assert isinstance(live, Standing) and live.at == Stand(name, 19 - day)


def past(came: np.ndarray, *, hazard: float, name: str = OUT, known: int = FAR) -> Past:
    """Parcels that came to a milestone on their day 3, of which each day was believed to have the same chance."""
    usual = np.broadcast_to(1 - (1 - hazard) ** np.arange(1, FAR + 1), (len(came), FAR))
    rows = np.full(len(came), 3)
    return Past(
        stands=[((3, name),)] * len(came), morning=rows, usual=usual, came=np.where(came < known, came, NEVER),
        known=rows * 0 + known, counts=np.ones(len(came)),
    )  # fmt: skip


def chance(learned: list[list[Any]], ahead: int, usual: float, name: str = OUT) -> float:
    found = list(bent((1 - (1 - usual) ** np.arange(1, 30)).tolist(), Milestones.of(learned).course(Stand(name, 0))))
    return (found[ahead] - (found[ahead - 1] if ahead else 0)) / (1 - (found[ahead - 1] if ahead else 0))


@pytest.mark.parametrize("known", [FAR, 3])
def test_what_came_teaches_and_what_is_still_open_does_too(known: int) -> None:
    draw = np.random.default_rng(1)
    came = draw.geometric(0.6, 800) - 1
    learned = bends([past(came, hazard=0.2, known=known)])
    assert chance(learned, 0, 0.2) == pytest.approx(0.6, abs=0.04)
    assert chance(learned, 2, 0.2) == pytest.approx(0.6, abs=0.06)


def test_little_teaches_little() -> None:
    late = np.full(12, 9)
    believed = [chance(bends([past(np.tile(late, n), hazard=0.2)]) if n else [], 0, 0.2) for n in (0, 1, 10)]
    assert believed[0] == pytest.approx(0.85) and 0.4 < believed[1] < 0.8 and believed[2] < 0.2


def test_a_milestone_that_says_nothing_learns_to_say_nothing() -> None:
    draw = np.random.default_rng(1)
    parts = [past(draw.geometric(p, 600) - 1, hazard=p, name=AWAY) for p in (0.1, 0.2, 0.5)]
    learned = bends(parts)
    for usual in (0.1, 0.2, 0.5):
        assert chance(learned, 0, usual, AWAY) == pytest.approx(usual, abs=0.05)


def test_a_parcel_stands_where_it_stood_that_morning_and_where_it_comes_to_that_day() -> None:
    road = [(1, AWAY), (3, AWAY), (3, DEPOT), (4, OUT)]
    assert stood(road, 1) == [(AWAY, 0)]
    assert stood(road, 2) == [(AWAY, 1)]
    assert stood(road, 3) == [(AWAY, 2), (AWAY, 0), (DEPOT, 0)]
    assert stood(road, 6) == [(OUT, 2)]
