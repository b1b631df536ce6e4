"""Who is held out, and how the arms are compared."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aftercart.outreach.experiments.estimate import (
    customers_needed,
    estimate,
    split_chance,
    student,
    tally,
)
from aftercart.outreach.experiments.rules import WORRIES, ExperimentError, Plan, checked, held_out
from aftercart.outreach.rules import PRESSING
from benchmarks.evidence_deflection import BRANDS, SPARED, fooled, read_at_the_end, truth

keys, shares = st.text("0123456789abcdef", min_size=16, max_size=32), st.floats(0, 1)
customers = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=2, max_size=60)


@given(st.uuids(), keys, shares, shares)
def test_who_is_held_out_at_a_share_is_at_every_greater_one_and_always(
    customer: UUID, key: str, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    assert held_out(customer, key, small) <= held_out(customer, key, large)
    assert held_out(customer, key, one) == held_out(UUID(str(customer)), key, one)
    assert not held_out(customer, key, 0) and held_out(customer, key, 1)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2, 0.5])
def test_as_many_are_held_out_as_was_asked_and_others_by_another_key(share: float) -> None:
    rng, n = random.Random(5), 40_000
    names = [UUID(int=rng.getrandbits(128)) for _ in range(n)]
    here, there = ({name for name in names if held_out(name, key, share)} for key in ("summer", "winter"))

    assert abs(len(here) / n - share) < 4 * (share * (1 - share) / n) ** 0.5
    assert abs(len(here & there) / n - share**2) < 4 * (share**2 / n) ** 0.5 + 1e-3


@given(customers, customers, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_nothing(
    held: list[tuple[int, int]], told: list[tuple[int, int]], rng: random.Random
) -> None:
    before = estimate(tally(held), tally(told))
    rng.shuffle(held)
    rng.shuffle(told)
    assert estimate(tally(held), tally(told)) == before


@given(customers, customers)
def test_the_effect_is_the_difference_of_the_rates_and_lies_within_both_intervals(
    held: list[tuple[int, int]], told: list[tuple[int, int]]
) -> None:
    found = estimate(tally(held), tally(told))
    if found is None:
        assert not sum(contacts for _, contacts in [*held, *told])
        return
    rates = [sum(c for _, c in arm) / sum(o for o, _ in arm) for arm in (held, told)]
    assert found.effect == pytest.approx(rates[0] - rates[1])
    assert found.interval[0] <= found.effect <= found.interval[1]
    # Who may look at any time knows no more than who looks once.
    assert found.always[0] <= found.interval[0] and found.interval[1] <= found.always[1]
    assert found.always[1] - found.effect > 2.5 * found.error


def test_who_has_no_affected_order_has_no_part_in_it() -> None:
    held, told = [(1, 1), (2, 0), (1, 0)], [(1, 0), (1, 1), (3, 1)]
    assert estimate(tally([*held, (0, 0)]), tally([*told, (0, 0)])) == estimate(tally(held), tally(told))


def test_two_arms_of_single_orders_are_compared_as_by_welch_where_the_tails_are_light() -> None:
    held, told = [(1, n % 2) for n in range(400)], [(1, int(n % 4 == 0)) for n in range(400)]
    found = estimate(tally(held), tally(told))
    theirs = stats.ttest_ind([c for _, c in held], [c for _, c in told], equal_var=False).confidence_interval(0.95)
    assert found is not None and found.interval == pytest.approx(tuple(theirs), abs=2e-3)


def test_customers_are_what_varies_not_their_orders() -> None:
    """Ten orders that one customer writes about alike are one observation, not ten."""
    few = [(1, n % 2) for n in range(100)]
    many = [(10, 10 * (n % 2)) for n in range(100)]
    one, ten = estimate(tally(few), tally(few)), estimate(tally(many), tally(many))
    assert one is not None and ten is not None and ten.error == pytest.approx(one.error)


def test_a_held_out_arm_without_a_contact_is_not_taken_for_certain() -> None:
    found = estimate(Counter({(1, 0): 40}), Counter({(1, 0): 700, (1, 1): 60}))
    assert found is not None and not found.enough and not found.proven
    assert found.interval[0] < -0.08 and found.interval[1] > 0
    assert found.relative == (None, None, None)


def test_nothing_is_said_of_an_arm_of_one_or_of_silence() -> None:
    assert estimate(Counter({(1, 1): 1}), Counter({(1, 1): 50})) is None
    assert estimate(Counter({(1, 0): 50}), Counter({(1, 0): 50})) is None


@pytest.mark.parametrize("freedom", [3, 4, 7.5, 20, 300])
@pytest.mark.parametrize("share", [0.9, 0.975, 0.995])
def test_quantiles_of_t_are_those_of_the_tables(share: float, freedom: float) -> None:
    assert student(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=0.02 if freedom < 5 else 1e-3)


@pytest.mark.parametrize(
    ("held", "n", "share"), [(40, 1000, 0.05), (50, 1000, 0.05), (90, 1000, 0.05), (0, 30, 0.1), (7, 9, 0.5)]
)
def test_an_uneven_split_is_as_likely_as_the_binomial_says(held: int, n: int, share: float) -> None:
    law = stats.binom(n, share)
    theirs = min(1.0, 2 * min(law.cdf(held), law.sf(held - 1)))
    assert split_chance(held, n, share) == pytest.approx(theirs, rel=1e-6)


def test_the_more_is_sought_the_fewer_customers_show_it() -> None:
    found = read_at_the_end(BRANDS[0], spared=SPARED, seed=1)
    needed = [customers_needed(found, 0.05, sought=sought) for sought in (0.1, 0.25, 0.5)]
    assert needed == sorted(needed, key=lambda n: -(n or 0)) and needed[1] is not None and 5_000 < needed[1] < 200_000
    assert customers_needed(found, 0.0, sought=0.25) is None


@pytest.mark.parametrize("kind", sorted(PRESSING))
def test_nobody_is_held_out_of_what_needs_them_to_act(kind: str) -> None:
    with pytest.raises(ExperimentError, match=f"kinds: '{kind}' needs the customer to act"):
        checked(Plan(name="notices", kinds=("late", kind)))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kinds": ()}, "kinds: none is named"),
        ({"kinds": ("Late!",)}, "kinds: 'Late!' is not a kind of notice"),
        ({"name": "My test"}, "name: 'My test' is not small letters"),
        ({"share": 0.6}, "share: 0.6 is not from 0 to 0.5"),
        ({"share": -0.1}, "share: -0.1 is not from 0 to 0.5"),
        ({"window_days": 0}, "days: 0 is not from 1 to 60"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_field(told: dict[str, object], said: str) -> None:
    usual: dict[str, object] = {"name": "notices", "kinds": WORRIES}
    with pytest.raises(ExperimentError, match=said):
        checked(Plan(**(usual | told)))  # type: ignore[arg-type]


def test_a_share_of_nobody_is_a_plan_too() -> None:
    assert checked(Plan(name="notices", kinds=("late", "late", "stalled"), share=0)).kinds == ("late", "stalled")


@pytest.mark.parametrize("spared", [SPARED, 0.0])
def test_the_interval_of_a_season_covers_what_is_true_of_it(spared: float) -> None:
    brand, seasons = BRANDS[0], 40
    found = [read_at_the_end(brand, spared=spared, seed=seed) for seed in range(seasons)]
    true = truth(brand, spared)
    # Of 40 at 95 % fewer than 35 would be chance once in four hundred times.
    assert sum(one.interval[0] <= true <= one.interval[1] for one in found) >= 35
    assert abs(sum(one.effect for one in found) / seasons - true) < 0.02


def test_looking_every_day_proves_nothing_that_is_not_there() -> None:
    assert sum(fooled(BRANDS[2], seed)[0] for seed in range(12)) <= 2
