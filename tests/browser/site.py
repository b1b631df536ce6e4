"""A shop with its orders, served by the real application in a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

PATIENCE = 60.0


@dataclass(slots=True)
class Server:
    """The process that serves, which may be killed and started again at the same address."""

    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.browser.serve", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        _await(f"{self.address}/t/juniper/", self.process)

    def kill(self) -> None:
        """At once, with the workers that it has."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass(frozen=True, slots=True)
class Site:
    address: str
    links: dict[str, str]  # the page of each order, by its number
    environment: dict[str, str]
    server: Server

    def arrives(self, number: str) -> None:
        _run(["arrives", number], self.environment)

    def await_key(self, path: str, origin: str, asked: dict[str, str]) -> None:
        """Until the server knows a key that was just made: it reads them every few seconds (`api/doors.py`)."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            said = httpx.get(f"{self.address}{path}", params=asked, headers={"origin": origin}, timeout=30)
            if said.status_code != httpx.codes.UNAUTHORIZED:
                return
            time.sleep(0.2)
        raise RuntimeError(f"the server does not know the key after {PATIENCE:.0f} s")


@contextmanager
def site(cluster: str) -> Iterator[Site]:
    """`cluster` is the address of a database on the cluster in which a fresh one is made."""
    name = f"browser_{secrets.token_hex(4)}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    with _kept_port() as port:
        environment = os.environ | {
            "DATABASE_URL": _other_database(cluster, name),
            "AFTERCART_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "AFTERCART_DATABASE_POOL": "4",
            "AFTERCART_SECRET_KEY": "browser-tests-only",
            "DJANGO_SETTINGS_MODULE": "aftercart.config.settings",
        }
        links = json.loads(_run([], environment))
        server = Server(port, environment)
        try:
            server.start()
            yield Site(server.address, links, environment, server)
        finally:
            server.stop()


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "tests.browser.seed", *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _other_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def _kept_port() -> Iterator[int]:
    """For our server alone, also while the shop is being filled and while the server is dead."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def _await(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the server stopped with {server.returncode} before it answered")
        try:
            if httpx.get(address, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {PATIENCE:.0f} s")
