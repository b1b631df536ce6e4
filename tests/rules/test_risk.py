"""How likely a contact is, and what it may cost: properties that hold for every order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.ops.stakes import Weighed, chance_in_words, reason_in_words
from aftercart.risk.fitting import Day, learn
from aftercart.risk.hazard import HORIZONS, PRIOR, Hazard, Standing, course, levels
from aftercart.risk.prior import ENDS, FACTORS, ODDS, REFUNDED
from aftercart.risk.rules import Costs, Stake, StakesError, costs, expected, reasons, undelivered
from benchmarks.evidence_risk import judged
from benchmarks.worried import BRANDS, days, probes

standings = st.builds(
    Standing,
    kind=st.sampled_from([*ODDS["kind"], "of a later release"]),
    age=st.integers(0, 60),
    late=st.none() | st.integers(-30, 40),
    danger=st.booleans(),
    silent=st.integers(0, 40),
    state=st.sampled_from(["", "label_created", "in_transit", "out_for_delivery", "held", "lost", "delivered"]),
    looks=st.integers(0, 30),
    contacts=st.integers(0, 9),
    told=st.none() | st.integers(0, 30),
    weekday=st.integers(0, 6),
)
stakes = st.builds(
    Stake,
    value=st.integers(0, 10**7),
    currency=st.sampled_from(["EUR", "USD", "JPY", "KWD", "XXX", ""]),
    undelivered=st.floats(0, 1),
    orders=st.integers(1, 40),
    worries=st.integers(0, 9),
)
chances = st.floats(0, 1)
# An order has one morning a day.
taught = st.lists(
    st.builds(Day, order=st.integers(0, 40), standing=standings, within=st.just({1: True, 3: True})),
    unique_by=lambda day: day.order,
    max_size=12,
)


@given(standings)
def test_a_longer_time_never_has_a_smaller_chance(standing: Standing) -> None:
    one, three, seven = PRIOR.chances(standing)
    assert 0 < one <= three <= seven < 1


@given(standings)
def test_every_level_of_an_order_is_in_the_table(standing: Standing) -> None:
    for at in course(standing, HORIZONS[-1]):
        assert all(level in ODDS[name] for name, level in zip(FACTORS, at, strict=True))
    assert course(standing, 3)[0] == levels(standing)


@given(standings, stakes, chances, chances)
def test_a_likelier_contact_never_costs_less(standing: Standing, stake: Stake, one: float, other: float) -> None:
    low, high = sorted((one, other))
    cheap, dear = (expected(standing, stake, chance=chance, costs=Costs()).total for chance in (low, high))
    assert cheap <= dear


@given(standings, stakes, st.integers(0, 10**7), chances)
def test_a_dearer_order_never_costs_less(standing: Standing, stake: Stake, more: int, chance: float) -> None:
    dearer = replace(stake, value=stake.value + more, spent=stake.spent + more)
    assert (
        expected(standing, stake, chance=chance, costs=Costs()).total
        <= expected(standing, dearer, chance=chance, costs=Costs()).total
    )


@given(standings, stakes, chances)
def test_no_cost_is_negative_and_what_was_refunded_is_not_at_stake(
    standing: Standing, stake: Stake, chance: float
) -> None:
    refunded = expected(standing, replace(stake, refunded=stake.value), chance=chance, costs=Costs())
    assert refunded.refund == 0 <= min(refunded.contact, refunded.future)


@given(st.integers(1, 10**7), standings)
def test_the_same_worth_weighs_the_same_in_every_currency(cents: int, standing: Standing) -> None:
    prices = Costs(currency="EUR", rates={"JPY": 160.0})
    euros, yen = Stake(value=100 * cents, currency="EUR"), Stake(value=160 * cents, currency="JPY")
    one, other = (
        prices.worth(expected(standing, stake, chance=0.2, costs=prices).total, stake.currency)
        for stake in (euros, yen)
    )
    assert one == pytest.approx(other)


def test_nothing_known_is_the_prior() -> None:
    hazard = learn([], PRIOR, version=3)
    assert hazard == replace(PRIOR, version=3)
    undecided = [Day(order=1, standing=Standing(kind="late"), within={})]
    assert learn(undecided, PRIOR, version=3) == hazard, "a day that is not over yet says nothing"


@settings(max_examples=20)
@given(taught)
def test_days_teach_the_same_in_any_order(told: list[Day]) -> None:
    shuffled = random.Random(7).sample(told, len(told))
    one, other = learn(told, PRIOR, version=1), learn(shuffled, PRIOR, version=1)
    probe = Standing(kind="stalled", silent=4)
    assert one.chances(probe) == pytest.approx(other.chances(probe), rel=1e-9)


@settings(max_examples=20)
@given(taught)
def test_what_was_learned_is_the_same_after_it_was_stored(told: list[Day]) -> None:
    hazard = learn(told, PRIOR, version=4)
    assert Hazard.from_dict(hazard.to_dict(), 4).chances(Standing(kind="lost")) == hazard.chances(Standing(kind="lost"))


def test_what_is_older_teaches_less() -> None:
    def told(ago: float, contacted: bool) -> list[Day]:
        return [Day(order=n, standing=Standing(kind="late"), within={1: contacted}, ago=ago) for n in range(200)]

    lately = learn([*told(1, True), *told(120, False)], PRIOR, version=1).chances(Standing(kind="late"))[0]
    long_ago = learn([*told(120, True), *told(1, False)], PRIOR, version=1).chances(Standing(kind="late"))[0]
    assert lately > 0.6 > 0.4 > long_ago


@pytest.mark.parametrize("name", ["anxious", "steps"])
def test_after_thirty_days_of_a_brand_its_chances_are_true(name: str) -> None:
    """Within two points in each tenth for the day that comes, and much nearer than the prior. More: `make evidence`."""
    brand = next(brand for brand in BRANDS if brand.name == name)
    hazard = learn(days(brand, orders=300, over=30, seed=1), PRIOR, version=1)
    fresh = probes(brand, count=1500, seed="fresh", futures=20)
    learned = judged(fresh, [hazard.chances(one.standing) for one in fresh])
    prior = judged(fresh, [PRIOR.chances(one.standing) for one in fresh])

    assert learned["gap"]["1"] <= 2.0
    assert all(learned["gap"][days] < prior["gap"][days] / 1.5 for days in ("3", "7"))
    assert learned["log_loss"] < prior["log_loss"]


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ({"contact": "eight"}, "contact: is not a number of 0 or more"),
        ({"margin": -1}, "margin: is not a number"),
        ({"margin": True}, "margin: is not a number"),
        ({"currency": "euro"}, "currency: is not a currency's three letters"),
        ({"rates": {"JPY": 0}}, "rates: is not currencies with a rate above 0"),
        ({"contacts": 8}, "contacts: is no part of stakes"),
    ],
)
def test_a_policy_that_is_none_says_where(policy: dict[str, object], complaint: str) -> None:
    with pytest.raises(StakesError, match=complaint):
        costs(policy)


def test_what_has_arrived_is_taken_off_by_its_price_or_by_pieces() -> None:
    priced: dict[str, tuple[int, int | None]] = {"a": (2, 1000), "b": (1, 6000)}
    assert undelivered(priced, [("a", 1)]) == pytest.approx(7 / 8)
    assert undelivered({**priced, "b": (1, None)}, [("b", 1)]) == pytest.approx(2 / 3)
    assert undelivered(priced, [("a", 9), ("b", 1), ("c", 4)]) == 0
    assert undelivered({}, [("a", 1)]) == 1


def test_each_kind_of_worry_has_its_figures() -> None:
    from aftercart.watch.rules import KINDS

    assert set(KINDS) <= set(ODDS["kind"]) == set(ENDS) == set(REFUNDED)


@given(standings, stakes)
def test_every_reason_has_its_words(standing: Standing, stake: Stake) -> None:
    for name, *figures in reasons(standing, stake):
        assert reason_in_words(str(name), figures) or not stake.currency


def test_a_concern_says_what_it_costs_and_why() -> None:
    standing = Standing(kind="stalled", silent=6, looks=4)
    said = reasons(standing, Stake(value=18400, currency="EUR"))
    one = Weighed((0.004, 0.2, 0.41), (328, 1472, 0), "EUR", said, [["looks", "4 or more", 3.0]], 0)

    assert one.why == ("€184.00 order · first order · silent for 6 business days · looked 4 times in 24 hours")
    assert (one.money, one.parts) == ("€18.00", "contacts €3.28, refunds €14.72")
    assert one.chance == "contact likely, 41\N{NO-BREAK SPACE}%" and one.each.split()[:9] == [
        "0.4",
        "%",
        "within",
        "a",
        "day,",
        "20",
        "%",
        "within",
        "3",
    ]
    assert one.odds == "looks: 4 or more ×3" and one.basis.startswith("assumed")
    assert chance_in_words(0.99) == "contact very likely, 99\N{NO-BREAK SPACE}%"
