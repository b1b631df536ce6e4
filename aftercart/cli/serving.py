"""`aftercart serve`: web, workers and whatever else was asked for, as one group that lives and ends together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

logger = logging.getLogger("aftercart.serve")

GRACE_SECONDS = 15.0
ME = [sys.executable, "-m", "aftercart"]
# By which a child of the group knows its head.
HEAD = "SERVED_BY"


def end_with_head() -> None:
    """A group whose head was killed must not live on: it would keep the port from its successor."""
    head = os.environ.get(HEAD)
    if head is not None:
        threading.Thread(target=_end_after, args=(int(head),), daemon=True).start()


def _end_after(head: int) -> None:
    while os.getppid() == head:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def web(*, host: str, port: int, processes: int) -> None:
    """Serve pages, intake and static files from one port until SIGTERM."""
    from granian.constants import Interfaces, Loops
    from granian.server import Server

    end_with_head()
    Server(
        "aftercart.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        workers=processes,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


@dataclass(slots=True)
class Child:
    """One process of the group, started again, ever more slowly, when it dies."""

    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    wait: float = 0.2
    start_at: float = 0.0
    started: float = 0.0

    def tend(self, now: float) -> None:
        if self.process is not None and self.process.poll() is None:
            if now - self.started > 30:
                self.wait = 0.2
            return
        if self.process is not None:
            logger.warning("%s ended with %s, starting it again", " ".join(self.command[2:]), self.process.returncode)
            self.sweep_up()
            self.process, self.start_at, self.wait = None, now + self.wait, min(self.wait * 2, 10.0)
        if now >= self.start_at:
            # A session of its own: Ctrl-C reaches us first, and what it leaves behind can be ended as a group.
            self.process = subprocess.Popen(
                self.command, env=os.environ | {HEAD: str(os.getpid())}, start_new_session=True
            )
            self.started = now

    def sweep_up(self) -> None:
        """End what a killed process left running, such as a server's own children."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


@dataclass(slots=True)
class Group:
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def run(self) -> None:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self.stop)
        try:
            while not self.stopping:
                _keep_database()
                for child in self.children:
                    child.tend(time.monotonic())
                time.sleep(0.2)
        finally:
            self.end()

    def end(self) -> None:
        """Ask each to finish what it has in hand; end those that do not."""
        living = [child.process for child in self.children if child.process is not None]
        for process in living:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in living:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for child in self.children:
            child.sweep_up()


def _keep_database() -> None:
    """The private PostgreSQL belongs to the group: if it was killed it is started again."""
    from django.conf import settings

    from aftercart.plumbing import postgres

    if not settings.DATABASE_URL and not postgres.is_running(settings.VAR / "pg"):
        logger.warning("the private PostgreSQL is not running, starting it")
        postgres.ensure(settings.VAR / "pg", version=settings.POSTGRES_VERSION)


def serve(*, host: str, port: int, web_processes: int, workers: int, extra: Sequence[Sequence[str]] = ()) -> None:
    """Run everything until SIGTERM or Ctrl-C, then end it in order, the private PostgreSQL last."""
    from django.conf import settings

    commands: list[Sequence[str]] = [
        [*ME, "web", "--host", host, "--port", str(port), "--processes", str(web_processes)],
        *([*ME, "worker"] for _ in range(workers)),
        *([[*ME, "lmtp", "--host", host, "--port", str(settings.LMTP_PORT)]] if settings.LMTP_PORT else []),
        *extra,
    ]
    Group([Child(command) for command in commands]).run()
    if not settings.DATABASE_URL:
        from aftercart.plumbing import postgres

        postgres.stop(Path(settings.VAR) / "pg")
