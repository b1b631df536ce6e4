"""A provider's API on loopback, over real sockets, that keeps what it got and can be told to misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG_UP, SLOW, TWICE = "hang up", "slow", "twice"


@dataclass(frozen=True, slots=True)
class Answer:
    """`manner`: HANG_UP after the question without a word, SLOW after a second, TWICE the same one after the other."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Gateway:
    """`answers` come one after the other, and then `usual` for ever."""

    usual: Answer = Answer()
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    gateway: Gateway


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        gateway.asked.append(Asked(self.path, headers, body))
        answer = gateway.answers.pop(0) if gateway.answers else gateway.usual
        if answer.manner == HANG_UP:
            self.close_connection = True
            return
        if answer.manner == SLOW:
            time.sleep(1.0)
        for _ in range(2 if answer.manner == TWICE else 1):
            try:
                self._say(answer)
            except OSError:
                self.close_connection = True  # who asked is gone

    do_GET = do_POST

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"content-length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def gateway() -> Iterator[Gateway]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.gateway = Gateway(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
