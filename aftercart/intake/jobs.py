"""Getting what messages name and their senders keep."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from aftercart.facts import Fact
from aftercart.intake import fetching
from aftercart.plumbing.jobs import apart

FETCHING = "fetching"
# After 5 s, 25 s, 2, 10 and 52 minutes, and 4 hours; then it is said that it could not be had.
TRIES = 7


def owe(brand_id: UUID, delivery_id: UUID, source: str, facts: Iterable[Fact]) -> None:
    """Have that fetched which this delivery names, once the caller's transaction commits."""
    if fetching.named(source, facts):
        fetch_files.defer(brand_id=str(brand_id), delivery_id=str(delivery_id))


@app.task(queue=FETCHING, retry=RetryStrategy(max_attempts=TRIES - 1, exponential_wait=5), pass_context=True)
async def fetch_files(context: JobContext, brand_id: str, delivery_id: str) -> None:
    last = context.job.attempts >= TRIES - 1
    await apart(fetching.fetch, UUID(brand_id), UUID(delivery_id), last=last)
