"""Facts come twice, late, shuffled and through several workers; the picture is the same."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction

from aftercart import facts as f
from aftercart.brands.models import Brand
from aftercart.orders import rules, threads
from tests import world as juniper
from tests.flows.folding import TABLES, apply, batches, picture, world

SHUFFLES, DUELS = 300, 120


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
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
    return seen


@pytest.fixture
def slow_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time between the reading of the scans and the writing of the parcels, for another worker to step into."""

    def fold(*read: Any) -> Any:
        time.sleep(0.002)
        return rules.fold(*read)

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


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_fold")
@pytest.mark.parametrize("locking", [unlocked, only_what_the_facts_name])
def test_a_fold_lost_between_two_workers_is_seen_here(
    monkeypatch: pytest.MonkeyPatch, locking: Callable[[pytest.MonkeyPatch], None]
) -> None:
    brand_id = juniper.juniper().id
    locking(monkeypatch)
    assert not all(duel(brand_id, seed) for seed in range(4 * DUELS)), "nobody noticed"
