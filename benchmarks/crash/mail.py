"""A mail server that takes its time, remembers everything, and can say that it has a message in hand right now."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.measuring import free_port

SLOWEST_SECONDS = 0.06


@dataclass
class Postbox:
    """`received`: how often each Message-ID came."""

    chance: random.Random
    url: str = ""
    received: Counter[str] = field(default_factory=Counter)
    in_hand: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.in_hand.set()
        # Taken somewhere between the message's end and our answer: a sender that dies meanwhile cannot know.
        await asyncio.sleep(self.chance.uniform(0, SLOWEST_SECONDS))
        self.received[str(message["Message-ID"])] += 1
        await asyncio.sleep(self.chance.uniform(0, SLOWEST_SECONDS))
        self.in_hand.clear()
        return "250 Taken"


@contextmanager
def postbox(chance: random.Random) -> Iterator[Postbox]:
    box, port = Postbox(chance), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()
