"""A private PostgreSQL in a directory, from the binaries of a wheel: no server to install."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from aftercart.plumbing import postgres_process as process
from aftercart.plumbing.postgres_account import PostgresError, account_for, closed_to, explained
from aftercart.plumbing.postgres_binaries import binary
from aftercart.plumbing.postgres_place import OURS, PGDATA, follow, locked, settle, socket_dir

__all__ = [
    "Cluster",
    "PostgresError",
    "binary",
    "create_database",
    "drop_database",
    "ensure",
    "is_running",
    "remove",
    "stop",
    "temporary",
]

START_SECONDS = 120
STOP_SECONDS = 120
LONGEST_NAME = 63
# Nothing here is worth keeping after the run.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Cluster:
    data: Path
    socket_dir: Path
    port: int
    version: int

    @property
    def pgdata(self) -> Path:
        """PostgreSQL's own directory; not always below `data` (docs/why/0003-private-postgresql.md)."""
        return follow(self.data) / PGDATA

    def url(self, database: str, *, role: str = process.ROLE) -> str:
        """For psycopg, asyncpg and libpq's programs. `role="postgres"` is the superuser."""
        sockets = quote(str(self.socket_dir), safe="")
        return f"postgresql://{role}@/{quote(database, safe='')}?host={sockets}&port={self.port}"


def ensure(data: Path, *, version: int = 18, settings: Mapping[str, str] | None = None) -> Cluster:
    """The running cluster of `data`: made, started or recovered if needed, and verified by a connection.

    Safe to race from several processes. `settings` count at the start only: a server that runs keeps its own.
    """
    home = _home(data)
    try:
        return _answering(home, version) or _started(home, version, settings or {})
    except OSError as error:
        raise explained(home, error) from error


def stop(data: Path, *, mode: Literal["fast", "immediate"] = "fast") -> None:
    """Returns when every process has ended. `immediate` is a crash from which the next `ensure` recovers."""
    home = _home(data)
    if not home.is_dir():
        return
    try:
        with locked(home):
            pgdata = follow(home) / PGDATA
            if server := process.running(pgdata):
                os.kill(server.pid, signal.SIGINT if mode == "fast" else signal.SIGQUIT)
                _await_end(home, pgdata)
                with suppress(OSError):
                    server.socket_dir.rmdir()
    except OSError as error:
        raise explained(home, error) from error


def is_running(data: Path) -> bool:
    """Whether the server's process lives; it may still be starting, or be about to end."""
    return process.running(follow(_home(data)) / PGDATA) is not None


def remove(data: Path) -> None:
    """Stop the server and delete the cluster, wherever it is kept. There is no way back."""
    home = _home(data)
    stop(home, mode="immediate")
    for place in {follow(home), home} if home.is_dir() else ():
        for name in OURS - {"lost+found"}:
            with suppress(NotADirectoryError, FileNotFoundError):
                shutil.rmtree(place / name)
            (place / name).unlink(missing_ok=True)
        with suppress(OSError):
            place.rmdir()


@contextmanager
def temporary(*, version: int = 18, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A fast, forgetful cluster for one run of tests or benchmarks, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="aftercart-pg-"))
    # As root, the server's account has to pass through.
    home.chmod(0o711)
    try:
        yield ensure(home, version=version, settings=CARELESS | dict(settings or {}))
    finally:
        remove(home)


def create_database(cluster: Cluster, name: str, *, template: str | None = None) -> None:
    """An existing database is left alone, unless a `template` is asked for: then it is an error."""
    if not 0 < (size := len(name.encode())) <= LONGEST_NAME:
        raise PostgresError(f"Database name {name!r} has {size} bytes; give it 1 to {LONGEST_NAME}.")
    order = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(process.ROLE))
    if template is not None:
        order += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    race = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation) if template is None else ()
    with _ordering(cluster, f"create database {name!r}") as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if template is not None or not known:
            with suppress(*race):
                connection.execute(order)


