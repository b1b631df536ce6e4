"""Where the private PostgreSQL may live, who may come in, and how it says no."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from aftercart.plumbing import postgres, postgres_place
from aftercart.plumbing.postgres import CARELESS, Cluster, PostgresError
from aftercart.plumbing.postgres_account import account_for
from aftercart.plumbing.postgres_binaries import INSTALLATIONS
from tests.clusters import AS_ROOT, QUICK, a_room, ask, server_pid


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


def test_only_its_own_user_reaches_the_server_and_there_is_no_network(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
    assert cluster.socket_dir.stat().st_uid == cluster.pgdata.stat().st_uid
    assert ask(cluster, "SHOW listen_addresses") == ""
    server = psutil.Process(server_pid(cluster))
    if AS_ROOT or sys.platform == "linux":
        assert [c.type for c in server.net_connections("inet")] == []
    with psycopg.connect(cluster.url("postgres", role="postgres")) as admin:
        rules = admin.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert rules == [("peer",)]


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_another_user_is_refused_even_where_the_socket_is_open(room: Path) -> None:
    running = postgres.ensure(room / "pg", settings={**QUICK})
    command = ["/bin/sh", "-c", f"exec {postgres.binary('psql')} '{running.url('postgres')}' -c 'SELECT 1'"]
    stranger = {"user": 12345, "group": 12345, "extra_groups": []}
    closed = subprocess.run(command, capture_output=True, text=True, **stranger)  # type: ignore[call-overload]
    assert "Permission denied" in closed.stderr
    running.socket_dir.chmod(0o755)
    (running.socket_dir / ".s.PGSQL.5432").chmod(0o777)
    opened = subprocess.run(command, capture_output=True, text=True, **stranger)  # type: ignore[call-overload]
    assert opened.returncode
    assert "eer" in opened.stderr


def test_the_application_is_no_superuser_and_still_makes_and_drops_databases(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW is_superuser") == "off"
    ask(cluster, "CREATE DATABASE made_by_application")
    ask(cluster, "DROP DATABASE made_by_application")


def test_a_socket_directory_of_somebody_else_or_open_to_others_is_refused(room: Path) -> None:
    account = account_for(room / "pgdata")
    name = f"aftercart-test-{os.getpid()}"
    path = postgres_place.socket_dir(name, account)
    try:
        assert postgres_place.socket_dir(name, account) == path
        path.chmod(0o755)
        with pytest.raises(PostgresError, match=f"{path} for PostgreSQL's socket is not one of"):
            postgres_place.socket_dir(name, account)
        path.rmdir()
        path.symlink_to(room)
        with pytest.raises(PostgresError, match="remove it and try again"):
            postgres_place.socket_dir(name, account)
        path.unlink()
        if AS_ROOT:
            path.mkdir(mode=0o700)
            os.chown(path, 12345, 12345)
            with pytest.raises(PostgresError, match="it belongs to 12345"):
                postgres_place.socket_dir(name, account)
            path.rmdir()
    finally:
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            path.rmdir()


def test_deep_paths_with_spaces_and_quotes_are_as_good_as_any(room: Path, version: int) -> None:
    home = room / ("deep" * 25) / 'it\'s "the" $HOME; of 100%, and ünïcode' / ("deeper" * 15) / "pg"
    assert len(str(home)) > 250
    running = postgres.ensure(home, version=version, settings=QUICK)
    assert running.data == home
    assert ask(running, "SELECT 1") == 1
    assert len(str(running.socket_dir / ".s.PGSQL.5432")) < 104
    postgres.stop(home)
    assert ask(postgres.ensure(home, version=version, settings=QUICK), "SELECT 1") == 1


def test_a_long_or_odd_temporary_directory_does_not_carry_the_socket(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = room / "one,two"
    odd.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    running = postgres.ensure(room / "pg", settings=QUICK)
    assert running.socket_dir.parent == Path("/tmp")
    # A process with another temporary directory finds the same server.
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    assert postgres.ensure(room / "pg", settings=QUICK) == running


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs as another user")
def test_under_a_closed_directory_of_root_the_data_go_to_the_shelf_and_are_found_again(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_place, "SHELF", room / "shelf")
    tmp_path.chmod(0o700)
    home = tmp_path / "checkout" / "var" / "pg"
    home.mkdir(parents=True)
    closed = {p: stat.S_IMODE(p.stat().st_mode) for p in home.parents}
    running = postgres.ensure(home, settings=QUICK)
    postgres.create_database(running, "shop")
    assert running.data == home
    assert running.pgdata.is_relative_to(room / "shelf")
    assert (home / "elsewhere").read_text() == f"{running.pgdata.parent}\n"
    postgres.stop(home)
    assert not postgres.is_running(home)
    again = postgres.ensure(home, settings=QUICK)
    assert ask(again, "SELECT 1", "shop") == 1
    assert {p: stat.S_IMODE(p.stat().st_mode) for p in home.parents} == closed
    postgres.remove(home)
    assert not home.exists()
    assert list((room / "shelf").iterdir()) == []


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs as another user")
def test_a_directory_that_was_closed_afterwards_is_named(room: Path) -> None:
    postgres.ensure(room / "pg", settings=QUICK)
    postgres.stop(room / "pg")
    room.chmod(0o700)
    with pytest.raises(PostgresError, match=f": {room} is closed to .*; open it, or move the data"):
        postgres.ensure(room / "pg", settings=QUICK)
    assert stat.S_IMODE(room.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs as another user")
def test_a_virtualenv_under_a_closed_directory_of_root_serves_from_a_copy(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(postgres_place, "SHELF", room / "shelf")
    package = postgres.binary("postgres").parents[2]
    tmp_path.chmod(0o700)
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, tmp_path / part.name, symlinks=True)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert postgres.binary("psql", version).is_relative_to(tmp_path)
    running = postgres.ensure(room / "pg", version=version, settings=QUICK)
    assert ask(running, "SELECT 1") == 1
    program = psutil.Process(server_pid(running)).exe()
    assert Path(program).is_relative_to(room / "shelf")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda home: home.write_text("a file"), "is a file or lies below one; choose another directory"),
        (
            lambda home: (home.mkdir(), (home / "photos").mkdir()),
            r"neither empty nor ours \(it holds photos\)",
        ),
        (
            lambda home: (home.mkdir(), (home / "elsewhere").write_text("/nowhere\n")),
            r"were in /nowhere, which is gone; put it back, or delete .*elsewhere",
        ),
    ],
)
def test_an_unusable_directory_is_named_with_the_way_out(room: Path, spoil: object, complaint: str) -> None:
    spoil(room / "pg")  # type: ignore[operator]
    with pytest.raises(PostgresError, match=complaint):
        postgres.ensure(room / "pg")


def test_a_line_break_in_the_path_is_refused(room: Path) -> None:
    with pytest.raises(PostgresError, match="the path has a line break"):
        postgres.ensure(room / "p\ng")


def test_data_of_another_major_version_are_not_touched(room: Path) -> None:
    old = postgres.ensure(room / "pg", version=16, settings=QUICK)
    complaint = "holds data of version 16, not 18; ask for version 16, or move the data"
    with pytest.raises(PostgresError, match=complaint):
        postgres.ensure(room / "pg", version=18)
    assert ask(old, "SELECT 1") == 1
    postgres.stop(room / "pg")
    with pytest.raises(PostgresError, match=complaint):
        postgres.ensure(room / "pg", version=18)
    with pytest.raises(PostgresError, match="no PostgreSQL 12"):
        postgres.ensure(room / "new", version=12)


@pytest.mark.skipif(AS_ROOT, reason="nothing is closed to root")
def test_a_directory_that_is_not_ours_to_write_is_refused(room: Path) -> None:
    home = room / "pg"
    home.mkdir(mode=0o555)
    with pytest.raises(PostgresError, match=f"PostgreSQL in {home}: .* is not open to user "):
        postgres.ensure(home)
    home.chmod(0o755)


@pytest.mark.skipif(not AS_ROOT, reason="only root can mount")
@pytest.mark.parametrize(("options", "complaint"), [("ro", "read-only file system"), ("size=8m", "free some")])
def test_a_full_or_read_only_disk_is_called_that(room: Path, options: str, complaint: str) -> None:
    home = room / "pg"
    home.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"{options},mode=755", "tmpfs", str(home)])
    if mounted.returncode:
        pytest.skip("this root may not mount")
    try:
        with pytest.raises(PostgresError, match=complaint):
            postgres.ensure(home)
        assert [p.name for p in home.iterdir() if p.name.startswith("pgdata")] == []
    finally:
        subprocess.run(["umount", str(home)], check=True)


def test_a_setting_that_postgresql_refuses_is_told_in_its_words(room: Path) -> None:
    with pytest.raises(PostgresError, match=r"did not start: .*max_connections"):
        postgres.ensure(room / "pg", settings={**CARELESS, "max_connections": "many"})
    assert ask(postgres.ensure(room / "pg", settings=QUICK), "SELECT 1") == 1
