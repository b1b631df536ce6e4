"""Asking carriers: one job for each line that has something due, one at a time for each, none in another's way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from aftercart.orders.polling import asking, enrolling, lines
from aftercart.plumbing import clock

POLLING = "polling"
# A job ends and is made again, so that a worker that is told to stop is not kept.
ASKING_SECONDS = 10.0


@app.periodic(cron="* * * * * */15")  # seconds are the sixth field
@app.task(queue=POLLING, queueing_lock="ask_carriers")
async def ask_carriers(timestamp: int) -> None:
    """Look for lines with something due, and put a job there for each."""
    for brand_id, source in await sync_to_async(_due, thread_sensitive=False)(clock.machine()):
        name = f"ask {brand_id} {source}"
        try:
            await ask_carrier.configure(lock=name, queueing_lock=name).defer_async(
                brand_id=str(brand_id), source=source
            )
        except AlreadyEnqueued:
            pass


@app.task(queue=POLLING)
async def ask_carrier(brand_id: str, source: str) -> None:
    # In a thread of its own: a slow carrier must hold up neither another nor the jobs of ours.
    await sync_to_async(_ask, thread_sensitive=False)(UUID(brand_id), source)


@app.periodic(cron="* * * * *")
@app.task(queue=POLLING, queueing_lock="enrol_parcels")
async def enrol_parcels(timestamp: int) -> None:
    """Begin to ask for what left since."""
    await sync_to_async(enrol_all, thread_sensitive=False)(clock.machine())


@app.periodic(cron="53 3 * * *")
@app.task(queue=POLLING, queueing_lock="forget_polls")
async def forget_polls(timestamp: int) -> None:
    await sync_to_async(_forget, thread_sensitive=False)(clock.machine())


def enrol_all(now: datetime) -> int:
    try:
        return sum(enrolling.enrol(line, now) for line in lines.lines())
    finally:
        connections.close_all()


def _due(now: datetime) -> list[tuple[UUID, str]]:
    try:
        return [(line.brand_id, line.source) for line in lines.lines(now)]
    finally:
        connections.close_all()


def _forget(now: datetime) -> int:
    try:
        return enrolling.forget(now)
    finally:
        connections.close_all()


def _ask(brand_id: UUID, source: str) -> None:
    try:
        for line in lines.lines(clock.machine()):
            if (line.brand_id, line.source) == (brand_id, source):
                asking.ask(line, seconds=ASKING_SECONDS)
    finally:
        connections.close_all()
