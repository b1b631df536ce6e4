from __future__ import annotations

from procrastinate.contrib.django import app

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.plumbing.jobs import LEARNING, apart
from aftercart.risk.learning import learn, stale
from aftercart.risk.services import keep_up


@app.periodic(cron="*/5 * * * *")
@app.task(queue=LEARNING, queueing_lock="weigh")
async def weigh(timestamp: int) -> None:
    """Chances and costs age with the hours, by each brand's own clock; once a day its contacts teach."""
    await apart(weigh_all)


def weigh_all() -> int:
    """How many concerns were assessed."""
    done = 0
    for brand in Brand.objects.order_by("id"):
        now = clock.business(brand)
        if stale(brand, now):
            learn(brand, now)
        done += keep_up(brand, now)
    return done
