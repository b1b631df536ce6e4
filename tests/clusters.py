"""Clusters that a test may harm, and questions to them."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from aftercart.plumbing import postgres, postgres_process
from aftercart.plumbing.postgres import CARELESS, Cluster

AS_ROOT = os.geteuid() == 0
QUICK = {**CARELESS, "shared_buffers": "16MB"}


@contextmanager
def a_room() -> Iterator[Path]:
    """A directory through which the server's account may pass, and the end of whatever lives below it."""
    path = Path(tempfile.mkdtemp(prefix="aftercart-room-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        for pgdata in list(path.rglob("pgdata")):
            postgres.remove(pgdata.parent)
        shutil.rmtree(path)


def ask(cluster: Cluster, question: str, database: str = "postgres") -> object:
    with psycopg.connect(cluster.url(database), autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def server_pid(cluster: Cluster) -> int:
    found = postgres_process.postmaster(cluster.pgdata)
    assert found
    return found.pid


def kill_server(cluster: Cluster) -> None:
    pid = server_pid(cluster)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while postgres_process.lives(cluster.pgdata, pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def starting(home: Path, version: int, then: str = "") -> list[str]:
    code = f"""
import sys; from pathlib import Path; from aftercart.plumbing import postgres, postgres_process
cluster = postgres.ensure(Path({str(home)!r}), version={version}, settings={QUICK!r})
print(postgres_process.postmaster(cluster.pgdata).pid, flush=True)
{then}
"""
    return [sys.executable, "-c", code]
