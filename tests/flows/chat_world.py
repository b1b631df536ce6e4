"""A brand whose chat is open, browsers that speak with it over real HTTP, and the desk that answers."""

from __future__ import annotations

import base64
import hmac
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
from django.db import transaction

from aftercart import pipeline
from aftercart.brands import services, storefronts
from aftercart.brands.models import Brand
from aftercart.facts import MessageReceived
from aftercart.intake import services as intake
from aftercart.plumbing import clock
from aftercart.tickets.acting import Who
from aftercart.tickets.models import Body, Message
from aftercart.tickets.replying import reply
from tests.flows.intake_world import Server, database_url, rows

SHOP = "https://juniper.example"
SECRET = "whsec_" + base64.b64encode(b"with which the shop signs tokens").decode()
PATIENCE = 15.0
LISTENING = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'aftercart live' AND datname = current_database()"
    " AND state = 'idle' AND query <> ''"
)


def opened(brand: Brand, origin: str = SHOP, name: str = "shop") -> str:
    """The storefront key behind which the brand's chat is open."""
    services.connect(brand, "chat", secret=SECRET)
    return storefronts.add(brand, [origin], at=clock.machine(), by="maren", name=name).key


def jwt(secret: str = SECRET, header: Mapping[str, object] | None = None, **claims: object) -> str:
    """As a shop would make it, without our code."""
    told = {"sub": "7001", "email": "alice@example.com", "name": "Alice", "exp": int(time.time()) + 600} | claims

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    head = part(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    body = part(json.dumps({name: value for name, value in told.items() if value is not None}).encode())
    return f"{head}.{body}.{part(hmac.digest(secret.encode(), f'{head}.{body}'.encode(), 'sha256'))}"


@dataclass(slots=True)
class Browser:
    """One browser on the shop's page."""

    server: Server
    key: str
    slug: str = "juniper"
    origin: str = SHOP
    token: str = ""

    def url(self, what: str) -> str:
        return f"{self.server.url}/chat/{self.slug}/{self.key}/{what}"

    @property
    def headers(self) -> dict[str, str]:
        return {"origin": self.origin} | ({"authorization": f"Bearer {self.token}"} if self.token else {})

    def let_in(self) -> Browser:
        """Once the server knows of the key, which may take three seconds."""
        until = time.monotonic() + PATIENCE
        while self.settings().status_code != 200 and time.monotonic() < until:
            time.sleep(0.2)
        return self

    def post(self, what: str, **body: object) -> httpx.Response:
        return httpx.post(self.url(what), json=body, headers=self.headers, timeout=PATIENCE)

    def settings(self, language: str = "") -> httpx.Response:
        return httpx.get(self.url("settings"), params={"language": language}, headers=self.headers, timeout=PATIENCE)

    def open(self, **body: object) -> dict[str, Any]:
        told: dict[str, Any] = self.post("conversations", **body).json()
        self.token = told["conversation"]
        return told

    def write(self, text: str, *, id: str = "", **body: object) -> dict[str, Any]:
        answer = self.post("messages", id=id or uuid4().hex, text=text, **body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        self.token = told["conversation"]
        return told

    @contextmanager
    def following(self, last: str = "") -> Iterator[Following]:
        with follow(self.url("events"), self.headers | ({"last-event-id": last} if last else {})) as stream:
            yield stream


@dataclass(slots=True)
class Following:
    """A stream that is read as it comes."""

    events: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    ended: threading.Event = field(default_factory=threading.Event)
    last: str = ""

    def next(self, seconds: float = PATIENCE) -> dict[str, Any]:
        event = self.events.get(timeout=seconds)
        self.last = event.get("id") or self.last
        return event

    def lines(self) -> list[str]:
        """The texts until all that there was has been told."""
        texts = []
        while (event := self.next())["event"] != "ready":
            texts.append(event["data"]["text"])
        return texts

    def nothing(self, seconds: float = 0.5) -> bool:
        try:
            self.next(seconds)
            return False
        except queue.Empty:
            return True


@contextmanager
def follow(url: str, headers: Mapping[str, str]) -> Iterator[Following]:
    found = Following()
    patience = httpx.Timeout(PATIENCE, read=60)
    with httpx.stream("GET", url, headers=dict(headers), timeout=patience) as answer:
        assert answer.status_code == 200, answer.read()
        reading = threading.Thread(target=_read, args=(answer, found), daemon=True)
        reading.start()
        yield found
        # Whoever reads hears of it at once, as does the server.
        with suppress(OSError):  # the server may have been first
            answer.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        reading.join(5)


def _read(answer: httpx.Response, found: Following) -> None:
    event: dict[str, Any] = {}
    try:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                continue
            if not line:
                if event:
                    found.events.put(event)
                event = {}
            else:
                event[name] = json.loads(value) if name == "data" else value
    except (httpx.HTTPError, httpx.StreamError):
        pass
    finally:
        found.ended.set()


def until_it_listens() -> None:
    """The first stream of a server makes it listen; what is said before that is told late, or never."""
    until = time.monotonic() + PATIENCE
    while not rows(database_url(), LISTENING):
        assert time.monotonic() < until, "the server does not listen"
        time.sleep(0.05)


def heard(brand: Brand) -> list[MessageReceived]:
    """What waits in the inbox is taken in, as a worker does it."""
    with transaction.atomic():
        facts = [fact for one in intake.claim(100) for fact in intake.read(one) if isinstance(fact, MessageReceived)]
    pipeline.settle()
    return facts


def answered(brand: Brand, thread: str, text: str, at: datetime | None = None) -> Message:
    """Somebody at the desk answers in the ticket of a conversation."""
    said = Body.objects.filter(brand=brand, thread=thread).values("id")
    ticket_id = Message.objects.filter(brand=brand, direction=Message.IN, id__in=said).latest("at").ticket_id
    return reply(Who(brand, None), ticket_id, text, at or clock.business(brand), channel="chat")
