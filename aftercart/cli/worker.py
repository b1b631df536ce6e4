"""The worker: drains the inbox, looks at what is due, sends what is owed, and runs the periodic jobs.

Each loop has its own thread and outlives the database: when PostgreSQL goes away it waits, with growing patience, and
goes on where it was. Nothing is kept in memory that a kill could lose.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from aftercart.cli import serving

logger = logging.getLogger("aftercart.worker")

IDLE_SECONDS = 0.25
LONGEST_WAIT = 5.0


def run() -> None:
    """Work until SIGTERM or SIGINT; the batch in hand is finished first."""
    from django.conf import settings

    from aftercart.intake.mailboxes.keeping import Keeper

    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    serving.end_with_head()
    keeper = Keeper(stop)
    loops = [
        threading.Thread(target=forever, args=(_drain_inbox, stop), name="inbox"),
        *(
            threading.Thread(target=forever, args=(_drain_outbox, stop), name=f"outbox-{number}")
            for number in range(max(1, settings.SENDERS))
        ),
        threading.Thread(target=forever, args=(keeper.step, stop), name="mailboxes"),
        threading.Thread(target=lambda: asyncio.run(_jobs(stop)), name="jobs"),
    ]
    for loop in loops:
        loop.start()
    for loop in loops:
        while loop.is_alive():
            loop.join(0.5)
    keeper.finish()


def forever(step: Callable[[], bool], stop: threading.Event) -> None:
    """Call `step` until told to stop: at once again while it finds work, after a pause when it is idle."""
    wait = IDLE_SECONDS
    while not stop.is_set():
        try:
            idle = step()
            wait = IDLE_SECONDS
        except (OperationalError, InterfaceError) as error:
            logger.warning("%s: the database is away, trying again in %.1f s (%s)", step.__name__, wait, _first(error))
            idle, wait = True, min(wait * 2, LONGEST_WAIT)
            connections.close_all()
        except Exception:
            logger.exception("%s failed, trying again in %.1f s", step.__name__, LONGEST_WAIT)
            idle, wait = True, LONGEST_WAIT
            connections.close_all()
        if idle:
            stop.wait(wait)
            close_old_connections()
    connections.close_all()


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _drain_inbox() -> bool:
    from aftercart import pipeline

    return pipeline.advance().idle


def _drain_outbox() -> bool:
    from aftercart import pipeline

    return pipeline.send().idle


async def _jobs(stop: threading.Event) -> None:
    """Procrastinate's worker ends by itself when the database goes away: start it again until we are told to stop."""
    wait = IDLE_SECONDS
    while not stop.is_set():
        try:
            await _work_on_jobs(stop)
            wait = IDLE_SECONDS
        except Exception as error:
            logger.warning("jobs: the database is away, trying again in %.1f s (%s)", wait, _first(error))
            wait = min(wait * 2, LONGEST_WAIT)
        await asyncio.sleep(wait)


async def _work_on_jobs(stop: threading.Event) -> None:
    from procrastinate.contrib.django import app

    from aftercart.intake.jobs import FETCHING
    from aftercart.orders.jobs import POLLING
    from aftercart.plumbing.jobs import HOUSEKEEPING, LEARNING, RESCUE

    connector: Any = app.connector
    with app.replace_connector(connector.get_worker_connector()) as working:
        async with working.open_async():
            # Each kind of job has slots of its own, so that a long one keeps only its like waiting.
            workers = [
                asyncio.ensure_future(
                    working.run_worker_async(
                        queues=queues, name=name, concurrency=concurrency, install_signal_handlers=False
                    )
                )
                for name, queues, concurrency in (
                    ("rescue", [RESCUE], 1),
                    ("jobs", ["builtin", HOUSEKEEPING], 1),
                    ("learning", [LEARNING], 1),
                    # Carriers are slow: several at once.
                    ("polling", [POLLING], 4),
                    ("fetching", [FETCHING], 2),
                )
            ]
            watch = asyncio.ensure_future(_until(stop))
            await asyncio.wait([*workers, watch], return_when=asyncio.FIRST_COMPLETED)
            for task in (*workers, watch):
                task.cancel()
            await asyncio.gather(*workers, watch, return_exceptions=True)


async def _until(stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.2)
