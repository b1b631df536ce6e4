"""What Maren & Oak give to whom they have let down, and the system of theirs that grants it."""

from __future__ import annotations

from datetime import datetime

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT
from aftercart.outbox import lines
from aftercart.outreach.gestures import terms
from aftercart.outreach.gestures.policy import Policy, Rule

BY = "demo"
NAME = "loyalty"
NOBODY = "http://127.0.0.1:9"  # until the demo has started, nothing listens
POLICY = Policy(
    rules=(
        Rule(
            name="lost-or-damaged",
            kinds=("lost", "damaged", "not_received"),
            gift="credit",
            money={"EUR": 500, "GBP": 450, "USD": 550},
        ),
        Rule(name="two-days-late", kinds=("missed",), gift="points", points=150, late_days=2),
    ),
    budget={"EUR": 15_000, "GBP": 5_000, "USD": 5_000},
    point_price={"EUR": 100, "GBP": 90, "USD": 110},
)


def begin(brand: Brand, at: datetime) -> None:
    """From `at` on, unless they give already."""
    if not terms.policy_of(brand, at).on:
        open_line(brand, NOBODY)
        terms.publish(brand, POLICY, at=at, by=BY)


def open_line(brand: Brand, address: str) -> None:
    """A system that stands where Klaviyo's would."""
    told = {"api_key": "pk_maren_and_oak", "address": address}
    lines.add(brand, provider="klaviyo", channel=EVENT, settings=told, name=NAME, by=BY)
