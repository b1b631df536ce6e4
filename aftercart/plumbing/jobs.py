"""Housekeeping that every deployment needs: rescue of jobs whose worker died, new months, no old rows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import OperationalError, connections
from procrastinate import JobContext
from procrastinate.contrib.django import app

from aftercart.plumbing import clock, partitions

logger = logging.getLogger(__name__)

# A worker that has been silent this long is dead: heartbeats come every two seconds (settings).
DEAD_AFTER = 8.0
RESCUE = "rescue"
HOUSEKEEPING = "housekeeping"
LEARNING = "learning"

P = ParamSpec("P")
Answer = TypeVar("Answer")


async def apart(step: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
    """What `step` answers, in a thread of its own: one that takes long, or waits for a lock, holds up no other job."""

    def run() -> Answer:
        try:
            return step(*args, **kwargs)
        finally:
            connections.close_all()

    return await sync_to_async(run, thread_sensitive=False)()


@app.periodic(cron="* * * * * */5")  # seconds are the sixth field
@app.task(queue=RESCUE, queueing_lock="rescue", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """A killed worker's jobs run again. Every task can therefore run twice, and must not mind."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(queue=HOUSEKEEPING, queueing_lock="make_months")
async def make_months(timestamp: int) -> None:
    """Give the coming months, and any that wait in a DEFAULT partition, partitions of their own."""
    await apart(make_all_months)


def make_all_months() -> list[str]:
    """The partitions made: up to two months ahead, and for every month that has rows in a DEFAULT partition.

    A table that others keep busy waits for the next time.
    """
    made: list[str] = []
    now = clock.machine()
    for table in partitions.partitioned_tables():
        months = [(month, month) for month in partitions.months_in_default(table)]
        for first, last in (*months, (now, now + timedelta(days=62))):
            try:
                made += partitions.ensure_months(table, first, last)
            except OperationalError as error:
                logger.warning("%s: no partition for %s yet (%s)", table, f"{first:%Y-%m}", error)
    return made


@app.periodic(cron="41 3 * * *")
@app.task(queue=HOUSEKEEPING, queueing_lock="forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Finished jobs are kept for three days."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=True)
