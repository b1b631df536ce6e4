"""Several workers, and workers that die: never above the budget, granted at most once, never told before it is true."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import Person
from aftercart.ops.books import imbalances
from aftercart.outbox import handover
from aftercart.outbox.models import Line, Outgoing
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.gestures import budget
from aftercart.outreach.gestures import services as gestures
from aftercart.outreach.gestures.models import Budget, Gesture
from aftercart.outreach.gestures.policy import Policy
from aftercart.outreach.models import Decision
from aftercart.plumbing import clock
from tests import world
from tests.flows import giving_world as giving
from tests.flows.giving_world import LATER
from tests.flows.test_outbox import Crash
from tests.gateway import HANG_UP, TWICE, Answer, Gateway, gateway
from tests.telling import days

MARCH = date(2026, 3, 1)


def together(*jobs: Callable[[], object]) -> list[BaseException]:
    """All at the same moment, each on a connection of its own; what they raised."""
    start, raised = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        try:
            start.wait(10)
            job()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.mark.django_db(transaction=True)
def test_many_who_take_at_once_never_take_more_than_there_is() -> None:
    brand = world.juniper()
    policy = Policy(budget={"USD": 1000})
    taken: list[int] = []
    chance = random.Random(7)

    def take(costs: list[int]) -> Callable[[], None]:
        def job() -> None:
            taken.extend(cost for cost in costs if budget.take(brand, policy, MARCH, "USD", cost))

        return job

    raised = together(*(take([chance.randint(1, 60) for _ in range(20)]) for _ in range(6)))
    assert raised == [] and sum(taken) == giving.spent() <= 1000
    assert budget.left(brand, policy, MARCH) == {"USD": 1000 - sum(taken)}
    assert sum(taken) > 940, "and what is there can be had"


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD"]), st.integers(1, 70), st.booleans()), max_size=40))
def test_money_that_is_taken_and_brought_back_in_any_order_is_accounted_for(
    brand: Brand, moves: list[tuple[str, int, bool]]
) -> None:
    Budget.objects.all().delete()
    policy, held = Policy(budget={"EUR": 200, "USD": 90}), {"EUR": [0], "USD": [0]}
    for currency, cost, back in moves:
        if back and len(held[currency]) > 1:
            budget.bring_back(brand, MARCH, currency, held[currency].pop())
        elif budget.take(brand, policy, MARCH, currency, cost):
            held[currency].append(cost)
        else:
            assert sum(held[currency]) + cost > policy.budget[currency]
        left = budget.left(brand, policy, MARCH)
        assert left == {one: policy.budget[one] - sum(held[one]) for one in held} and min(left.values()) >= 0


@pytest.fixture
def there(settings: Any) -> Iterator[Gateway]:
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as found:
        found.usual = Answer(204, b"")
        yield found


def customers_wait(brand: Brand, count: int) -> None:
    """As many orders that worry, each of a customer of its own, none decided about yet."""
    for n in range(count):
        noor = Person(external_id=f"c{n}", name=f"Noor {n}", email=f"n{n}@example.com")
        giving.on_its_way(brand, str(n), customer=noor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gestures, "advance", lambda *_, **__: 0)
        giving.looked()
    assert giving.gestures() == ["waiting"] * count


@pytest.mark.django_db(transaction=True)
def test_two_workers_grant_no_more_than_the_budget_and_nothing_twice(there: Gateway) -> None:
    brand = world.juniper()
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.gives(brand, budget={"USD": 100})
    customers_wait(brand, 8)

    def work() -> None:
        while gestures.decide_due(brand, LATER, limit=1):
            pass

    assert together(*[work] * 4) == []
    assert sorted(giving.gestures()) == ["no"] * 5 + ["owed"] * 3 and giving.spent() == 90
    together(*[lambda: pipeline.send(LATER)] * 3)
    together(*[lambda: gestures.settle(brand, LATER)] * 3)
    told = [json.loads(asked.body)["data"]["order"] for asked in there.asked if b"gesture.granted" in asked.body]
    assert len(told) == len(set(told)) == 3 == giving.gestures().count("granted")
    assert giving.books_balance() and imbalances() == []


# Where a worker can die: as it decides, as it owes, as it sends, as it settles, as it tells.
DEATHS = (
    (gestures, "_owe"), (gestures, "_exposure"), (experiments, "expose"), (handover, "_mark_sending"),
    (handover, "_message"), (handover, "_settle"), (gestures, "_grant"), (budget, "bring_back"),
    (gestures, "_refuse"),
)  # fmt: skip
ANSWERS = {
    "yes": Answer(204, b""), "busy": Answer(500), "no": Answer(422), "silent": Answer(manner=HANG_UP),
    "twice": Answer(200, manner=TWICE),
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(12))
def test_in_any_weather_it_is_granted_at_most_once_and_told_only_if_it_is(there: Gateway, seed: int) -> None:
    brand, chance = world.juniper(), random.Random(seed)
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.gives(brand, budget={"USD": 70})
    customers_wait(brand, 4)
    for step in range(14):
        there.answers.append(ANSWERS[chance.choice(sorted(ANSWERS))])
        at = LATER + days(step / 1440)
        with pytest.MonkeyPatch.context() as patch:
            if chance.random() < 0.6:
                target, name = chance.choice(DEATHS)
                patch.setattr(target, name, _dies)
            for act in chance.sample([pipeline.look, pipeline.send], 2):
                try:
                    act(at)
                except Crash:
                    pass
        _time_passes(brand)
        assert giving.spent() <= 70 and giving.books_balance()
        _only_the_granted_are_told()
    there.answers.clear()
    for _ in range(4):
        giving.looked(LATER + days(0.1))
        pipeline.send(LATER + days(0.1))
        _time_passes(brand)
    _only_the_granted_are_told()
    assert "owed" not in giving.gestures() and imbalances() == []
    # The system was asked again and again for one thing, always by one name.
    keys: dict[str, set[str]] = {}
    for asked in there.asked:
        if b"gesture.granted" in asked.body:
            keys.setdefault(json.loads(asked.body)["data"]["order"], set()).add(asked.headers["webhook-id"])
    assert all(len(names) == 1 for names in keys.values()) and len(keys) >= giving.gestures().count("granted")


def _dies(*_: object, **__: object) -> object:
    raise Crash


def _time_passes(brand: Brand) -> None:
    """Leases run out, breakers close, what waits is due."""
    past = clock.machine() - days(1)
    Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=past)
    handover.give_up_abandoned()
    Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=past)
    Line.objects.update(open_until=None, failures=0)


def _only_the_granted_are_told() -> None:
    told = set(Decision.objects.filter(kind="gesture_granted").values_list("concern_id", flat=True))
    granted = set(Gesture.objects.filter(state=Gesture.GRANTED).values_list("concern_id", flat=True))
    assert told == granted
    mailed = set(Outgoing.objects.filter(kind="gesture_granted").values_list("episode", flat=True))
    assert mailed <= granted
