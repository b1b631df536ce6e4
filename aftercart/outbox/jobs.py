from __future__ import annotations

from procrastinate.contrib.django import app

from aftercart.outbox.subscriptions import answer_all
from aftercart.plumbing.jobs import HOUSEKEEPING, apart


@app.periodic(cron="* * * * *")
@app.task(queue=HOUSEKEEPING, queueing_lock="subscriptions", lock="subscriptions")
async def confirm_subscriptions(timestamp: int) -> None:
    """Providers that ask whether they may report are answered."""
    await apart(answer_all)
