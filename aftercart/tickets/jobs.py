from __future__ import annotations

from procrastinate.contrib.django import app

from aftercart.plumbing.jobs import HOUSEKEEPING, apart
from aftercart.tickets.indexing import index_outdated

ROUNDS = 100  # of one run: whatever is left waits for the next


@app.periodic(cron="* * * * *")
@app.task(queue=HOUSEKEEPING, queueing_lock="index_tickets")
async def index_tickets(timestamp: int) -> None:
    """Tickets that were indexed otherwise than today are found as today, once this has gone through them."""
    for _ in range(ROUNDS):
        if not await apart(index_outdated):
            return
