"""Every date ever told, and whether it was kept."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations

import pytest

from aftercart.brands.models import Brand
from aftercart.facts import Fact, OrderCancelled, State
from aftercart.ops.keeping import Told
from aftercart.ops.queries.outcomes import by_lane, kept
from aftercart.orders import services as orders
from aftercart.people import services as people
from aftercart.promises import services as promises
from aftercart.promises.lanes import Lane
from aftercart.promises.models import Outcome, Promise
from aftercart.watch import services as watch
from aftercart.watch.jobs import settle_rest
from tests.telling import days, placed, promised, scanned, shipped, told
from tests.world import NOW

PROMISED = date(2026, 3, 13)  # a Friday; NOW is the Tuesday before


def hear(brand: Brand, now: datetime, *facts: Fact) -> None:
    people.record(brand.id, facts)
    touched = orders.record(brand.id, facts).orders | promises.record(brand.id, facts)
    watch.reassess(brand, touched, now)


def ended() -> list[tuple[str, int | None]]:
    return list(Outcome.objects.order_by("id").values_list("state", "days_late"))


def test_a_date_is_settled_when_the_order_arrives(brand: Brand) -> None:
    hear(brand, NOW, placed(), promised(PROMISED), shipped(NOW))
    assert ended() == []

    hear(brand, NOW + days(2), scanned(State.DELIVERED, NOW + days(2), city="Chicago"))
    outcome = Outcome.objects.get()
    assert (outcome.state, outcome.arrived_on, outcome.carrier) == ("kept", date(2026, 3, 12), "ups")
    assert outcome.id == Promise.objects.get().id and outcome.settled_at == NOW + days(2)


def test_a_date_is_settled_when_its_day_passes_and_again_when_the_order_comes(brand: Brand) -> None:
    hear(brand, NOW, placed(), promised(PROMISED), shipped(NOW), scanned(State.IN_TRANSIT, NOW))
    watch.look_at_due(brand, NOW + days(4.5))
    assert ended() == [("broken", None)]

    hear(brand, NOW + days(6), scanned(State.DELIVERED, NOW + days(6), city="Chicago"))
    assert ended() == [("broken", 3)]


def test_a_date_that_we_hear_of_after_the_arrival_is_judged_too(brand: Brand) -> None:
    hear(brand, NOW, placed(), shipped(NOW), scanned(State.DELIVERED, NOW + days(6), city="Chicago"))
    hear(brand, NOW + days(7), promised(PROMISED))
    assert ended() == [("broken", 3)]


def test_the_date_of_a_cancelled_order_is_void(brand: Brand) -> None:
    hear(brand, NOW, placed(), promised(PROMISED))
    hear(brand, NOW + days(1), OrderCancelled(**told(NOW + days(1)), order_id="1"))
    assert ended() == [("void", None)]


def test_an_outcome_goes_where_its_facts_go(brand: Brand) -> None:
    gone = NOW + days(1)
    hear(brand, gone, placed(as_of=gone, cancelled_at=gone), promised(PROMISED))
    assert ended() == [("void", None)]

    hear(brand, gone, placed(as_of=gone + days(0.1)))
    assert ended() == []


def test_dates_from_before_there_were_outcomes_are_settled_once_a_day(brand: Brand) -> None:
    hear(
        brand, NOW, placed(), promised(PROMISED), shipped(NOW), scanned(State.DELIVERED, NOW + days(6), city="Chicago")
    )
    Outcome.objects.all().delete()

    assert settle_rest(brand, NOW + days(6)) == 1
    assert ended() == [("broken", 3)]
    assert settle_rest(brand, NOW + days(6)) == 0


STORY = (
    placed(),
    promised(PROMISED),
    shipped(NOW),
    scanned(State.IN_TRANSIT, NOW + days(1)),
    scanned(State.DELIVERED, NOW + days(5), city="Chicago"),
)


@pytest.mark.parametrize("order", list(permutations(range(len(STORY))))[::7])
def test_in_whatever_order_the_facts_come_the_date_was_broken_by_two_days(brand: Brand, order: tuple[int, ...]) -> None:
    for n, place in enumerate(order):
        hear(brand, NOW + days(6 + n / 10), STORY[place])
    outcome = Outcome.objects.get()
    assert (outcome.state, outcome.days_late, outcome.carrier) == ("broken", 2, "ups")


def test_kept_and_broken_are_counted_by_carrier_and_week(brand: Brand) -> None:
    for n, lasts in enumerate((2, 3, 6, 8, None), start=1):
        order, number = str(n), f"1Z{n}"
        hear(brand, NOW, placed(order_id=order), promised(PROMISED, order_id=order), shipped(NOW, order, number))
        if lasts:
            hear(brand, NOW + days(lasts), scanned(State.DELIVERED, NOW + days(lasts), number=number, city="Chicago"))
    hear(brand, NOW, placed(order_id="9"), promised(PROMISED, order_id="9"))
    hear(brand, NOW, placed(order_id="8", cancelled_at=NOW), promised(PROMISED, order_id="8"))

    found = kept(brand, today=date(2026, 3, 18), days=28, since=date(2026, 3, 1))

    monday = date(2026, 3, 9)
    assert found.weeks == {
        ("", monday): Told(open=1),
        ("ups", monday): Told(kept=2, broken=2, open=1, days=8, late=2),
    }
    assert by_lane(brand, today=date(2026, 3, 18), days=28) == {
        Lane(carrier="ups", origin="US-OH", destination="US-IL"): Told(kept=2, broken=2)
    }
    assert kept(brand, today=date(2027, 3, 18), days=28, since=date(2026, 3, 14)).weeks == {}
