"""Taking deliveries in: accepted a second and CPU for each, beside a bare receiver and a Django view.

Each is one granian worker before one durable PostgreSQL, sent the same signed 5.4 kB orders in turns: over 32
connections, then over one. CPU is what the server's processes and PostgreSQL's used, so that what else the machine
does counts little. Ours also looks for twins by content and writes state and bytes apart; the others insert one row.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg

from aftercart.plumbing import postgres, postgres_process
from benchmarks.intake_bare import TABLE

TOGETHER = 32
BRAND = UUID(int=1)
PEERS = {
    "ours": ("asgi", "aftercart.config.asgi:application", "/in/bench/shopify/bench-token"),
    "bare": ("asgi", "benchmarks.intake_bare:application", "/in"),
    "orm": ("wsgi", "benchmarks.intake_orm:application", "/in"),
}
BRAND_ROW = """
INSERT INTO brands_brand (id, slug, name, accent, website, help_email, from_email, country, time_zone,
    language, clock_rate)
VALUES (%s, 'bench', 'Bench', '', '', '', 'shop@bench.example', 'NL', 'UTC', 'en', 1)
"""
SOURCE_ROW = """
INSERT INTO brands_source (id, brand_id, kind, name, secrets, token, bound_to, enabled)
VALUES (%s, %s, 'shopify', 'main', '["bench-secret"]', 'bench-token', 'bench.example', true)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    process: psutil.Process
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Load:
    cluster: postgres.Cluster
    connections: int
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    accepted: float
    app_us: float
    pg_us: float
    p50_ms: float
    p99_ms: float


def run(quick: bool = False) -> dict[str, Any]:
    rounds = 1 if quick else 5
    with tempfile.TemporaryDirectory(prefix="aftercart-bench-") as directory, ExitStack() as stack:
        here = Path(directory)
        here.chmod(0o711)
        cluster = postgres.ensure(here / "pg", version=18)
        stack.callback(postgres.remove, here / "pg")
        environment = _prepare(cluster, here)
        peers = [stack.enter_context(_served(name, environment)) for name in PEERS]
        loads = [Load(cluster, TOGETHER, 600 if quick else 3000), Load(cluster, 1, 200 if quick else 800)]
        together, alone = (_measure(load, peers, rounds) for load in loads)
    return together | {"one_at_a_time": alone}


def _measure(load: Load, peers: list[Peer], rounds: int) -> dict[str, Any]:
    measured: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
    for number in range(rounds + 1):
        for peer in peers:
            figures = _send(load, peer, number)
            if number:  # the first round warms up
                measured[peer.name].append(figures)
    return {"deliveries": load.count * rounds, "connections": load.connections} | _summary(measured)


def _summary(measured: dict[str, list[Figures]]) -> dict[str, Any]:
    def median(field: str, digits: int) -> dict[str, float]:
        return {n: round(statistics.median(getattr(f, field) for f in found), digits) for n, found in measured.items()}

    cpu = {n: statistics.median(f.app_us + f.pg_us for f in found) for n, found in measured.items()}
    return {
        "accepted_per_second": median("accepted", 0),
        "app_cpu_us": median("app_us", 0),
        "postgres_cpu_us": median("pg_us", 0),
        "cpu_us": {name: round(value) for name, value in cpu.items()},
        "p50_ms": median("p50_ms", 1),
        "p99_ms": median("p99_ms", 1),
        "cpu_to_bare": round(cpu["ours"] / cpu["bare"], 3),
        "cpu_to_orm": round(cpu["ours"] / cpu["orm"], 3),
    }


def _prepare(cluster: postgres.Cluster, here: Path) -> dict[str, str]:
    postgres.create_database(cluster, "aftercart")
    environment = os.environ | {
        "DATABASE_URL": cluster.url("aftercart"),
        "AFTERCART_VAR": str(here / "var"),
        "DJANGO_SETTINGS_MODULE": "aftercart.config.settings",
    }
    migrate = [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(migrate, env=environment, check=True)
    with psycopg.connect(cluster.url("aftercart")) as connection:
        connection.execute(BRAND_ROW, [BRAND])
        connection.execute(SOURCE_ROW, [UUID(int=2), BRAND])
        connection.execute(TABLE)
    return environment


@contextmanager
def _served(name: str, environment: dict[str, str]) -> Iterator[Peer]:
    interface, target, path = PEERS[name]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", interface, "--port", str(port), "--no-log"]
    if interface == "wsgi":
        command += ["--blocking-threads", "8"]
        environment = {key: value for key, value in environment.items() if key != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen([*command, target], env=environment)
    try:
        _await_answer(port)
        yield Peer(name, psutil.Process(process.pid), port, path)
    finally:
        process.terminate()
        process.wait(20)


def _await_answer(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("a server did not start")


def _send(load: Load, peer: Peer, number: int) -> Figures:
    pgdata, first = load.cluster.pgdata, (load.connections * 100 + number) * 100_000
    app, pg = _cpu(_tree(peer.process)), _cpu(postgres_process.processes(pgdata))
    command = [sys.executable, "-m", "benchmarks.intake_load", str(peer.port), peer.path]
    command += [str(first), str(load.count), str(load.connections), peer.name]
    sent = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300).stdout)
    app = _cpu(_tree(peer.process)) - app
    pg = _cpu(postgres_process.processes(pgdata)) - pg
    return Figures(
        accepted=load.count / sent["seconds"],
        app_us=app / load.count * 1e6,
        pg_us=pg / load.count * 1e6,
        p50_ms=sent["p50_ms"],
        p99_ms=sent["p99_ms"],
    )


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu(processes: list[psutil.Process]) -> float:
    """Seconds used by these and by their children that have ended."""
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
