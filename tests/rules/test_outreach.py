from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aftercart.outreach.rules import PRESSING, Case, decide
from aftercart.watch.rules import KINDS
from tests.world import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def case(kind: str = "late", **known: Any) -> Case:
    usual: dict[str, Any] = {"address": "noor@example.com", "opened_at": NOW, "speaks_since": NOW - DAY}
    return Case(kind=kind, **(usual | {"kinds": frozenset({kind})} | known))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_worry_deserves_words_when_nothing_stands_against_it(kind: str) -> None:
    assert decide(case(kind)).speak


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"speaks_since": None}, "before this brand began to speak"),
        ({"speaks_since": NOW + HOUR}, "before this brand began to speak"),
        ({"address": ""}, "no address to write to"),
        ({"agreed": False}, "the customer asked for no messages"),
        ({"kinds": frozenset({"late", "lost"})}, "covered by lost, which is graver"),
        ({"told": {"stalled": NOW - HOUR}}, "told about stalled less than a day ago"),
        ({"told": {"late": NOW - HOUR}}, "told about late less than a day ago"),
    ],
)
def test_silence_has_its_reason(known: dict[str, Any], reason: str) -> None:
    verdict = decide(case(**known))

    assert not verdict.speak and verdict.reason == reason


def test_a_worry_on_another_day_is_told_again() -> None:
    assert decide(case(told={"stalled": NOW - DAY, "late": NOW - 2 * DAY})).speak


@pytest.mark.parametrize("kind", sorted(PRESSING))
def test_what_needs_the_customer_does_not_wait_but_is_not_said_twice_for_two_parcels(kind: str) -> None:
    assert decide(case(kind, told={"stalled": NOW - HOUR})).speak
    assert not decide(case(kind, told={kind: NOW})).speak
