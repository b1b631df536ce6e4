"""How long is usual, learned from what was: limits of silence and of stays."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import State
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.silence import EVER, NORMS, SHELF, USUAL, Silence, stay, steps
from aftercart.promises.spells import Seen, Spell, longest, spells
from benchmarks import evidence_limits

TO_LYON = Lane(carrier="colissimo", service="home", origin="NL", destination="FR")
TO_PORTO = Lane(carrier="ctt", service="home", origin="NL", destination="PT")
FLOOR, CEILING = USUAL.floor, USUAL.ceiling
MOVES = "in_transit"


def quiet_until(silence: Silence, lane: Lane) -> float | None:
    found = silence.limits().get((MOVES, lane.key))
    return found.days if found else None


def heard(lane: Lane, gaps: list[float], times: int = 50, silence: Silence | None = None) -> Silence:
    silence = silence or Silence()
    for gap in gaps * times:
        silence.observe(MOVES, lane, days=gap, ended=True)
    return silence


def test_silence_is_judged_by_what_is_usual_on_that_lane() -> None:
    silence = heard(TO_PORTO, [4.0, 5.0, 6.0], silence=heard(TO_LYON, [0.5, 1.0, 2.5]))
    lyon, porto = quiet_until(silence, TO_LYON), quiet_until(silence, TO_PORTO)
    assert lyon is not None and porto is not None
    assert FLOOR <= lyon < porto <= CEILING


def test_nobody_is_alarmed_within_two_business_days_and_nobody_waits_for_weeks() -> None:
    assert quiet_until(heard(TO_LYON, [0.1, 0.2]), TO_LYON) == FLOOR
    assert quiet_until(heard(TO_LYON, [19.0, 19.5]), TO_LYON) == CEILING


def test_a_few_gaps_teach_nothing() -> None:
    assert quiet_until(heard(TO_LYON, [1.0], times=20), TO_LYON) is None


def test_parcels_that_never_moved_again_teach_patience() -> None:
    silence = heard(TO_LYON, [0.5, 1.0, 2.5])
    before = quiet_until(silence, TO_LYON)
    for _ in range(60):
        silence.observe(MOVES, TO_LYON, days=6.0, ended=False)
    after = quiet_until(silence, TO_LYON)
    assert before is not None and after is not None and after > before


def test_learned_silence_survives_being_stored_and_an_older_shorter_table_is_read() -> None:
    silence = heard(TO_LYON, [0.5, 1.0, 2.5])
    silence.observe("in_customs", TO_PORTO, days=3.0, ended=False)
    stored = json.loads(json.dumps(silence.to_dict()))
    assert Silence.from_dict(stored).limits() == silence.limits()
    older = {name: [[milestone, key, bins[:41]] for milestone, key, bins in rows] for name, rows in stored.items()}
    assert Silence.from_dict(older).limits() == silence.limits()


def test_a_lane_without_a_past_is_judged_by_its_carrier_before_the_network() -> None:
    slow, quick = Lane(carrier="ctt", origin="NL", destination="ES"), TO_LYON
    silence = heard(slow, [5.0, 6.0], silence=heard(quick, [0.5], times=8000))
    limits = silence.limits()
    levels = [limits[MOVES, step.key].level for step in steps(TO_PORTO) if (MOVES, step.key) in limits]
    assert levels == ["carrier", "network"]
    assert limits[MOVES, Lane(carrier="ctt").key].days > limits[MOVES, NETWORK.key].days
    assert [step.level for step in steps(TO_PORTO)] == ["lane", "carrier to this destination", "carrier", "network"]


lanes = st.sampled_from([TO_LYON, TO_PORTO, Lane(destination="FR"), NETWORK])
milestones = st.sampled_from([MOVES, "placed", stay(State.OUT_FOR_DELIVERY), EVER, SHELF])
pasts = st.lists(
    st.tuples(milestones, lanes, st.floats(0, 40), st.booleans(), st.sampled_from([1, 40, 250])), max_size=12
)


def learned(past: list[tuple[str, Lane, float, bool, int]]) -> Silence:
    silence = Silence()
    for milestone, lane, days, ended, times in past:
        for _ in range(times):
            silence.observe(milestone, lane, days=days, ended=ended)
    return silence


@given(pasts)
def test_no_history_makes_a_limit_more_nervous_than_the_floor_or_more_patient_than_the_ceiling(
    past: list[tuple[str, Lane, float, bool, int]],
) -> None:
    for (milestone, _), limit in learned(past).limits().items():
        norm = NORMS.get(milestone, USUAL)
        assert norm.floor <= limit.days <= norm.ceiling


@given(pasts, st.floats(0.5, 0.999), st.floats(0.5, 0.999))
def test_who_wants_fewer_told_in_vain_waits_no_shorter(
    past: list[tuple[str, Lane, float, bool, int]], one: float, other: float
) -> None:
    silence = learned(past)
    sooner, later = silence.limits(min(one, other)), silence.limits(max(one, other))
    assert sooner.keys() == later.keys()
    assert all(sooner[key].days <= later[key].days for key in sooner)


@given(pasts, st.randoms(use_true_random=False))
def test_the_order_of_the_past_is_irrelevant(
    past: list[tuple[str, Lane, float, bool, int]], chance: random.Random
) -> None:
    shuffled = list(past)
    chance.shuffle(shuffled)
    assert learned(shuffled).limits() == learned(past).limits()


def test_on_lanes_whose_truth_is_known_about_two_in_a_hundred_pass_the_limit_however_short_the_past() -> None:
    for history, found in evidence_limits.run()["by_history"].items():
        assert 0.005 <= found["stalled"] <= 0.03 < found["stalled_by_fixed_limit"], history
        assert found["stalled_most"] < 0.08 and found["lost"] <= 0.006, history


# What one parcel teaches

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def road(*steps: tuple[float, State, str]) -> list[Seen]:
    return [Seen(NOON + timedelta(days=days), state, city) for days, state, city in steps]


WAY = road(
    (0, State.ACCEPTED, "Köln"),
    (1, State.IN_TRANSIT, "Köln"),
    (2, State.IN_TRANSIT, "KÖLN"),
    (6, State.IN_TRANSIT, "Leipzig"),
    (7, State.HELD, "Leipzig"),
    (9, State.OUT_FOR_DELIVERY, "Dresden"),
    (9.25, State.DELIVERED, "Dresden"),
)


def taught(scans: list[Seen], *, now: float = 20, arrived: bool = True) -> dict[str, tuple[float, bool]]:
    found = longest(
        spells(scans),
        now=NOON + timedelta(days=now),
        arrived=arrived,
        clock=lambda since, until: (until - since) / timedelta(days=1),
    )
    return {milestone: (most.days, most.ended) for milestone, most in found.items()}


def test_a_parcel_teaches_the_longest_silence_and_stay_at_each_milestone() -> None:
    assert taught(WAY) == {
        "accepted": (1.0, True),
        "in_transit": (4.0, True),
        "stay:hub": (5.0, True),  # scanned twice in Köln, and there all the while
        "stay:held": (2.0, True),
        "stay:out_for_delivery": (0.25, True),
        EVER: (4.0, True),
    }


def test_what_has_not_arrived_teaches_that_it_may_take_longer_still() -> None:
    assert taught(WAY[:4], now=8, arrived=False) == {
        "accepted": (1.0, False),
        "in_transit": (4.0, False),
        "stay:hub": (5.0, False),
    }
    assert taught(WAY[:4], now=13, arrived=False)["in_transit"] == (7.0, False)


def test_what_never_arrived_says_nothing_about_how_long_arrivals_are_silent() -> None:
    back = road(
        (0, State.AVAILABLE_FOR_PICKUP, "Bonn"), (1, State.AVAILABLE_FOR_PICKUP, "Bonn"), (8, State.RETURNING, "")
    )
    assert taught(back, arrived=False) == {SHELF: (8.0, True)}


@given(st.permutations(WAY))
def test_scans_teach_the_same_in_any_order(scans: list[Seen]) -> None:
    assert taught(scans) == taught(WAY)


@pytest.mark.parametrize("state", list(State))
def test_every_state_can_stand_alone(state: State) -> None:
    assert all(isinstance(spell, Spell) for spell in spells(road((0, state, "Köln"))))
