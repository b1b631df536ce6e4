from __future__ import annotations

from asgiref.sync import sync_to_async
from procrastinate.contrib.django import app

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.promises.services import stale
from aftercart.watch.disruptions.incidents import due, look_for_disruptions
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


@app.periodic(cron="*/5 * * * *")
@app.task(queue="learning", queueing_lock="disruptions")
async def look_for_disruptions_where_due(timestamp: int) -> None:
    """Each brand's finished day goes through the charts once."""
    await sync_to_async(look_everywhere)()


def look_everywhere() -> int:
    """For how many brands the charts were brought up to date."""
    looked = 0
    for brand in Brand.objects.order_by("id"):
        now = clock.business(brand)
        if due(brand, now):
            look_for_disruptions(brand, now)
            looked += 1
    return looked
