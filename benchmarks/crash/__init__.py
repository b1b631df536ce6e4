"""Kill everything, again and again, while a shop's months go by; then look whether anything was lost or said twice.

Two lives over the same deliveries: one undisturbed, one in which web, worker and PostgreSQL processes get SIGKILL.
Both are a real `aftercart serve` with its private PostgreSQL, durable as shipped, and a real mail server.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aftercart.plumbing import postgres
from benchmarks.crash import books
from benchmarks.crash.killing import KINDS, Killer, planned
from benchmarks.crash.life import Life
from benchmarks.crash.mail import Postbox, postbox
from benchmarks.crash.sending import Sender
from benchmarks.crash.stream import Delivery, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`seed` decides the deliveries, their order, and when what is killed."""

    deliveries: int
    kills: int
    seed: int = 20


FULL = Plan(deliveries=20_000, kills=24)
SMALL = Plan(deliveries=1_500, kills=7)


def run(quick: bool = False) -> dict[str, Any]:
    return experiment(SMALL if quick else FULL)


def experiment(plan: Plan) -> dict[str, Any]:
    """The report: what happened, and under `problems` everything that should not have."""
    sent = stream(plan.deliveries, seed=plan.seed)
    with _room() as room:
        calm, quiet, problems = _live(room / "calm", sent, plan, kills=0)
    with _room() as room:
        after, report, in_the_storm = _live(room / "stormy", sent, plan, kills=plan.kills)
    problems = [f"undisturbed: {problem}" for problem in problems] + in_the_storm
    problems += books.differences(calm, after)
    missing = [kind for kind in KINDS if not report["kills"].get(kind)] if plan.kills >= len(KINDS) else []
    problems += [f"no {kind} process was killed" for kind in missing]
    return {"seed": plan.seed, "undisturbed": quiet, **report, "problems": problems}


@contextmanager
def _room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="aftercart-crash-") as name:
        room = Path(name)
        # As root, the server's account has to pass through.
        room.chmod(0o711)
        try:
            yield room
        finally:
            for pgdata in list(room.rglob("pgdata")):
                postgres.remove(pgdata.parent)


def _live(
    home: Path, sent: list[list[Delivery]], plan: Plan, *, kills: int
) -> tuple[books.Picture, dict[str, Any], list[str]]:
    """One life over the deliveries: its last picture, its report, its problems."""
    chance = random.Random(plan.seed)
    with postbox(random.Random(plan.seed)) as mail, Life(home, mail.url) as life:
        killer = Killer(life, mail, planned(chance, plan.deliveries, kills))
        sender = Sender(life, chance, on_taken=killer.strike)
        with killer:
            for step in sent:
                life.set_clock(step[-1].sent.told)
                sender.send(step)
                life.keep_up()
        problems = (
            killer.problems + life.settle() + life.audit() + books.unanswered(life, sent) + books.unsaid(life, mail)
        )
        picture, report = books.picture(life), _report(life, mail, sender, killer.struck)
        problems += life.end()
    return picture, report, problems


def _report(life: Life, mail: Postbox, sender: Sender, kills: Counter[str]) -> dict[str, Any]:
    return {
        "deliveries": sender.taken,
        "attempts": sender.attempts,
        "kills": dict(kills),
        "killed": sum(kills[kind] for kind in KINDS),
        "seconds": round(life.age(), 1),
        "notices": life.count("SELECT count(*) FROM outreach_decision WHERE spoken"),
        "mails_received": len(mail.received),
        "notices_parked": life.count("SELECT count(*) FROM outbox_outgoing WHERE state = 'parked'"),
        "concerns": life.count("SELECT count(*) FROM watch_concern"),
        "scans": life.count("SELECT count(*) FROM orders_scan"),
        "orders": life.count("SELECT count(*) FROM orders_order"),
    }
