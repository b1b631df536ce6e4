"""A month gets its partition while others write and read: nothing is missing at any moment, and nothing is doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from aftercart.brands.models import Brand
from aftercart.people.models import PageVisit
from aftercart.people.services import record_visits
from aftercart.plumbing import ids, jobs, partitions
from tests import world

TABLE = "people_pagevisit"
MAY = datetime(2031, 5, 1, tzinfo=UTC)
MADE = "people_pagevisit_2031_05"
ORDER = ids.new()


@pytest.fixture
def juniper(transactional_db: None) -> Iterator[Brand]:
    yield world.juniper()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS "{MADE}"')


def visit(brand: Brand, number: int) -> None:
    with transaction.atomic():
        record_visits(brand.id, [(ORDER, "page", "somebody", MAY + timedelta(seconds=number))])


def wait_for(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def in_partition() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{MADE}"')
        return int(cursor.fetchone()[0])


def test_writers_and_readers_miss_nothing_while_a_month_is_made(juniper: Brand) -> None:
    written, seen, stop = [0], [], threading.Event()

    def write() -> None:
        # What was written before is written again, as a delivery that comes twice does.
        while not stop.is_set():
            visit(juniper, written[0])
            visit(juniper, written[0] // 2)
            written[0] += 1
        connections.close_all()

    def read() -> None:
        while not stop.is_set():
            known = written[0]
            seen.append(PageVisit.objects.filter(brand=juniper).count() >= known)
        connections.close_all()

    others = [threading.Thread(target=write), threading.Thread(target=read)]
    for other in others:
        other.start()
    try:
        wait_for(lambda: written[0] >= 100)
        assert partitions.ensure_months(TABLE, MAY, MAY) == [MADE]
        enough = written[0] + 50
        wait_for(lambda: written[0] >= enough)
    finally:
        stop.set()
        for other in others:
            other.join()

    assert len(seen) > 10 and all(seen), "each count holds all that was written before it"
    assert PageVisit.objects.filter(brand=juniper).count() == in_partition() == written[0]
    assert partitions.ensure_months(TABLE, MAY, MAY) == []


def test_a_month_whose_making_once_died_half_way_is_finished(juniper: Brand) -> None:
    for number in range(3):
        visit(juniper, number)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{MADE}" (LIKE "{TABLE}" INCLUDING ALL)')
        cursor.execute(
            f'WITH moved AS (DELETE FROM "{TABLE}_default" WHERE brand_id = %s RETURNING *)'
            f' INSERT INTO "{MADE}" SELECT * FROM moved',
            [juniper.id],
        )
    visit(juniper, 1)

    assert partitions.ensure_months(TABLE, MAY, MAY) == [MADE]
    assert PageVisit.objects.filter(brand=juniper).count() == 3


def test_a_busy_table_is_left_for_the_next_time_and_keeps_nobody_waiting(
    juniper: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "partitioned_tables", lambda: [TABLE])
    visit(juniper, 1)
    busy, done = threading.Event(), threading.Event()

    def keep_busy() -> None:
        with transaction.atomic():
            visit(juniper, 2)
            busy.set()
            done.wait(20)
        connections.close_all()

    other = threading.Thread(target=keep_busy)
    other.start()
    try:
        assert busy.wait(20)
        assert MADE not in jobs.make_all_months()
    finally:
        done.set()
        other.join()
    assert MADE in jobs.make_all_months()
    assert PageVisit.objects.filter(brand=juniper).count() == in_partition() == 2
