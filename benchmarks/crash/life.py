"""One installation: `aftercart serve` with its own PostgreSQL, and what an operator would ask of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from aftercart.plumbing import postgres, postgres_place
from aftercart.plumbing.postgres import Cluster
from benchmarks.measuring import free_port

VERSION = int(os.environ.get("AFTERCART_POSTGRES_VERSION") or 18)
PATIENCE_SECONDS = 120.0
BACKLOG = 300
WORKERS = 2
# Short, so that what a dead sender had in hand is given up while the run lasts.
LEASE_SECONDS = 6


FOUNDING = """
import json
from aftercart.cli import setup
setup.django()
from django.core.management import call_command
from aftercart.plumbing.jobs import make_all_months
from {module} import found
call_command("migrate", verbosity=0, interactive=False)
make_all_months()
print(json.dumps(found()))
"""


class Life:
    """Entered, it serves; left, nothing of it runs.

    `founding` names the module whose `found()` makes the brand and returns, for each kind of source, path and secret.
    """

    def __init__(self, home: Path, smtp_url: str, founding: str = "benchmarks.crash.founding") -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.inlets: dict[str, dict[str, str]] = {}
        self._founding = founding
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "AFTERCART_VAR": str(home / "var"),
            "AFTERCART_POSTGRES_VERSION": str(VERSION),
            "AFTERCART_DATABASE_POOL": "4",
            "AFTERCART_PUBLIC_URL": self.url,
            "AFTERCART_MAIL": "smtp",
            "AFTERCART_SMTP_URL": smtp_url,
            "AFTERCART_OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
            # Both lives know what they were told by one keyed hash.
            "AFTERCART_SECRET_KEY": "of both lives, and of no other",
        }
        self._born = time.monotonic()

    def __enter__(self) -> Self:
        self.home.mkdir(mode=0o711)
        self.log = (self.home / "serve.log").open("w")
        founding = FOUNDING.format(module=self._founding)
        self.inlets = json.loads(self._python("-c", founding).stdout)
        command = [sys.executable, "-m", "aftercart", "serve", "--port", str(self.port), "--workers", str(WORKERS)]
        self.supervisor = subprocess.Popen(command, env=self._environment, stdout=self.log, stderr=self.log)
        self._born = time.monotonic()
        self.until("the server answers", self._answers)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.end()
        self.log.close()
        if error is not None:
            error.add_note((self.home / "serve.log").read_text()[-6000:])

    def _python(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=self.log, text=True, check=check, timeout=180
        )

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def age(self) -> float:
        return time.monotonic() - self._born

    @property
    def pgdata(self) -> Path:
        return postgres_place.follow(self.home / "var" / "pg") / postgres_place.PGDATA

    @property
    def cluster(self) -> Cluster:
        return postgres.ensure(self.home / "var" / "pg", version=VERSION)

    def ask(self, question: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.cluster.url("aftercart"), autocommit=True) as connection:
            cursor = connection.execute(question.encode(), arguments)
            return cursor.fetchall() if cursor.description else []

    def count(self, question: str) -> int:
        return int(self.ask(question)[0][0])

    def set_clock(self, now: datetime) -> None:
        """The brand's time stands at `now`, its news being on the way."""
        move = "UPDATE brands_brand SET clock_business = %s, clock_machine = now(), clock_rate = 0"
        self.until("the clock moves", lambda: self.ask(move, [now]) == [])

    def keep_up(self) -> None:
        """Returns when the inbox is nearly empty, what is due was looked at and nobody holds back what is owed, so that
        the clock does not run far ahead of what is known and said: a message that it overtakes is decided again."""
        waiting = (
            f"SELECT (SELECT count(*) < {BACKLOG} FROM intake_delivery WHERE state = 'waiting')"
            " AND NOT EXISTS (SELECT FROM watch_watch w JOIN brands_brand b ON b.id = w.brand_id"
            " WHERE w.look_at <= b.clock_business)"
            " AND NOT EXISTS (SELECT FROM outbox_outgoing WHERE state IN ('due', 'sending')"
            f" AND due_at <= now() + interval '{LEASE_SECONDS} seconds')"
        )
        self.until("inbox and outbox get shorter", lambda: bool(self.ask(waiting)[0][0]))

    def settle(self) -> list[str]:
        """Returns when everything is done that can be done at this time of the brand's, or what is not."""
        left = (
            "SELECT (SELECT count(*) FROM intake_delivery WHERE state = 'waiting')"
            " + (SELECT count(*) FROM watch_watch JOIN brands_brand b ON b.id = brand_id"
            " WHERE look_at <= clock_business)"
            " + (SELECT count(*) FROM outbox_outgoing WHERE state IN ('due', 'sending'))"
            " + (SELECT count(*) FROM outreach_decision JOIN brands_brand b ON b.id = brand_id"
            " WHERE waits_until <= clock_business)"
        )
        try:
            self.until("nothing waits any more", lambda: self.ask(left)[0][0] == 0)
        except AssertionError as error:
            return [str(error)]
        return []

    def until(self, what: str, happens: Callable[[], bool], *, patience: float = PATIENCE_SECONDS) -> None:
        """Returns when it happens, and raises AssertionError if it does not. A database that is away is waited for."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.supervisor.poll() is not None:
                raise AssertionError(f"`aftercart serve` ended by itself with {self.supervisor.returncode}")
            try:
                if happens():
                    return
            except psycopg.Error:
                pass
            time.sleep(0.05)
        raise AssertionError(f"it did not happen within {patience:.0f} s that {what}")

    def audit(self) -> list[str]:
        """What `aftercart audit` finds."""
        done = self._python("-m", "aftercart", "audit", "--json", check=False)
        if done.returncode not in (0, 1):
            return [f"audit ended with {done.returncode}"]
        found = json.loads(done.stdout)
        problems = [f"audit: {wrong['rule']}: {wrong['count']} not" for wrong in found["imbalances"]]
        if bool(problems) != bool(done.returncode):
            problems.append(f"audit found {len(problems)} imbalances and ended with {done.returncode}")
        odd = {state: n for state, n in found["totals"]["deliveries"].items() if state != "applied"}
        return problems + [f"audit: {n} deliveries are {state}" for state, n in odd.items()]

    def end(self) -> list[str]:
        """Asks the whole group to stop; what was wrong with that."""
        if self.supervisor.returncode is not None:
            return []
        self.supervisor.send_signal(signal.SIGTERM)
        try:
            code = self.supervisor.wait(30)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()
            self.supervisor.wait()
            return ["`aftercart serve` did not stop within 30 s"]
        return [] if code == 0 else [f"`aftercart serve` stopped with {code}"]
