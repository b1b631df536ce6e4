"""Housekeeping that every deployment needs: rescue of jobs whose worker died, new months, no old rows."""

from __future__ import annotations

from datetime import timedelta

from asgiref.sync import sync_to_async
from procrastinate import JobContext
from procrastinate.contrib.django import app

from aftercart.plumbing import clock, partitions

# A worker that has been silent this long is dead: heartbeats come every two seconds (settings).
DEAD_AFTER = 8.0
RESCUE = "rescue"


@app.periodic(cron="* * * * * */5")  # seconds are the sixth field
@app.task(queue=RESCUE, queueing_lock="rescue", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """A killed worker's jobs run again. Every task can therefore run twice, and must not mind."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(queue="housekeeping", queueing_lock="make_months")
async def make_months(timestamp: int) -> None:
    """Give the coming months, and any that wait in a DEFAULT partition, partitions of their own."""
    await sync_to_async(make_all_months)()


def make_all_months() -> list[str]:
    """The partitions made: up to two months ahead, and for every month that has rows in a DEFAULT partition."""
    made: list[str] = []
    now = clock.machine()
    for table in partitions.partitioned_tables():
        for month in partitions.months_in_default(table):
            made += partitions.ensure_months(table, month, month)
        made += partitions.ensure_months(table, now, now + timedelta(days=62))
    return made


@app.periodic(cron="41 3 * * *")
@app.task(queue="housekeeping", queueing_lock="forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Finished jobs are kept for three days."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=True)
