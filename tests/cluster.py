"""A private PostgreSQL for one test run: made before Django reads its settings, gone with the run.

AFTERCART_POSTGRES_VERSION chooses 16 or 18. With xdist the first process makes it and the workers share it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from aftercart.plumbing import postgres

# Nothing here outlives the run, so nothing needs to survive a crash.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}

_directory: Path | None = None


def _start() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="aftercart-tests-"))
    # As root, the server's account has to pass through.
    directory.chmod(0o711)
    cluster = postgres.ensure(directory / "pg", version=_version(), settings=CARELESS)
    postgres.create_database(cluster, "aftercart")
    os.environ["DATABASE_URL"] = cluster.url("aftercart")
    os.environ["AFTERCART_VAR"] = str(directory / "var")
    # Django's tests hold one connection a thread; a pool would hide leaks.
    os.environ["AFTERCART_DATABASE_POOL"] = "0"
    return directory


def _version() -> int:
    return int(os.environ.get("AFTERCART_POSTGRES_VERSION", "18"))


def the_cluster() -> postgres.Cluster:
    """The one that this run's databases are in."""
    return postgres.ensure(Path(os.environ["AFTERCART_VAR"]).parent / "pg", version=_version())


if "PYTEST_XDIST_WORKER" not in os.environ:
    _directory = _start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _directory is not None:
        postgres.remove(_directory / "pg")
        shutil.rmtree(_directory, ignore_errors=True)
