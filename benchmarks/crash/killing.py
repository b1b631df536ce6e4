"""SIGKILL, at moments that a seed has chosen: after so many deliveries, or when a message is being handed over."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

from aftercart.plumbing import postgres_process
from benchmarks.crash.life import Life
from benchmarks.crash.mail import Postbox

KINDS = ("web", "worker", "postgres")
# Until there is a process of that kind again, and until there is a message to strike at.
PATIENCE_SECONDS, AIM_SECONDS = 60.0, 15.0


@dataclass(frozen=True, slots=True)
class Kill:
    """`after` so many acknowledged deliveries, and `delay` seconds; `in_the_act`: while the mail server has a message.

    `which`: of the processes of its kind, as a share; the first is the parent of the others.
    """

    after: int
    kind: str
    delay: float
    in_the_act: bool
    which: float


def planned(chance: random.Random, deliveries: int, kills: int) -> list[Kill]:
    """Spread over the run, each kind at least once where there are enough of them, half of them aimed at the mail."""
    kinds = [KINDS[n % 3] if n < 3 else chance.choice(KINDS) for n in range(kills)]
    chance.shuffle(kinds)
    moments = sorted(chance.sample(range(deliveries // 20, deliveries - deliveries // 20), kills))
    return [
        Kill(after, kind, chance.uniform(0, 0.5), kind != "web" and chance.random() < 0.6, chance.random())
        for after, kind in zip(moments, kinds, strict=True)
    ]


class Killer:
    """A thread that strikes as planned while it is entered."""

    def __init__(self, life: Life, mail: Postbox, plan: Sequence[Kill]) -> None:
        self.struck: Counter[str] = Counter()
        self.problems: list[str] = []
        self._life, self._mail, self._plan = life, mail, plan
        self._taken = 0
        self._heard = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._run)

    def strike(self, taken: int) -> None:
        """So many deliveries have been acknowledged by now."""
        with self._heard:
            self._taken = taken
            self._heard.notify()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with self._heard:
            self._over = True
            self._heard.notify()
        self._thread.join()

    def _run(self) -> None:
        for kill in self._plan:
            with self._heard:
                while self._taken < kill.after and not self._over:
                    self._heard.wait()
            time.sleep(kill.delay)
            if kill.in_the_act:
                self._mail.in_hand.wait(AIM_SECONDS)
            if self._kill(kill):
                self.struck[kill.kind] += 1
                self.struck["while a message was handed over"] += self._mail.in_hand.is_set()
            else:
                self.problems.append(f"there was no {kill.kind} process to kill within {PATIENCE_SECONDS:.0f} s")

    def _kill(self, kill: Kill) -> bool:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                victims = processes(self._life, kill.kind)
                if victims:
                    victims[int(kill.which * len(victims))].kill()
                    return True
            except psutil.Error:
                pass  # it ended between the look and the blow
            time.sleep(0.02)
        return False


def processes(life: Life, kind: str) -> list[psutil.Process]:
    """The living processes of a kind, parents first."""
    if kind == "postgres":
        return sorted(postgres_process.processes(life.pgdata), key=lambda process: process.pid)
    found = []
    for child in psutil.Process(life.supervisor.pid).children():
        if child.status() != psutil.STATUS_ZOMBIE and kind in child.cmdline():
            found += [child, *child.children(recursive=True)]
    return found
