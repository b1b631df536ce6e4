"""What a brand gives to whom it has let down, and how much of it a month: its policy `gestures`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from aftercart.watch.rules import KINDS

POINTS, CREDIT, UPGRADE = "points", "credit", "upgrade"
GIFTS = (POINTS, CREDIT, UPGRADE)
# The customer caused them, or is the only one who can end them.
CAUSED_KINDS = frozenset(
    {"address_problem", "attempt_failed", "customs_document", "pickup_expiring", "pickup_waiting", "refused"}
)
GIVEN_FOR = tuple(kind for kind in KINDS if kind not in CAUSED_KINDS)
MOST = 10**9  # minor units, and points
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class GestureError(ValueError):
    """What is wrong with a brand's policy: the field and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is given for some kinds of worry. Amounts are minor units by currency.

    `money`: what a credit is worth, or what an upgrade costs the brand. `late_days`: from so many days after the first
    promised date on; 0: at once. `stake`: from so much on that is expected to be lost.
    """

    name: str
    kinds: tuple[str, ...]
    gift: str
    points: int = 0
    money: Mapping[str, int] = field(default_factory=dict)
    late_days: int = 0
    stake: Mapping[str, int] = field(default_factory=dict)
    valid_days: int = 90

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise GestureError(f"name: {self.name!r} is not small letters, digits and hyphens, 40 at most")
        if not self.kinds:
            raise GestureError("kinds: none is named")
        for kind in self.kinds:
            if kind in CAUSED_KINDS:
                raise GestureError(f"kinds: {kind} lies with the customer; nothing is given for it")
            if kind not in GIVEN_FOR:
                raise GestureError(f"kinds: {kind!r} is none of {', '.join(GIVEN_FOR)}")
        if self.gift not in GIFTS:
            raise GestureError(f"gift: {self.gift!r} is none of {', '.join(GIFTS)}")
        _amounts("stake", self.stake)
        _amounts("money", self.money)
        if self.gift == POINTS:
            _within("points", self.points, 1, MOST)
        if (self.gift == POINTS) == bool(self.money):
            raise GestureError(f"money: {'points have their price in the policy' if self.money else 'none is named'}")
        _within("late_days", self.late_days, 0, 60)
        _within("valid_days", self.valid_days, 1, 730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All rules of a brand, the first that gives something counts. Off without a rule or a budget.

    `budget`: of one calendar month of the brand, and `point_price` of 100 points: minor units by currency.
    `period_days`: a customer is given one thing within so many. `most_not_received`: said so oftener within a year,
    a customer is given nothing.
    """

    rules: tuple[Rule, ...] = ()
    budget: Mapping[str, int] = field(default_factory=dict)
    point_price: Mapping[str, int] = field(default_factory=dict)
    period_days: int = 90
    most_not_received: int = 1

    def __post_init__(self) -> None:
        _amounts("budget", self.budget)
        _amounts("point_price", self.point_price)
        _within("period_days", self.period_days, 1, 730)
        _within("most_not_received", self.most_not_received, 0, 100)
        names = [rule.name for rule in self.rules]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise GestureError(f"rules: there are two called {twice!r}")

    @property
    def on(self) -> bool:
        return bool(self.rules and any(self.budget.values()))

    @property
    def kinds(self) -> frozenset[str]:
        """For which something may be given."""
        return frozenset(kind for rule in self.rules for kind in rule.kinds) if self.on else frozenset()


def from_body(body: Mapping[str, Any]) -> Policy:
    """Raises GestureError."""
    known = {one.name: body[one.name] for one in fields(Policy) if one.name in body}
    rules = tuple(Rule(**{**rule, "kinds": tuple(rule["kinds"])}) for rule in known.pop("rules", ()))
    return Policy(rules=rules, **known)


def as_body(policy: Policy) -> dict[str, Any]:
    return asdict(policy)


def _amounts(name: str, told: Mapping[str, int]) -> None:
    for currency, amount in told.items():
        if not _CURRENCY.fullmatch(currency):
            raise GestureError(f"{name}: {currency!r} is not a currency's three letters")
        _within(f"{name}: {currency}", amount, 0, MOST)


def _within(name: str, value: int, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise GestureError(f"{name}: {value!r} is not a whole number from {least} to {most}")


OFF = Policy()
