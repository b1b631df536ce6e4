"""When a warehouse packs and hands over: on its working days, later after a campaign, and not what it does not have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from random import Random

from aftercart.facts import Line
from aftercart.rehearsal.carriers import PICKUP_HOUR
from aftercart.rehearsal.catalogue import product
from aftercart.rehearsal.days import DAY, at, on_or_after, working_days_later
from aftercart.rehearsal.places import Town
from aftercart.rehearsal.scenario import Scenario

CUT_OFF = 13  # o'clock: what is approved later is packed tomorrow at the earliest


def packed(
    scenario: Scenario, approved: datetime, lines: Iterable[Line], warehouse: Town, rng: Random, *, later: int
) -> tuple[datetime, datetime]:
    """When the label is printed and when the carrier's van leaves. `later`: working days on top of the usual ones."""
    local = approved.astimezone(warehouse.zone)
    waits = rng.choices((0, 1, 2, 3), (34, 46, 15, 5))[0] + later + _backlog(scenario, local.date(), rng)
    first = local.date() if local.hour < CUT_OFF else local.date() + DAY
    day = working_days_later(_in_stock(scenario, first, lines), waits, warehouse.country)
    hour = rng.uniform(max(8.0, local.hour + 1.2 if day == local.date() else 8.0), 16.2)
    left_on = day if rng.random() < 0.94 else on_or_after(day + DAY, warehouse.country)
    van = at(left_on, PICKUP_HOUR[warehouse.city] + rng.uniform(0, 0.8), warehouse.zone)
    return at(day, hour, warehouse.zone), van


def _backlog(scenario: Scenario, day: date, rng: Random) -> int:
    """A campaign's orders wait, and so do those of the next few days."""
    for campaign in scenario.campaigns:
        age = (day - campaign.first).days
        if 0 <= age < campaign.days + 3:
            return rng.randint(campaign.backlog // 2, campaign.backlog + 1)
    return 0


def _in_stock(scenario: Scenario, day: date, lines: Iterable[Line]) -> date:
    wanted = {line.product_id for line in lines}
    for shortage in scenario.shortages:
        if shortage.since <= day < shortage.until and product(shortage.product).id in wanted:
            return shortage.until
    return day
