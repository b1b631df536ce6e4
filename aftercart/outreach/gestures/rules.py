"""Whether somebody who was let down is given something, by which rule of the brand, and why not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aftercart.outreach.experiments.estimate import Estimate
from aftercart.outreach.gestures.policy import CAUSED_KINDS, POINTS, Policy, Rule

# Reasons of a carrier that lie with the customer, or may.
CAUSED_REASONS = frozenset(
    {"address", "payment", "docs", "customs", "not_home", "closed", "access", "refused", "unclaimed", "undeliverable"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A worry, and all that decides whether something is given for it. Amounts are minor units of `currency`.

    `today`: the brand's. `since`: when it began to worry. `promised`: the day that was promised first. `protects`: the
    expected cost of contacts and of a customer who leaves; None where nobody has weighed it. `stake`: all that is
    expected to be lost. `worries`: every kind that has ever worried about the order. `given`: the days on which this
    customer was given something (or would have been, were they not held out), `had`: whether this order was.
    `not_received`: how often its customer has said so within a year, this time counted. `left`: of the month's budget.
    """

    kind: str
    today: date
    tomorrow: datetime
    speaks_since: datetime | None
    since: datetime
    currency: str
    open: bool = True
    known: bool = True
    way: bool = True
    reason: str = ""
    promised: date | None = None
    protects: int | None = None
    stake: int = 0
    worries: frozenset[str] = frozenset()
    untold: bool = False
    not_received: int = 0
    had: bool = False
    given: tuple[date, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What is given: `points`, or `amount` of a credit, or neither for an upgrade. `cost`: what it costs the brand.

    Minor units of `currency`. `until`: the last of the brand's days on which it can be used.
    """

    rule: str
    gift: str
    points: int
    amount: int
    currency: str
    cost: int
    until: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """Give `gift`, or ask again `at`, or neither; and why."""

    reason: str
    gift: Gift | None = None
    at: datetime | None = None


def decide(case: Case, policy: Policy) -> Verdict:
    """The gift of the first rule that gives one, or the first reason not to."""
    if why := _never(case, policy):
        return Verdict(why)
    verdicts = [_by(rule, case, policy) for rule in policy.rules if case.kind in rule.kinds]
    gives = next((one for one in verdicts if one.gift), None)
    waits = next((one for one in verdicts if one.at), None)
    return gives or waits or next(iter(verdicts), Verdict(f"no rule gives anything for {case.kind}"))


def _never(case: Case, policy: Policy) -> str:
    """Why nothing is given whatever the rules say; empty where nothing stands against it."""
    if not policy.on:
        return "this brand gives nothing"
    if case.speaks_since is None or case.since < case.speaks_since:
        return "before this brand began to speak"
    if not case.known:
        return "nobody is known to give it to"
    if not case.open:
        return "over before anything was given"
    if case.kind in CAUSED_KINDS or case.reason in CAUSED_REASONS:
        return f"it lies with the customer, or may: {_plain(case.reason or case.kind)}"
    if caused := sorted(case.worries & CAUSED_KINDS):
        return f"it lies with the customer, or may: there was {_plain(caused[0])}"
    if case.untold:
        return "held out of the notice about it"
    if case.not_received > policy.most_not_received:
        return f"the customer has said {case.not_received} times in a year that nothing came"
    if case.had:
        return "this order has been given something"
    if case.given and case.today - max(case.given) < timedelta(policy.period_days):
        return f"the customer was given something within {policy.period_days} days"
    if not case.way:
        return "there is no line by which it could be granted"
    return ""


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _by(rule: Rule, case: Case, policy: Policy) -> Verdict:
    currency = case.currency
    gift = _gift(rule, case, policy)
    if gift is None or currency not in policy.budget:
        return Verdict(f"{rule.name}: there is no {'budget' if gift else 'price'} in {currency or 'no currency'}")
    if rule.late_days:
        if case.promised is None:
            return Verdict(f"{rule.name}: no date was promised")
        late = (case.today - case.promised).days
        if late < rule.late_days:
            return Verdict(f"{rule.name}: {max(late, 0)} of {rule.late_days} days late", at=case.tomorrow)
    if case.protects is None:
        return Verdict(f"{rule.name}: nobody has weighed it yet", at=case.tomorrow)
    if case.stake < rule.stake.get(currency, 0):
        return Verdict(f"{rule.name}: too little is at stake", at=case.tomorrow)
    if gift.cost >= case.protects:
        return Verdict(f"{rule.name}: it would cost as much as it protects, or more", at=case.tomorrow)
    if gift.cost > case.left.get(currency, 0):
        return Verdict(f"{rule.name}: the month's budget in {currency} is used up")
    return Verdict(f"{rule.name}: given for {case.kind}", gift)


def _gift(rule: Rule, case: Case, policy: Policy) -> Gift | None:
    """None where the brand has not said what it costs in the order's currency."""
    currency = case.currency
    amount = rule.money.get(currency, 0)
    if rule.gift == POINTS:
        price = policy.point_price.get(currency, 0)
        # Never less than it costs: to the next unit above.
        cost = -(-rule.points * price // 100)
    else:
        cost = amount
    if not cost:
        return None
    return Gift(
        rule=rule.name,
        gift=rule.gift,
        points=rule.points if rule.gift == POINTS else 0,
        amount=amount,
        currency=currency,
        cost=cost,
        until=case.today + timedelta(rule.valid_days),
    )


def per_purchase(spent: int, found: Estimate) -> tuple[float, float, float] | None:
    """What one more purchase has cost, the least and the most; None before more purchases are proven.

    A quotient has an end only where its denominator is certain not to be zero, at whatever moment one looks.
    """
    if not found.proven or found.effect >= 0:
        return None
    more, most, least = (-rate * found.notified.orders for rate in (found.effect, *found.always))
    return spent / more, spent / most, spent / least
