"""A real server on a free port, and senders who sign as the outside does."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from tests import world

SHOP = "/in/juniper/shopify/token-shopify"


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As the kernel would: the server and its workers at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def database_url() -> str:
    from aftercart.plumbing.database import parameters

    return make_conninfo(**parameters())


def start(database: str, *, workers: int = 1, **environment: str) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--log-level", "warning"]
    command += ["--workers", str(workers), "aftercart.config.asgi:application"]
    given = os.environ | {"DATABASE_URL": database, "AFTERCART_DATABASE_POOL": "4"} | environment
    server = Server(subprocess.Popen(command, env=given, start_new_session=True), port)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{server.url}/health", timeout=5)
            return server
        except httpx.TransportError:
            time.sleep(0.05)
    server.kill()
    raise AssertionError("the server did not start")


@contextmanager
def serving(database: str, *, workers: int = 1, **environment: str) -> Iterator[Server]:
    server = start(database, workers=workers, **environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            try:
                server.process.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()


def order(number: int, **more: object) -> bytes:
    return json.dumps({"id": number, "name": f"#{number}", "updated_at": "2026-03-10T12:00:00Z", **more}).encode()


def shopify(body: bytes, *, delivery: str, secret: str = world.SECRETS["shopify"], **more: str) -> dict[str, str]:
    """The headers that a shop sends with `body`."""
    return {
        "content-type": "application/json",
        "x-shopify-topic": "orders/updated",
        "x-shopify-shop-domain": "juniper-and-clay.example",
        "x-shopify-webhook-id": delivery,
        "x-shopify-triggered-at": "2026-03-10T12:00:01Z",
        "x-shopify-hmac-sha256": base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode(),
        **more,
    }


def request(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a whole request, for senders who speak HTTP by hand."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def delivery(number: int) -> bytes:
    """A whole signed request of the shop's, known as `w-<number>`."""
    body = order(number)
    return request(SHOP, shopify(body, delivery=f"w-{number}"), body)


def send_at_once(server: Server, requests: Sequence[bytes]) -> list[tuple[int, object]]:
    """Each over a connection of its own, all complete at the same moment. Status and answer of each."""

    async def one(content: bytes, ready: asyncio.Barrier) -> tuple[int, object]:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(content[:-1])
        await ready.wait()
        writer.write(content[-1:])
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        writer.close()
        return int(head.split()[1]), answer

    async def everyone() -> list[tuple[int, object]]:
        ready = asyncio.Barrier(len(requests))
        return await asyncio.gather(*(one(content, ready) for content in requests))

    return asyncio.run(asyncio.wait_for(everyone(), 60))


def rows(database: str, query: str, arguments: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as connection:
        return connection.execute(query, arguments).fetchall()


def stored_keys(database: str) -> list[str]:
    """The sender's ids of everything that is wholly stored: remembered, waiting and with its bytes."""
    query = "SELECT s.key FROM intake_seen s JOIN intake_delivery USING (id) JOIN intake_payload USING (id) ORDER BY 1"
    return [key for (key,) in rows(database, query)]
