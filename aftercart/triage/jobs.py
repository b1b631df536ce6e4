from __future__ import annotations

from procrastinate.contrib.django import app

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.plumbing.jobs import LEARNING, apart


@app.periodic(cron="23 * * * *")
@app.task(queue=LEARNING, queueing_lock="find_themes")
async def find_themes(timestamp: int) -> None:
    """Once a week of each brand's own clock."""
    await apart(find_all)


def find_all() -> int:
    """For how many brands it was time."""
    # Here, not above: what finds them is heavy, and only this job needs it.
    from aftercart.triage import themes

    done = 0
    for brand in Brand.objects.order_by("id"):
        now = clock.business(brand)
        if themes.due(brand, now):
            themes.find(brand, now)
            done += 1
    return done
