"""What facts tell of returns and refunds ends in the same rows, in whatever order and through whatever workers."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from typer.testing import CliRunner

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.facts import Fact
from aftercart.intake import services as intake
from aftercart.intake.arrivals import arrival
from aftercart.intake.models import Delivery
from aftercart.orders.models import Order
from aftercart.returns import rules
from aftercart.returns import services as returns
from aftercart.returns.models import Refund, Return, Step
from tests.connectors.payloads import body
from tests.flows.test_return_answers import arrived, changed, hears, refund
from tests.telling import days, placed
from tests.world import NOW, juniper

EVERYTHING: list[Fact] = [
    changed("request", 0), changed("approve", 1), changed("approve", 1, "R-2"), arrived(2), arrived(3, "restocked"),
    changed("close", 3), refund(3, None), refund(3, 1000), refund(3), refund(2, 900, refund_id="F-2"),
    changed("reopen", 4), changed("decline", 4, "R-2"),
]  # fmt: skip


def picture() -> tuple[list[Any], ...]:
    tables = (Return, Step, Refund)
    return tuple(list(table.objects.order_by("id").values()) for table in tables)


def test_facts_in_any_order_any_batches_and_twice_end_in_the_same_rows(brand: Brand) -> None:
    returns.record(brand.id, EVERYTHING)
    expected = picture()
    assert {one.name: one.state for one in Return.objects.all()} == {"R-1": "checked", "R-2": "declined"}
    assert Refund.objects.get(external_id="F-1").amount == 2495
    for seed in range(40):
        clear()
        chance = random.Random(seed)
        order = [*EVERYTHING, *chance.sample(EVERYTHING, 4)]
        chance.shuffle(order)
        cut = chance.randrange(len(order))
        for batch in (order[:cut], order[cut:]):
            returns.record(brand.id, batch)
        assert picture() == expected, f"seed {seed}"


def clear(tables: Iterable[Any] = (Return, Step, Refund)) -> None:
    for table in tables:
        table.objects.all().delete()


def test_what_came_before_there_was_a_home_for_it_is_played_again(brand: Brand) -> None:
    come = [
        arrival(brand.id, "shopify", body("shopify", name), NOW, key=name, topic=topic)
        for name, topic in (("order", "orders/create"), ("return_request", "returns/request"))
    ]
    stored = [one for one in intake.store(come) if one]
    pipeline.advance(NOW)
    assert set(Delivery.objects.values_list("unplaced", flat=True)) == {0}
    # As an older version left it.
    clear()
    Delivery.objects.filter(id__in=stored).update(unplaced=1)

    done = CliRunner().invoke(app, ["replay", "juniper", "--kept"])
    assert done.output == "2 deliveries are waiting to be applied again.\n"
    pipeline.advance(NOW)
    assert Return.objects.get().state == "requested"
    assert Refund.objects.get().amount == 2495
    assert set(Delivery.objects.values_list("unplaced", flat=True)) == {0}


def test_a_refund_becomes_visible_once(brand: Brand) -> None:
    hears(brand, placed(), refund())
    order = Order.objects.get()
    day = NOW + days(15)  # Wednesday 25 March, in Chicago since five in the morning of UTC
    assert returns.refunded_since(brand, NOW, day - days(1)) == []
    (seen,) = returns.refunded_since(brand, day - days(1), day)
    assert (seen.order_id, seen.customer_id, str(seen.day)) == (order.id, order.customer_id, "2026-03-25")
    assert isinstance(seen.refund_id, UUID)
    assert returns.refunded_since(brand, day, day + days(30)) == []


def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has read waits for the other to have read as well; if it cannot, it goes on alone."""
    both = threading.Barrier(2)

    def fold(steps: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=1)
        return rules.fold(steps)

    monkeypatch.setattr(returns, "fold", fold)


def state_after_two_met(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where a return stands of which two workers each hear one step at the same moment."""
    brand_id = juniper().id
    with transaction.atomic():
        returns.record(brand_id, [changed("request", 0)])
    meeting(monkeypatch)
    run_together(brand_id, [[changed("approve", 1)], [arrived(2)]])
    one = Return.objects.get()
    return f"{one.state} {one.approved_at is not None}"


def run_together(brand_id: UUID, halves: list[list[Fact]]) -> None:
    def work(facts: list[Fact]) -> None:
        with transaction.atomic():
            returns.record(brand_id, facts)
        connection.close()

    pair = [threading.Thread(target=work, args=(half,)) for half in halves]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_two_steps_at_the_same_moment_both_are_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_after_two_met(monkeypatch) == "received True"


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_them_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "LOCK", returns.LOCK.replace("FOR UPDATE", ""))
    assert state_after_two_met(monkeypatch) != "received True"
