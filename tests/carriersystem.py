"""A carrier's system on loopback, as far as its answers go: it can be slow, full, broken, in doubt about who we are."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class CarrierSystem:
    """`answer` makes the answer to a path and body; `next_answers` come before it, `delay` holds each up."""

    answer: Callable[[str, bytes], Answer] = lambda path, body: (200, {}, b"{}")
    next_answers: list[Answer] = field(default_factory=list)
    delay: float = 0.0
    url: str = ""
    asked: list[str] = field(default_factory=list)
    seen_headers: list[dict[str, str]] = field(default_factory=list)
    tokens: int = 0
    refuse_tokens: bool = False

    def respond(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if "oauth" in path:
            self.tokens += 1
            if self.refuse_tokens:
                return 401, {}, b'{"error":"invalid_client"}'
            token = json.dumps({"access_token": f"token-{self.tokens}", "expires_in": "14399"})
            return 200, {}, token.encode()
        self.asked.append(path)
        self.seen_headers.append(headers)
        time.sleep(self.delay)
        return self.next_answers.pop(0) if self.next_answers else self.answer(path, body)


@contextmanager
def carrier_system() -> Iterator[CarrierSystem]:
    system = CarrierSystem()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, content = system.respond(self.path, headers, body)
            try:
                self.send_response(status)
                for name, value in {"content-length": str(len(content)), **extra}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # who asked has hung up

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    system.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
