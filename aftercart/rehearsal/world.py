"""The outside world of one brand: a pure function of its scenario, asked for any stretch of time.

Every order's story is told from a source of chance of its own, named by seed, day and place in the day. So nothing
needs to be kept: whoever asks again, or asks for what comes next, continues the same world.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from heapq import merge
from math import sqrt

from aftercart.facts import Fact, ProductListed
from aftercart.rehearsal.catalogue import PRODUCTS, basket
from aftercart.rehearsal.chance import dice, draw
from aftercart.rehearsal.customers import restless
from aftercart.rehearsal.days import DAY, at
from aftercart.rehearsal.people import customer
from aftercart.rehearsal.scenario import Scenario
from aftercart.rehearsal.stories import Order, story

LONGEST_STORY = timedelta(days=60)
FIRST_NUMBER = 10_000
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# Orders by weekday, Monday first, and by hour of the customer's day.
WEEKDAYS = (1.12, 1.02, 0.98, 0.98, 0.94, 0.88, 1.08)
HOURS = (3, 1, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 8, 7, 6, 6, 6, 7, 8, 10, 12, 12, 9, 5)
CUSTOMERS_PER_MARKET = 9_000  # times the market's share


class World:
    """`since`: nobody will ask for anything told before it, so that a process that lives on remembers little."""

    def __init__(self, scenario: Scenario, *, since: datetime = LONG_AGO) -> None:
        self.scenario = scenario
        self.since = since
        self._told: dict[date, list[Fact]] = {}
        self._counts: dict[date, int] = {}

    def facts(self, after: datetime, until: datetime) -> Iterator[Fact]:
        """What we are told later than `after` and no later than `until`, in that order."""
        first = max(self.scenario.start, after.date() - LONGEST_STORY)
        last = until.date() + DAY
        self._forget(first)
        days = [first + DAY * n for n in range((last - first).days + 1)]
        streams = [self._catalogue, *(self._day(day) for day in days)]
        yield from merge(*(_between(stream, after, until) for stream in streams), key=_when)

    def orders_on(self, day: date) -> int:
        """How many orders are placed on a day, each customer's day being their own."""
        if day not in self._counts:
            mean = self._expected(day)
            self._counts[day] = max(0, round(dice(self.scenario.seed, "orders", day).gauss(mean, sqrt(mean))))
        return self._counts[day]

    def _expected(self, day: date) -> float:
        past = max(0, (self.scenario.now.date() - day).days)
        growth = 1 - self.scenario.growth * min(1.0, past / self.scenario.history_days)
        lift = 1.0
        for campaign in self.scenario.campaigns:
            if 0 <= (day - campaign.first).days < campaign.days:
                lift = campaign.lift
        return self.scenario.orders_a_day * growth * lift * WEEKDAYS[day.weekday()]

    def _first_number(self, day: date) -> int:
        days = (day - self.scenario.start).days
        return FIRST_NUMBER + sum(self.orders_on(self.scenario.start + DAY * n) for n in range(days))

    def _day(self, day: date) -> list[Fact]:
        """All that is ever told about the orders of one day, sorted."""
        if day not in self._told:
            first = self._first_number(day)
            facts = (f for n in range(self.orders_on(day)) for f in self._story(day, first + n))
            self._told[day] = sorted((f for f in facts if f.reported_at > self.since), key=_when)
        return self._told[day]

    def _forget(self, before: date) -> None:
        for day in [day for day in self._told if day < before]:
            del self._told[day]

    def _story(self, day: date, number: int) -> Iterator[Fact]:
        seed = self.scenario.seed
        rng = dice(seed, "order", number)
        country = draw(rng, self.scenario.markets)
        crowd = max(20, round(CUSTOMERS_PER_MARKET * self.scenario.markets[country]))
        buyer = customer(seed, country, rng.randrange(crowd))
        hour = rng.choices(range(24), HOURS)[0] + rng.random()
        order_id = str(5_800_000_000_000 + number * 1_024)
        order = Order(
            scenario=self.scenario,
            id=order_id,
            number=str(number),
            placed=at(day, hour, buyer.town.zone),
            customer=buyer,
            lines=basket(rng, order_id, country),
        )
        told = list(story(order, rng))
        yield from told
        yield from restless(told, buyer.town, dice(seed, "customer of", number))

    @cached_property
    def _catalogue(self) -> list[Fact]:
        listed = datetime.combine(self.scenario.start - DAY, time(9), UTC)
        return [
            ProductListed(
                source="shopify",
                happened_at=listed,
                reported_at=listed,
                product_id=item.id,
                title=item.title,
                as_of=listed,
                image_url=item.picture,
                variants=tuple((item.variant_id(v), item.sku(v), v) for v in item.variants),
            )
            for item in PRODUCTS
        ]


def _when(fact: Fact) -> datetime:
    return fact.reported_at


def _between(facts: list[Fact], after: datetime, until: datetime) -> list[Fact]:
    return facts[bisect_right(facts, after, key=_when) : bisect_right(facts, until, key=_when)]
