"""What the outside sends: two months of the rehearsed shop, cut to a number of deliveries, in steps of its clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from aftercart.rehearsal.rendering import Sent, render
from aftercart.rehearsal.scenario import HISTORY_DAYS, maren_and_oak
from aftercart.rehearsal.world import World

SHOP = "maren-and-oak.myshopify.example"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = NOW - timedelta(days=HISTORY_DAYS + 3)
STEP = timedelta(hours=12)
# Few enough that the shop never sends less than what is asked of it.
DELIVERIES_FOR_EACH_DAILY_ORDER = 550


@dataclass(frozen=True, slots=True)
class Delivery:
    number: int
    sent: Sent


def stream(count: int, *, seed: int) -> list[list[Delivery]]:
    """The first `count` deliveries in the order of sending, in steps of half a day of the shop's time."""
    demo = maren_and_oak(NOW, seed=f"crash-{seed}", orders_a_day=count / DELIVERIES_FOR_EACH_DAILY_ORDER)
    scenario = replace(demo, cut_off=0.0)  # what cannot be read is quarantined in every life and proves nothing here
    sent = render(World(scenario).facts(START, NOW), shop=SHOP)
    if len(sent) < count:
        raise ValueError(f"count: the shop sends only {len(sent)} deliveries in {HISTORY_DAYS} days, not {count}")
    numbered = [Delivery(number, one) for number, one in enumerate(sent[:count])]
    return [list(step) for _, step in groupby(numbered, key=lambda d: (d.sent.told - START) // STEP)]
