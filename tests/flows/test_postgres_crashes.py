"""The private PostgreSQL after a violent end, a move, or somebody else's hand."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from aftercart.plumbing import postgres, postgres_place, postgres_process
from aftercart.plumbing.postgres import PostgresError
from aftercart.plumbing.postgres_account import account_for, run_as
from aftercart.plumbing.postgres_binaries import INSTALLATIONS
from tests.clusters import AS_ROOT, QUICK, a_room, ask, kill_server, server_pid, starting


@pytest.fixture(params=sorted(INSTALLATIONS))
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def room() -> Iterator[Path]:
    with a_room() as path:
        yield path


def test_what_was_committed_survives_the_killing_of_the_server(room: Path, version: int) -> None:
    running = postgres.ensure(room / "pg", version=version)
    postgres.create_database(running, "shop")
    ask(running, "CREATE TABLE parcel AS SELECT generate_series(1, 1000) AS id", "shop")
    kill_server(running)
    assert not postgres.is_running(room / "pg")
    again = postgres.ensure(room / "pg", version=version)
    assert ask(again, "SELECT count(*) FROM parcel", "shop") == 1000


def test_a_killed_server_that_nobody_reaps_is_replaced(room: Path, version: int) -> None:
    keep_zombies = """
import ctypes, os, signal, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans become ours, and we never wait
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can choose who reaps")
    command = starting(room / "pg", version, then="time.sleep(60)")
    command[2] = keep_zombies + command[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as careless_parent:
        assert careless_parent.stdout
        killed = int(careless_parent.stdout.readline())
        os.kill(killed, signal.SIGKILL)
        time.sleep(0.3)
        assert psutil.Process(killed).status() == psutil.STATUS_ZOMBIE
        assert not postgres.is_running(room / "pg")
        running = postgres.ensure(room / "pg", version=version, settings=QUICK)
        assert server_pid(running) != killed
        assert psutil.Process(killed).status() == psutil.STATUS_ZOMBIE
        careless_parent.kill()


def test_a_child_that_outlives_the_killed_server_is_ended_before_a_new_one_starts(
    room: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_process, "PATIENCE_SECONDS", 0.5)
    running = postgres.ensure(room / "pg", version=version, settings=QUICK)
    session = psycopg.connect(running.url("postgres"))
    child = psutil.Process(session.info.backend_pid)
    child.suspend()
    kill_server(running)
    assert child in postgres_process.processes(running.pgdata)
    again = postgres.ensure(room / "pg", version=version, settings=QUICK)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert ask(again, "SELECT 1") == 1
    session.close()


def test_a_stranger_that_got_the_dead_servers_number_is_neither_believed_nor_harmed(room: Path) -> None:
    running = postgres.ensure(room / "pg", settings=QUICK)
    dead = server_pid(running)
    kill_server(running)
    owner = running.pgdata.stat()
    as_owner = {"user": owner.st_uid, "group": owner.st_gid} if AS_ROOT else {}
    stranger = subprocess.Popen(["sleep", "60"], **as_owner)  # type: ignore[call-overload]
    lock_file = running.pgdata / "postmaster.pid"
    lock_file.write_text(lock_file.read_text().replace(str(dead), str(stranger.pid), 1))
    try:
        again = postgres.ensure(room / "pg", settings=QUICK)
        assert ask(again, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_first_start_that_died_half_way_is_begun_anew(room: Path) -> None:
    half = room / "pg" / "pgdata.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(postgres.ensure(room / "pg", settings=QUICK), "SELECT 1") == 1


def test_deleting_the_directory_of_a_running_server_gives_an_empty_database(room: Path) -> None:
    running = postgres.ensure(room / "pg", settings=QUICK)
    orphan = psutil.Process(server_pid(running))
    postgres.create_database(running, "shop")
    shutil.rmtree(room / "pg")
    fresh = postgres.ensure(room / "pg", settings=QUICK)
    assert ask(fresh, "SELECT count(*) FROM pg_database WHERE datname = 'shop'") == 0
    # Where the new directory did not take the old one's place on the disk, the old server ends within a minute.
    if orphan.is_running():
        orphan.kill()
        shutil.rmtree(running.socket_dir)


def test_a_moved_directory_keeps_its_running_server_and_a_copy_gets_its_own(room: Path) -> None:
    running = postgres.ensure(room / "before", settings=QUICK)
    pid = server_pid(running)
    shutil.copytree(room / "before", room / "copy")
    if AS_ROOT:
        owner = running.pgdata.stat()
        for path in (room / "copy" / "pgdata", *(room / "copy" / "pgdata").rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
    (room / "before").rename(room / "after")
    assert server_pid(postgres.ensure(room / "after", settings=QUICK)) == pid
    copy = postgres.ensure(room / "copy", settings=QUICK)
    assert server_pid(copy) != pid
    assert copy.socket_dir != running.socket_dir
    assert postgres.is_running(room / "after")


def test_a_server_started_by_hand_is_waited_for_and_never_pushed_aside(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "START_SECONDS", 0.3)
    home = room / "pg"
    postgres.ensure(home, settings=QUICK)
    postgres.stop(home)
    account = account_for(home / "pgdata")
    sockets = postgres_place.socket_dir("aftercart-by-hand", account)
    program = str(postgres.binary("pg_ctl"))
    options = f"-c unix_socket_directories={sockets} -c listen_addresses="
    command = [program, "-w", "-D", str(home / "pgdata"), "-l", str(home / "pgdata" / "hand.log")]
    run_as(account, [*command, "-o", options, "start"], stdout=subprocess.DEVNULL)
    by_hand = postgres_process.running(home / "pgdata")
    assert by_hand
    with pytest.raises(PostgresError, match=rf"runs \(process {by_hand.pid}\) but does not answer"):
        postgres.ensure(home, settings=QUICK)
    assert postgres_process.running(home / "pgdata") == by_hand
    postgres.stop(home)
    assert not psutil.pid_exists(by_hand.pid) or psutil.Process(by_hand.pid).status() == "zombie"