def drop_database(cluster: Cluster, name: str) -> None:
    """Ends its connections. One that does not exist is dropped already."""
    order = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with _ordering(cluster, f"drop database {name!r}") as connection:
        connection.execute(order)


@contextmanager
def _ordering(cluster: Cluster, deed: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    try:
        with _superuser(cluster) as connection:
            yield connection
    except psycopg.Error as error:
        raise PostgresError(f"PostgreSQL in {cluster.data} could not {deed}: {_sentence(error)}.") from error


def _home(data: Path) -> Path:
    home = os.path.realpath(data)
    if "\n" in home:
        raise PostgresError(f"PostgreSQL cannot live in {home!r}: the path has a line break; choose another.")
    return Path(home)


def _answering(home: Path, version: int) -> Cluster | None:
    """The quick way, on the path of every command: two small files and one connection."""
    pgdata = follow(home) / PGDATA
    server = process.postmaster(pgdata)
    if server is None:
        return None
    _check_version(home, pgdata, version)
    cluster = Cluster(home, server.socket_dir, server.port, version)
    return None if _refusal(cluster, pgdata) else cluster


def _started(home: Path, version: int, settings: Mapping[str, str]) -> Cluster:
    with locked(home):
        place = settle(home)
        pgdata = place / PGDATA
        account = account_for(pgdata)
        if not pgdata.exists():
            process.initialise(place, account, version, durable=settings.get("fsync") != "off")
        _check_version(home, pgdata, version)
        if cluster := _await_answer(home, pgdata, version):
            return cluster
        if closed := closed_to(account, pgdata):
            raise PostgresError(
                f"PostgreSQL in {home}: {closed} is closed to {account.name}, as whom the server runs; "
                "open it, or move the data."
            )
        sockets = socket_dir(process.tag(pgdata), account)
        process.bury(pgdata, sockets)
        process.launch(place, account, version, sockets, settings)
        if cluster := _await_answer(home, pgdata, version):
            return cluster
        raise PostgresError(f"PostgreSQL in {home} ended while starting: {process.last_words(place)}.")


def _await_answer(home: Path, pgdata: Path, version: int) -> Cluster | None:
    """Waits through starting, recovery and stopping; None when there is no living server."""
    deadline = time.monotonic() + START_SECONDS
    while server := process.running(pgdata):
        cluster = Cluster(home, server.socket_dir, server.port, version)
        if not (refusal := _refusal(cluster, pgdata)):
            return cluster
        if time.monotonic() > deadline:
            raise PostgresError(
                f"PostgreSQL in {home} runs (process {server.pid}) but does not answer within "
                f"{START_SECONDS} s: {refusal}; see {pgdata.parent / process.LOG}."
            )
        time.sleep(0.02)
    return None


def _await_end(home: Path, pgdata: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while process.running(pgdata) or process.processes(pgdata):
        if time.monotonic() > deadline:
            raise PostgresError(f"PostgreSQL in {home} has not ended for {STOP_SECONDS} s; stop it as immediate.")
        time.sleep(0.02)


def _refusal(cluster: Cluster, pgdata: Path) -> str:
    """Why the server does not serve us, from a real connection; empty when it does."""
    try:
        with _superuser(cluster) as connection:
            row = connection.execute("SELECT current_setting('cluster_name')").fetchone()
    except psycopg.Error as error:
        return _sentence(error)
    return "" if row == (process.tag(pgdata),) else "another cluster answers at its socket"


def _superuser(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    """The superuser's connections are reserved: they work when the application has used up its own."""
    return psycopg.connect(cluster.url("postgres", role=process.ADMIN), autocommit=True, connect_timeout=5)


def _check_version(home: Path, pgdata: Path, version: int) -> None:
    found = (pgdata / "PG_VERSION").read_text().strip()
    if found != str(version):
        raise PostgresError(
            f"PostgreSQL in {home} holds data of version {found}, not {version}; ask for version {found}, "
            "or move the data with pg_dump and pg_restore."
        )


def _sentence(error: psycopg.Error) -> str:
    return " ".join(str(error).split()).rstrip(".")
