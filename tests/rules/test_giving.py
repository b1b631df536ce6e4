"""Who is given something and who is not, whatever a brand's rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.outreach.gestures.policy import (
    CAUSED_KINDS,
    GIFTS,
    GIVEN_FOR,
    GestureError,
    Policy,
    Rule,
    as_body,
    from_body,
)
from aftercart.outreach.gestures.rules import CAUSED_REASONS, Case, Verdict, decide
from aftercart.watch.rules import KINDS
from tests.world import NOW

DAY = timedelta(days=1)
TODAY = NOW.date()
POINTS = Rule(name="points", kinds=("missed", "lost"), gift="points", points=150, late_days=2)
CREDIT = Rule(name="credit", kinds=("lost",), gift="credit", money={"EUR": 500, "JPY": 700}, stake={"EUR": 2000})
POLICY = Policy(rules=(CREDIT, POINTS), budget={"EUR": 10_000, "USD": 9_000}, point_price={"EUR": 99, "USD": 100})


def case(kind: str = "missed", **known: Any) -> Case:
    usual: dict[str, Any] = {
        "today": TODAY,
        "tomorrow": NOW + DAY,
        "speaks_since": NOW - 9 * DAY,
        "since": NOW - DAY,
        "currency": "EUR",
        "promised": TODAY - 3 * DAY,
        "protects": 900,
        "stake": 3000,
        "worries": frozenset({kind}),
        "left": POLICY.budget,
    }
    return Case(kind=kind, **(usual | known))


def test_the_first_rule_that_gives_something_gives_it() -> None:
    found = decide(case("lost"), POLICY).gift
    assert found and (found.rule, found.gift, found.amount, found.cost) == ("credit", "credit", 500, 500)
    assert found.until == TODAY + 90 * DAY

    cheaper = decide(case("lost", stake=1999), POLICY).gift
    assert cheaper and (cheaper.rule, cheaper.points, cheaper.amount) == ("points", 150, 0)
    assert cheaper.cost == 149, "148.5, and never less than it costs"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"speaks_since": None}, "before this brand began to speak"),
        ({"since": NOW - 10 * DAY}, "before this brand began to speak"),
        ({"known": False}, "nobody is known to give it to"),
        ({"open": False}, "over before anything was given"),
        ({"reason": "not_home"}, "it lies with the customer, or may: not home"),
        ({"worries": frozenset({"missed", "address_problem"})}, "it lies with the customer, or may: there was"),
        ({"untold": True}, "held out of the notice about it"),
        ({"not_received": 2}, "the customer has said 2 times in a year that nothing came"),
        ({"had": True}, "this order has been given something"),
        ({"given": (TODAY - 400 * DAY, TODAY - 89 * DAY)}, "the customer was given something within 90 days"),
        ({"way": False}, "there is no line by which it could be granted"),
        ({"currency": "GBP"}, "points: there is no price in GBP"),
        ({"currency": ""}, "points: there is no price in no currency"),
        ({"promised": None}, "points: no date was promised"),
        ({"left": {"EUR": 148}}, "points: the month's budget in EUR is used up"),
        ({"kind": "stalled"}, "no rule gives anything for stalled"),
    ],
)
def test_nothing_is_given_and_the_reason_is_said(known: dict[str, Any], reason: str) -> None:
    assert decide(case(), POLICY).gift
    found = decide(case(**known), POLICY)
    assert found.gift is None and found.at is None and found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"promised": TODAY - DAY}, "points: 1 of 2 days late"),
        ({"promised": TODAY + DAY}, "points: 0 of 2 days late"),
        ({"protects": None}, "points: nobody has weighed it yet"),
        ({"protects": 149}, "points: it would cost as much as it protects, or more"),
    ],
)
def test_what_may_yet_become_worth_it_is_looked_at_again_tomorrow(known: dict[str, Any], reason: str) -> None:
    assert decide(case(**known), POLICY) == Verdict(reason, at=NOW + DAY)


def test_what_was_given_ninety_days_ago_is_no_hindrance_today() -> None:
    assert decide(case(given=(TODAY - 90 * DAY,)), POLICY).gift


@pytest.mark.parametrize("policy", [replace(POLICY, rules=()), replace(POLICY, budget={}), Policy()])
def test_a_brand_without_a_rule_or_a_budget_gives_nothing(policy: Policy) -> None:
    assert not policy.kinds and decide(case(), policy) == Verdict("this brand gives nothing")


currencies = st.sampled_from(["EUR", "USD"])
amounts = st.dictionaries(currencies, st.integers(0, 400), max_size=2)
rules = st.builds(
    lambda gift, kinds, points, money, late, stake: Rule(
        name=f"r{points}", kinds=tuple(kinds), gift=gift, points=points, late_days=late, stake=stake,
        money={} if gift == "points" else {"EUR": points, **money},
    ),
    st.sampled_from(GIFTS), st.lists(st.sampled_from(GIVEN_FOR), min_size=1, max_size=5), st.integers(1, 400), amounts,
    st.integers(0, 3), amounts,
)  # fmt: skip
policies = st.builds(
    Policy, rules=st.lists(rules, max_size=4, unique_by=lambda rule: rule.name).map(tuple), budget=amounts,
    point_price=amounts, period_days=st.integers(1, 200), most_not_received=st.integers(0, 3),
)  # fmt: skip


@st.composite
def matters(draw: st.DrawFn) -> tuple[Policy, Case]:
    """A policy that may give, and a case in which everything is near the edge: at most two things stand against it."""
    policy = replace(draw(policies), rules=(draw(rules),), budget={"EUR": 400, "USD": 400}, point_price={"EUR": 100})
    rule, edge = policy.rules[0], st.integers(-1, 1)
    cost = rule.points if rule.gift == "points" else rule.money.get("EUR", 0)
    usual = case(
        draw(st.sampled_from(rule.kinds)),
        promised=TODAY - DAY * (rule.late_days + draw(edge)),
        protects=max(0, cost + 1 + draw(edge)),
        stake=max(0, rule.stake.get("EUR", 0) + draw(edge)),
        left={"EUR": cost + draw(edge)},
        given=(TODAY - DAY * (policy.period_days + draw(edge)),),
        not_received=max(0, policy.most_not_received + draw(edge)),
    )
    troubles: dict[str, Any] = {
        "open": False, "known": False, "way": False, "untold": True, "had": True, "promised": None, "currency": "USD",
        "speaks_since": None, "kind": draw(st.sampled_from(KINDS)), "reason": draw(st.sampled_from(CAUSED)),
        "worries": draw(st.frozensets(st.sampled_from(KINDS), min_size=1)),
    }  # fmt: skip
    wrong = draw(st.lists(st.sampled_from(sorted(troubles)), max_size=2))
    return policy, replace(usual, **{name: troubles[name] for name in wrong})


CAUSED = sorted(CAUSED_REASONS)


@settings(max_examples=800)
@given(matters())
def test_whatever_is_given_is_due_affordable_and_worth_less_than_what_it_protects(matter: tuple[Policy, Case]) -> None:
    policy, asked = matter
    verdict = decide(asked, policy)
    assert verdict.reason and not (verdict.gift and verdict.at)
    if (gift := verdict.gift) is None:
        return
    rule = next(rule for rule in policy.rules if rule.name == gift.rule)
    assert asked.kind in rule.kinds and asked.kind not in CAUSED_KINDS and not asked.worries & CAUSED_KINDS
    assert asked.reason not in CAUSED_REASONS and asked.open and asked.known and asked.way
    assert not asked.untold and not asked.had and asked.not_received <= policy.most_not_received
    assert asked.speaks_since and asked.since >= asked.speaks_since
    assert all(asked.today - day >= timedelta(policy.period_days) for day in asked.given)
    assert asked.protects is not None and 0 < gift.cost < asked.protects
    assert gift.cost <= asked.left[gift.currency] and gift.currency == asked.currency
    assert asked.stake >= rule.stake.get(asked.currency, 0) and gift.until > asked.today
    if rule.late_days:
        assert asked.promised and (asked.today - asked.promised).days >= rule.late_days


@given(st.data())
def test_something_is_given_where_nothing_stands_against_it(data: st.DataObject) -> None:
    """Or the property before this one would prove nothing."""
    rule = data.draw(rules)
    policy = Policy(rules=(rule,), budget={"EUR": 400}, point_price={"EUR": 100})
    asked = case(rule.kinds[0], promised=TODAY - 3 * DAY, protects=401, stake=400, left=policy.budget)
    assert bool(decide(asked, policy).gift) is bool(rule.gift == "points" or rule.money["EUR"])


@given(policies)
def test_a_policy_is_read_as_it_was_written(policy: Policy) -> None:
    assert from_body(as_body(policy)) == policy


def rule(**known: Any) -> Rule:
    usual: dict[str, Any] = {"name": "sorry", "kinds": ("missed",), "gift": "points", "points": 10}
    return Rule(**(usual | known))


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"name": "So sorry"}, "name: 'So sorry' is not small letters, digits and hyphens, 40 at most"),
        ({"kinds": ()}, "kinds: none is named"),
        ({"kinds": ("refused",)}, "kinds: refused lies with the customer; nothing is given for it"),
        ({"kinds": ("slow",)}, "kinds: 'slow' is none of lost, damaged,"),
        ({"gift": "cake"}, "gift: 'cake' is none of points, credit, upgrade"),
        ({"points": 0}, "points: 0 is not a whole number from 1"),
        ({"money": {"EUR": 5}}, "money: points have their price in the policy"),
        ({"gift": "credit"}, "money: none is named"),
        ({"gift": "credit", "money": {"eur": 5}}, "money: 'eur' is not a currency's three letters"),
        ({"gift": "credit", "money": {"EUR": -5}}, "money: EUR: -5 is not a whole number"),
        ({"late_days": -1}, "late_days: -1 is not a whole number"),
        ({"valid_days": 0}, "valid_days: 0 is not a whole number"),
    ],
)
def test_a_rule_that_cannot_be_says_which_field_and_why(known: dict[str, Any], reason: str) -> None:
    with pytest.raises(GestureError) as refusal:
        rule(**known)
    assert str(refusal.value).startswith(reason)


def test_a_policy_that_cannot_be_says_which_field_and_why() -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"rules": (rule(), rule())}, "rules: there are two called 'sorry'"),
        ({"budget": {"EURO": 1}}, "budget: 'EURO' is not a currency's three letters"),
        ({"period_days": 0}, "period_days: 0"),
    ]
    for known, reason in cases:
        with pytest.raises(GestureError, match=reason):
            Policy(**known)
