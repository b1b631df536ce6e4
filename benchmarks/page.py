"""The tracking page: waits and processor time beside an empty Django view in the same server process.

The orders are two months of the rehearsed shop, in every state; each is asked for by the link in its customer's mail.
The page reads the order, its parcels and scans, its ledger and concerns, writes down that it was looked at, and is
rendered in the customer's language and zone. One connection tells how long a page takes, eight how many go through.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil

from benchmarks.measuring import Cost, cost, free_port, installation

if TYPE_CHECKING:
    from aftercart.plumbing.postgres import Cluster

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOGETHER = 8
EMPTY = "/empty/"


def run(quick: bool = False) -> dict[str, Any]:
    days, orders_a_day, count, rounds = (7, 4.0, 60, 1) if quick else (60, 30.0, 800, 5)
    with installation(AFTERCART_MAIL="file", AFTERCART_DATABASE_POOL="8") as cluster:
        links = _links(days, orders_a_day)
        with _served() as (server, port):
            return {
                "orders": len(links),
                "one_at_a_time": _measure(cluster, server, port, links, connections=1, count=count, rounds=rounds),
                "together": _measure(cluster, server, port, links, connections=TOGETHER, count=count, rounds=rounds),
            }


def _links(days: int, orders_a_day: float) -> list[str]:
    """The path of every order's page after so many days, in no particular order."""
    from django.db import connection

    from aftercart.orders.models import Order
    from aftercart.people.links import tracking_url
    from aftercart.rehearsal import services
    from aftercart.rehearsal.scenario import maren_and_oak

    scenario = maren_and_oak(NOW, seed="page", orders_a_day=orders_a_day)
    brand = services.found(scenario)
    services.load(brand, scenario, until=min(NOW, services.first_moment(scenario) + timedelta(days=days)))
    links = [urlsplit(tracking_url(brand, order.id)).path for order in Order.objects.filter(brand=brand)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    random.Random(1).shuffle(links)
    return links


@contextmanager
def _served() -> Iterator[tuple[psutil.Process, int]]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-log"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.page_settings"}
    process = subprocess.Popen([*command, "aftercart.config.asgi:application"], env=environment)
    try:
        _await_answer(port)
        yield psutil.Process(process.pid), port
    finally:
        process.terminate()
        process.wait(20)


def _await_answer(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urlopen(f"http://127.0.0.1:{port}{EMPTY}", timeout=5)
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _measure(
    cluster: Cluster, server: psutil.Process, port: int, links: list[str], *, connections: int, count: int, rounds: int
) -> dict[str, Any]:
    """Both in turns, a first round to warm up not counted."""
    asked = {"page": [links[n % len(links)] for n in range(count)], "empty": [EMPTY] * count}
    waits: dict[str, list[float]] = {"page": [], "empty": []}
    spent: dict[str, list[Cost]] = {"page": [], "empty": []}
    for number in range(rounds + 1):
        for name, paths in asked.items():
            found: list[float] = []
            used = cost(cluster, server, lambda: found.extend(_read(port, paths, connections)))  # noqa: B023
            if number:
                waits[name] += found
                spent[name].append(used)
    return _summary(waits, spent, count * rounds)


def _read(port: int, paths: list[str], connections: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.page_load", str(port), str(connections)]
    done = subprocess.run(command, input=json.dumps(paths), stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    read: list[float] = json.loads(done.stdout)
    return read


def _summary(waits: dict[str, list[float]], spent: dict[str, list[Cost]], count: int) -> dict[str, Any]:
    ordered = {name: sorted(found) for name, found in waits.items()}
    p50 = {name: found[len(found) // 2] for name, found in ordered.items()}
    p99 = {name: found[len(found) * 99 // 100] for name, found in ordered.items()}
    app = {name: sum(one.app for one in costs) / count * 1000 for name, costs in spent.items()}
    pg = {name: sum(one.pg for one in costs) / count * 1000 for name, costs in spent.items()}
    cpu = {name: app[name] + pg[name] for name in spent}
    return {
        "p50_ms": _rounded(p50),
        "p99_ms": _rounded(p99),
        "app_cpu_ms": _rounded(app),
        "postgres_cpu_ms": _rounded(pg),
        "cpu_ms": _rounded(cpu),
        "p50_to_empty": round(p50["page"] / p50["empty"], 2),
        "p99_to_empty": round(p99["page"] / p99["empty"], 2),
        "cpu_to_empty": round(cpu["page"] / cpu["empty"], 2),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in values.items()}


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
