from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psycopg
import pytest

from aftercart.plumbing import postgres
from aftercart.plumbing.postgres import Cluster
from tests import world
from tests.clusters import a_room, kill_server
from tests.flows.intake_world import SHOP, Server, database_url, order, rows, serving, shopify, start, stored_keys

VERSION = int(os.environ.get("AFTERCART_POSTGRES_VERSION", "18"))


@pytest.fixture
def cluster(transactional_db: None) -> Iterator[Cluster]:
    """A durable cluster of our own, with the schema and the brand of the test database."""
    world.juniper()
    dump = [str(postgres.binary("pg_dump", VERSION)), "--no-owner", "--inserts", "-d", database_url()]
    copy = subprocess.run(dump, capture_output=True, check=True).stdout
    with a_room() as room:
        cluster = postgres.ensure(room / "pg", version=VERSION)
        postgres.create_database(cluster, "shop")
        psql = [str(postgres.binary("psql", VERSION)), "-q", "-v", "ON_ERROR_STOP=1", "-d", cluster.url("shop")]
        subprocess.run(psql, input=copy, check=True, stdout=subprocess.DEVNULL)
        yield cluster


class Senders:
    """A shop that sends without a pause, remembering what was acknowledged and what was not."""

    def __init__(self, server: Server, name: str, count: int = 6) -> None:
        self.acknowledged: list[str] = []
        self.refused: list[int] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(server, f"{name}-{n}")) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def await_acknowledged(self, count: int) -> None:
        deadline = time.monotonic() + 30
        while len(self.acknowledged) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.acknowledged) >= count

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _send(self, server: Server, name: str) -> None:
        number = 0
        with httpx.Client(timeout=20) as client:
            while not self._stop.is_set():
                number += 1
                body, key = order(number, sender=name), f"{name}-{number}"
                with suppress(httpx.TransportError):
                    answer = client.post(server.url + SHOP, content=body, headers=shopify(body, delivery=key))
                    if answer.status_code == 200:
                        self.acknowledged.append(key)
                    else:
                        self.refused.append(answer.status_code)
                        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_killed_server_has_stored_everything_that_it_acknowledged(transactional_db: None) -> None:
    world.juniper()
    database, acknowledged = database_url(), []
    for life in range(3):
        server = start(database, workers=2)
        senders = Senders(server, str(life))
        senders.await_acknowledged(60)
        server.kill()
        senders.stop()
        acknowledged += senders.acknowledged
    assert set(acknowledged) <= set(stored_keys(database))


@pytest.mark.django_db(transaction=True)
def test_an_outage_of_the_database_is_said_and_outlived(cluster: Cluster) -> None:
    database = cluster.url("shop")
    with serving(database) as server:
        senders = Senders(server, "before")
        senders.await_acknowledged(60)
        kill_server(cluster)
        time.sleep(1.5)
        body = order(0)
        away = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery="away"), timeout=20)
        assert (away.status_code, away.json()["error"]["type"]) == (503, "unavailable")
        assert int(away.headers["retry-after"]) > 0
        assert httpx.get(server.url + "/health").status_code == 503
        postgres.ensure(cluster.data, version=VERSION)
        back = _until_stored(server, "back")
        senders.stop()
        assert back < 5
        time.sleep(1.1)
        assert httpx.get(server.url + "/health").json() == {"status": "ok"}
        assert set(senders.refused) == {503}
        stored = stored_keys(database)
        assert set(senders.acknowledged) <= set(stored)
        assert "back" in stored


def _until_stored(server: Server, key: str) -> float:
    begun = time.monotonic()
    body = order(99, key=key)
    while time.monotonic() < begun + 20:
        answer = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery=key), timeout=20)
        if answer.status_code == 200:
            break
        time.sleep(0.1)
    return time.monotonic() - begun


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_between_two_deliveries_is_not_noticed(cluster: Cluster) -> None:
    with serving(cluster.url("shop")) as server:
        assert _until_stored(server, "before") < 5
        postgres.stop(cluster.data)
        postgres.ensure(cluster.data, version=VERSION)
        body = order(1)
        answer = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery="after"))
        assert answer.json() == {"stored": True}


@pytest.mark.django_db(transaction=True)
def test_a_server_that_starts_before_its_database_waits_for_it(cluster: Cluster) -> None:
    postgres.stop(cluster.data)
    with serving(cluster.url("shop")) as server:
        assert httpx.get(server.url + "/health").status_code == 503
        postgres.ensure(cluster.data, version=VERSION)
        assert _until_stored(server, "late") < 5


REFUSE_AT_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'at commit'; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON intake_seen DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.key = 'doomed') EXECUTE FUNCTION refuse();
"""


@pytest.mark.django_db(transaction=True)
def test_what_fails_in_the_very_commit_is_not_acknowledged(cluster: Cluster) -> None:
    database = cluster.url("shop")
    with psycopg.connect(database) as connection:
        connection.execute(REFUSE_AT_COMMIT)
    doomed, fine = order(1), order(2)
    with serving(database) as server:
        answer = httpx.post(server.url + SHOP, content=doomed, headers=shopify(doomed, delivery="doomed"))
        assert answer.status_code == 503
        assert httpx.post(server.url + SHOP, content=fine, headers=shopify(fine, delivery="fine")).is_success
    assert stored_keys(database) == ["fine"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_answered_while_its_commit_is_pending(transactional_db: None) -> None:
    world.juniper()
    body = order(1)
    with serving(database_url()) as server, psycopg.connect(database_url()) as holder, httpx.Client() as client:
        assert client.post(server.url + SHOP, content=b"", timeout=5).status_code == 401
        holder.execute("LOCK TABLE intake_seen IN EXCLUSIVE MODE")
        with pytest.raises(httpx.ReadTimeout):
            client.post(server.url + SHOP, content=body, headers=shopify(body, delivery="w-1"), timeout=0.4)
        holder.rollback()
        again = client.post(server.url + SHOP, content=body, headers=shopify(body, delivery="w-1"), timeout=5)
    assert again.json() == {"stored": False} and stored_keys(database_url()) == ["w-1"]


@pytest.mark.django_db(transaction=True)
def test_rows_that_somebody_holds_do_not_hold_up_the_others(transactional_db: None) -> None:
    world.juniper()
    database = database_url()
    with serving(database) as server, psycopg.connect(database) as holder:
        body = order(1)
        assert _until_stored(server, "first") < 5
        holder.execute(
            "INSERT INTO intake_seen (id, brand_id, source, key, content)"
            " SELECT gen_random_uuid(), brand_id, source, 'held', 'held' FROM intake_seen"
        )
        held: list[int] = []
        send_held = threading.Thread(
            target=lambda: held.append(
                httpx.post(
                    server.url + SHOP, content=body, headers=shopify(body, delivery="held"), timeout=20
                ).status_code
            )
        )
        senders = Senders(server, "other")
        send_held.start()
        send_held.join(20)
        senders.await_acknowledged(20)
        senders.stop()
        assert held == [503] and not senders.refused
        holder.rollback()
        answer = httpx.post(server.url + SHOP, content=body, headers=shopify(body, delivery="held"))
        assert answer.json() == {"stored": True}
    assert rows(database, "SELECT count(*) FROM intake_seen WHERE key = 'held'") == [(1,)]
