from __future__ import annotations

from asgiref.sync import sync_to_async
from procrastinate.contrib.django import app

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.promises.services import stale
from aftercart.watch.learning import learn
from aftercart.watch.services import look_again


@app.periodic(cron="*/5 * * * *")
@app.task(queue="learning", queueing_lock="learn")
async def learn_where_due(timestamp: int) -> None:
    """Each brand learns once in each of its own days, which a driven clock may make short."""
    await sync_to_async(learn_all)()


def learn_all() -> int:
    """How many brands have learned."""
    learned = 0
    for brand in Brand.objects.order_by("id"):
        now = clock.business(brand)
        if stale(brand, now):
            learn(brand, now)
            look_again(brand, now)
            learned += 1
    return learned
