"""Measuring on a shared machine: processor time beside the clock's, and installations that are gone afterwards."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from aftercart.plumbing import postgres, postgres_process


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


# A migrated database to copy, where one is at hand: tests want to see that a benchmark works, and measure nothing.
_pattern: list[tuple[postgres.Cluster, str]] = []


def copy_of(cluster: postgres.Cluster, database: str) -> None:
    """Let this process's installation be a copy of that database of the cluster. Nobody may be connected to it."""
    _pattern[:] = [(cluster, database)]


@contextmanager
def installation(**environment: str) -> Iterator[postgres.Cluster]:
    """This process becomes Aftercart on a fresh, migrated PostgreSQL, durable as shipped. Once for a process."""
    with tempfile.TemporaryDirectory(prefix="aftercart-bench-") as directory:
        here = Path(directory)
        # As root, the server's account has to pass through.
        here.chmod(0o711)
        with _copied(*_pattern[0]) if _pattern else _made(here / "pg") as (cluster, database):
            os.environ |= {
                "DATABASE_URL": cluster.url(database),
                "AFTERCART_VAR": str(here / "var"),
                "AFTERCART_DATABASE_POOL": "0",
                "DJANGO_SETTINGS_MODULE": "aftercart.config.settings",
                **environment,
            }
            _set_up(migrate=not _pattern)
            yield cluster


@contextmanager
def _made(home: Path) -> Iterator[tuple[postgres.Cluster, str]]:
    cluster = postgres.ensure(home, version=18)
    try:
        postgres.create_database(cluster, "aftercart")
        yield cluster, "aftercart"
    finally:
        postgres.remove(home)


@contextmanager
def _copied(cluster: postgres.Cluster, pattern: str) -> Iterator[tuple[postgres.Cluster, str]]:
    name = f"bench_{os.getpid()}"
    postgres.create_database(cluster, name, template=pattern)
    try:
        yield cluster, name
    finally:
        postgres.drop_database(cluster, name)


def _set_up(*, migrate: bool) -> None:
    import django

    django.setup()
    if migrate:
        from django.core.management import call_command

        from aftercart.plumbing.jobs import make_all_months

        call_command("migrate", verbosity=0)
        make_all_months()


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, and of processor time in the application's and PostgreSQL's processes."""

    wall: float
    app: float
    pg: float

    @property
    def cpu(self) -> float:
        return self.app + self.pg


def cost(cluster: postgres.Cluster, app: psutil.Process, work: Callable[[], object]) -> Cost:
    """What `work` costs; `app` is the process that does it, with its children."""
    app_before, pg_before = _cpu(tree(app)), _cpu(postgres_process.processes(cluster.pgdata))
    begun = time.perf_counter()
    work()
    wall = time.perf_counter() - begun
    app_after, pg_after = _cpu(tree(app)), _cpu(postgres_process.processes(cluster.pgdata))
    return Cost(wall, app_after - app_before, pg_after - pg_before)


def tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu(processes: Iterable[psutil.Process]) -> float:
    """Seconds used by these and by their children that have ended."""
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)
