"""The outside's senders: several at once, each trying again whatever was not answered with 2xx."""

from __future__ import annotations

import http.client
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aftercart.rehearsal.rendering.sending import signed
from benchmarks.crash.life import Life
from benchmarks.crash.stream import Delivery

SENDERS = 6
FIRST_WAIT, LONGEST_WAIT, PATIENCE_SECONDS = 0.05, 1.0, 120.0
# Senders who did not hear our answer, or do not trust it, send the same again.
SENT_AGAIN = 0.03


class Sender:
    """`on_taken` hears how many different deliveries have been acknowledged so far."""

    def __init__(self, life: Life, chance: random.Random, *, on_taken: Callable[[int], None]) -> None:
        self.taken = self.attempts = 0
        self._life, self._chance, self._on_taken = life, chance, on_taken
        self._counting = threading.Lock()

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Returns when each has been acknowledged. In no particular order, some of them twice."""
        again = [one for one in deliveries if self._chance.random() < SENT_AGAIN]
        shuffled = [(one, True) for one in deliveries] + [(one, False) for one in again]
        self._chance.shuffle(shuffled)
        work: queue.SimpleQueue[tuple[Delivery, bool]] = queue.SimpleQueue()
        for item in shuffled:
            work.put(item)
        failed: list[Exception] = []
        senders = [threading.Thread(target=self._work, args=(work, failed)) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        if failed:
            raise failed[0]

    def _work(self, work: queue.SimpleQueue[tuple[Delivery, bool]], failed: list[Exception]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._life.port, timeout=12)
        while not failed:
            try:
                one, first = work.get_nowait()
            except queue.Empty:
                break
            try:
                self._insist(line, one)
            except Exception as error:
                failed.append(error)
                break
            if first:
                with self._counting:
                    self.taken += 1
                    self._on_taken(self.taken)
        line.close()

    def _insist(self, line: http.client.HTTPConnection, one: Delivery) -> None:
        wait, deadline = FIRST_WAIT, time.monotonic() + PATIENCE_SECONDS
        while (status := self._try(line, one)) is None or not 200 <= status < 300:
            if (status is not None and 400 <= status < 500) or time.monotonic() > deadline:
                raise AssertionError(f"delivery {one.number} of {one.sent.kind} was answered with {status}")
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _try(self, line: http.client.HTTPConnection, one: Delivery) -> int | None:
        """The answer's status; None where there was no whole answer."""
        inlet = self._life.inlets[one.sent.kind]
        headers = signed(one.sent, inlet["secret"], at=datetime.now(UTC))
        with self._counting:
            self.attempts += 1
        try:
            line.request("POST", inlet["path"], one.sent.body, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        except (http.client.HTTPException, OSError):
            line.close()
            return None
