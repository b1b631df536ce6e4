"""Taking deliveries in: accepted a second and CPU for each, beside a bare receiver and a Django view.

Each is one granian worker before one durable PostgreSQL, sent the same signed 5.4 kB orders in turns: over 32
connections, then over one. CPU is what the server's processes and PostgreSQL's used, so that what else the machine
does counts little. Ours also looks for twins by content and writes state and bytes apart; the others insert one row.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from aftercart.plumbing import postgres
from benchmarks.intake_bare import TABLE
from benchmarks.intake_load import SECRET
from benchmarks.measuring import cost, free_port, installation

TOGETHER = 32
PEERS = {
    "ours": ("asgi", "aftercart.config.asgi:application"),
    "bare": ("asgi", "benchmarks.intake_bare:application"),
    "orm": ("wsgi", "benchmarks.intake_orm:application"),
}
OTHERS = "/in"  # where the two others take it


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
    with installation(AFTERCART_DATABASE_POOL="8") as cluster, ExitStack() as stack:
        address = _prepare()
        peers = [stack.enter_context(_served(name, address if name == "ours" else OTHERS)) for name in PEERS]
        loads = [Load(cluster, TOGETHER, 120 if quick else 3000), Load(cluster, 1, 40 if quick else 800)]
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


def _prepare() -> str:
    """A brand whose shop may write to its inbox, the others' table; our address."""
    from django.db import connection

    from aftercart.brands import services

    brand = services.set_up("bench", from_email="shop@bench.example", country="NL")
    source = services.connect(brand, "shopify", secret=SECRET, bound_to="bench.example")
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    connection.close()
    return f"/in/{brand.slug}/{source.kind}/{source.token}"


@contextmanager
def _served(name: str, path: str) -> Iterator[Peer]:
    interface, target = PEERS[name]
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", interface, "--port", str(port), "--no-log"]
    environment = dict(os.environ)
    if interface == "wsgi":
        command += ["--blocking-threads", "8"]
        del environment["DJANGO_SETTINGS_MODULE"]
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
    first = (load.connections * 100 + number) * 100_000
    command = [sys.executable, "-m", "benchmarks.intake_load", str(peer.port), peer.path]
    command += [str(first), str(load.count), str(load.connections), peer.name]
    told: list[bytes] = []

    def send() -> None:
        told.append(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300).stdout)

    spent, sent = cost(load.cluster, peer.process, send), json.loads(told[0])
    return Figures(
        accepted=load.count / sent["seconds"],
        app_us=spent.app / load.count * 1e6,
        pg_us=spent.pg / load.count * 1e6,
        p50_ms=sent["p50_ms"],
        p99_ms=sent["p99_ms"],
    )


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
