from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.plumbing.jobs import LEARNING, apart
from aftercart.promises.ledger import unsettled
from aftercart.promises.services import stale
from aftercart.watch.disruptions.incidents import due, look_for_disruptions
from aftercart.watch.learning import learn
from aftercart.watch.services import look_again, settle

# By then every zone's day has ended, and the look at its midnight has been taken.
SETTLED_BY = timedelta(days=2)
BATCH = 1000


@app.periodic(cron="*/5 * * * *")
@app.task(queue=LEARNING, queueing_lock="learn")
async def learn_where_due(timestamp: int) -> None:
    """Each brand learns once in each of its own days, which a driven clock may make short."""
    await apart(learn_all)


def learn_all() -> int:
    """How many brands have learned."""
    learned = 0
    for brand in Brand.objects.order_by("id"):
        now = clock.business(brand)
        if stale(brand, now):
            learn(brand, now)
            look_again(brand, now)
            settle_rest(brand, now)
            learned += 1
    return learned


def settle_rest(brand: Brand, now: datetime) -> int:
    """Settle dates that nobody has, such as those from before dates were settled. Of how many orders."""
    settled = 0
    while True:
        with transaction.atomic():
            orders = unsettled(brand.id, (now - SETTLED_BY).date(), limit=BATCH)
            settle(brand, orders, now)
        settled += len(orders)
        if len(orders) < BATCH:
            return settled


@app.periodic(cron="*/5 * * * *")
@app.task(queue=LEARNING, queueing_lock="disruptions")
async def look_for_disruptions_where_due(timestamp: int) -> None:
    """Each brand's finished day goes through the charts once."""
    await apart(look_everywhere)


def look_everywhere() -> int:
    """For how many brands the charts were brought up to date."""
    looked = 0
    for brand in Brand.objects.order_by("id"):
        now = clock.business(brand)
        if due(brand, now):
            look_for_disruptions(brand, now)
            looked += 1
    return looked
