"""Facts come twice, late, shuffled and through several workers; the picture is the same."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from aftercart import facts as f
from aftercart.brands.models import Brand
from aftercart.orders import rules, threads
from aftercart.orders.models import Parcel
from tests import world as juniper
from tests.flows.folding import TABLES, apply, batches, left, picture, scanned, world

SHUFFLES, DUELS = 300, 60


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def alone(brand_id: UUID, order_of_arrival: list[list[f.Fact]]) -> dict[str, list[tuple[Any, ...]]]:
    with undone():
        for batch in order_of_arrival:
            apply(brand_id, batch)
        return picture()


@pytest.mark.parametrize("part", range(4))
def test_any_order_any_batches_and_twice_end_in_the_same_picture(brand: Brand, part: int) -> None:
    for seed in range(part, SHUFFLES, 4):
        chance = random.Random(seed)
        facts = world(chance, chance.choice((4, 12, 40)))
        expected = alone(brand.id, [facts])
        assert alone(brand.id, batches(chance, facts)) == expected, f"seed {seed}"


def test_a_scan_told_twice_touches_its_order_once(brand: Brand) -> None:
    with undone():
        (order,) = apply(brand.id, [left("1Z999")]).orders
        scan = scanned(1, number="1Z999")

        assert apply(brand.id, [scan]).orders == {order}
        assert apply(brand.id, [scan]).orders == set()


def worker(brand_id: UUID, work: list[list[f.Fact]], start: threading.Barrier, failures: list[Exception]) -> None:
    try:
        start.wait()
        for batch in work:
            for attempt in range(20):
                try:
                    with transaction.atomic():
                        apply(brand_id, batch)
                    break
                except OperationalError:  # a deadlock: the pipeline tries again
                    if attempt == 19:
                        raise
    except Exception as error:
        failures.append(error)
    finally:
        connection.close()


def run_together(brand_id: UUID, halves: list[list[list[f.Fact]]]) -> None:
    start, failures = threading.Barrier(2), list[Exception]()
    pair = [threading.Thread(target=worker, args=(brand_id, half, start, failures)) for half in halves]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    if failures:
        raise failures[0]


def together(brand_id: UUID, chance: random.Random, facts: list[f.Fact]) -> dict[str, list[tuple[Any, ...]]]:
    """Two workers on connections of their own, each with half of the batches."""
    work = [batch for _ in range(3) for batch in batches(chance, facts)] if len(facts) < 5 else batches(chance, facts)
    start, failures = threading.Barrier(2), list[Exception]()
    pair = [threading.Thread(target=worker, args=(brand_id, work[half::2], start, failures)) for half in range(2)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    if failures:
        raise failures[0]
    seen = picture()
    with connection.cursor() as cursor:
        # Quicker than TRUNCATE, which makes a hundred files anew.
        cursor.execute(";".join(f"DELETE FROM {table}" for table in TABLES))
    return seen


@pytest.fixture
def slow_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time between the reading of the scans and the writing of the parcels, for another worker to step into."""

    def fold(*read: Any, **known: Any) -> Any:
        time.sleep(0.002)
        return rules.fold(*read, **known)

    monkeypatch.setattr(threads, "fold", fold)


def duel(brand_id: UUID, seed: int) -> bool:
    """Whether two workers end where one does."""
    chance = random.Random(seed)
    facts = world(chance, chance.choice((4, 12, 30)))
    return together(brand_id, chance, facts) == alone(brand_id, [facts])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_fold")
@pytest.mark.parametrize("part", range(2))
def test_two_workers_at_once_end_in_the_same_picture(part: int) -> None:
    brand_id = juniper.juniper().id
    for seed in range(part, DUELS, 2):
        assert duel(brand_id, seed), f"seed {seed}"


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "LOCK", threads.LOCK.replace("FOR UPDATE", ""))


def only_what_the_facts_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Held(set[UUID]):
        def __contains__(self, thread: object) -> bool:
            return True

    told = threads._told
    monkeypatch.setattr(threads, "LINKED", threads.LINKED + "AND false")
    monkeypatch.setattr(threads, "_told", lambda brand_id, named, held: told(brand_id, named, Held(held)))


def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has read waits for the other to have read as well; if it cannot, it goes on alone."""
    both = threading.Barrier(2)

    def fold(*read: Any, **known: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=1)
        return rules.fold(*read, **known)

    monkeypatch.setattr(threads, "fold", fold)


def scans_after_two_met(monkeypatch: pytest.MonkeyPatch, *named: dict[str, str]) -> int:
    """How many scans a parcel has of which two workers each add one at the same moment."""
    brand_id = juniper.juniper().id
    with transaction.atomic():
        apply(brand_id, [left("1Z999")])
    meeting(monkeypatch)
    run_together(brand_id, [[[scanned(hour, **name)]] for hour, name in enumerate(named, 1)])
    return Parcel.objects.get().scans


BY_NUMBER, BY_FULFILMENT = {"number": "1Z999"}, {"fulfilment_id": "x"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [BY_NUMBER, BY_FULFILMENT])
def test_of_two_scans_at_the_same_moment_both_are_folded(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    assert scans_after_two_met(monkeypatch, BY_NUMBER, other) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locking", "other"), [(unlocked, BY_NUMBER), (only_what_the_facts_name, BY_FULFILMENT)])
def test_without_the_locks_one_of_them_would_be_lost(
    monkeypatch: pytest.MonkeyPatch, locking: Callable[[pytest.MonkeyPatch], None], other: dict[str, str]
) -> None:
    locking(monkeypatch)
    assert scans_after_two_met(monkeypatch, BY_NUMBER, other) == 1


def test_writing_outside_of_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(TransactionManagementError):
        apply(juniper.juniper().id, [left("1Z999")])
