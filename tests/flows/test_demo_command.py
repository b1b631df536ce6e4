"""`aftercart demo` as it is typed: loads, serves, lives on, stops, and goes on from there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from aftercart.plumbing import postgres
from tests.flows.intake_world import free_port


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("demo")
    # As root, the server's account has to pass through.
    for step in (home, home.parent, home.parent.parent):
        step.chmod(0o711)
    yield home / "var"
    postgres.remove(home / "var" / "pg")


@contextmanager
def demo(var: Path, port: int, speed: int) -> Iterator[tuple[httpx.Client, Path]]:
    command = [sys.executable, "-m", "aftercart", "demo", "--port", str(port), "--speed", str(speed)]
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    said = var.parent / f"said-{speed}.txt"
    with said.open("w") as output, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5) as client:
        group = subprocess.Popen(
            [*command, "--orders-a-day", "1"], env=ours | {"AFTERCART_VAR": str(var)}, stdout=output, stderr=output
        )
        try:
            until(lambda: answers(client), 120, said)
            yield client, said
            group.send_signal(signal.SIGTERM)
            assert group.wait(30) == 0, said.read_text()
        finally:
            if group.poll() is None:
                group.kill()


def until(holds: Callable[[], bool], seconds: float, said: Path) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.1)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code == 200
    except httpx.TransportError:
        return False


def told_until(var: Path) -> datetime:
    return datetime.fromisoformat(json.loads((var / "demo.json").read_text())["told_until"])


def test_the_demo_starts_lives_stops_and_goes_on(var: Path) -> None:
    port = free_port()
    with demo(var, port, 600) as (client, said):
        links = re.findall(r"http\S+/t/\S+", said.read_text())
        assert links and all(client.get(link).status_code == 200 for link in links)
        assert "customers got" in client.get("/demo/inbox/").text
        assert (var / "demo.json").stat().st_mode & 0o077 == 0
        (password,) = re.findall(r"log in as maren with (\S+)", said.read_text())
        began = told_until(var)
        until(lambda: told_until(var) > began + timedelta(minutes=20), 30, said)

    stopped = told_until(var)
    with demo(var, port, 60) as (client, said):
        assert password in said.read_text() and "Sixty days" not in said.read_text()
        until(lambda: told_until(var) > stopped, 30, said)
        assert told_until(var) < stopped + timedelta(hours=2)
