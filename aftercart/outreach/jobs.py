from __future__ import annotations

from procrastinate.contrib.django import app

from aftercart.brands.models import Brand
from aftercart.outreach.alerts.services import alert
from aftercart.plumbing import clock
from aftercart.plumbing.jobs import HOUSEKEEPING, apart


@app.periodic(cron="*/5 * * * *")
@app.task(queue=HOUSEKEEPING, queueing_lock="alert", lock="alert")
async def alert_teams(timestamp: int) -> None:
    """What needs somebody is told to whoever is on call."""
    await apart(alert_all)


def alert_all() -> int:
    """How many messages are owed."""
    return sum(alert(brand, clock.business(brand)) for brand in Brand.objects.order_by("id"))
