"""Asking carriers: one job for each line that has something due, one at a time for each, none in another's way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from aftercart.orders.polling import asking, enrolling, lines
from aftercart.plumbing import clock
from aftercart.plumbing.jobs import apart

POLLING = "polling"
# A job ends and is made again, so that a worker that is told to stop is not kept.
ASKING_SECONDS = 10.0


@app.periodic(cron="* * * * * */15")  # seconds are the sixth field
@app.task(queue=POLLING, queueing_lock="ask_carriers")
async def ask_carriers(timestamp: int) -> None:
    """Look for lines with something due, and put a job there for each."""
    for brand_id, source in await apart(_due, clock.machine()):
        name = f"ask {brand_id} {source}"
        try:
            await ask_carrier.configure(lock=name, queueing_lock=name).defer_async(
                brand_id=str(brand_id), source=source
            )
        except AlreadyEnqueued:
            pass


@app.task(queue=POLLING)
async def ask_carrier(brand_id: str, source: str) -> None:
    await apart(_ask, UUID(brand_id), source)


@app.periodic(cron="* * * * *")
@app.task(queue=POLLING, queueing_lock="enrol_parcels")
async def enrol_parcels(timestamp: int) -> None:
    """Begin to ask for what left since."""
    await apart(enrol_all, clock.machine())


@app.periodic(cron="53 3 * * *")
@app.task(queue=POLLING, queueing_lock="forget_polls")
async def forget_polls(timestamp: int) -> None:
    await apart(enrolling.forget, clock.machine())


def enrol_all(now: datetime) -> int:
    return sum(enrolling.enrol(line, now) for line in lines.lines())


def _due(now: datetime) -> list[tuple[UUID, str]]:
    return [(line.brand_id, line.source) for line in lines.lines(now)]


def _ask(brand_id: UUID, source: str) -> None:
    for line in lines.lines(clock.machine()):
        if (line.brand_id, line.source) == (brand_id, source):
            asking.ask(line, seconds=ASKING_SECONDS)
