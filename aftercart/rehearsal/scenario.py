"""What is to be rehearsed: how much is sold where, when it peaks, and what goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from aftercart.rehearsal.troubles import SHARES, Trouble

HISTORY_DAYS = 60

MARKETS: Mapping[str, float] = {
    "NL": 0.23,
    "DE": 0.23,
    "US": 0.16,
    "FR": 0.10,
    "ES": 0.09,
    "GB": 0.08,
    "CA": 0.04,
    "JP": 0.04,
    "PT": 0.03,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Days on which more is sold; the warehouse packs `backlog` working days later, and no promise said so."""

    first: date
    days: int
    lift: float
    backlog: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blockage:
    """A hub of one carrier that stops. `trickle`: the share of parcels that get through all the same."""

    carrier: str
    hub: str
    since: datetime
    until: datetime
    trickle: float = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """A product that is sold while there is none. Nothing of it leaves before `until`."""

    product: str
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`now` parts history from what is to come; everything else may lie on both sides of it."""

    seed: str
    now: datetime
    history_days: int = HISTORY_DAYS
    orders_a_day: float = 84.0  # on an average weekday at `now`
    growth: float = 0.45  # from the first day to `now`; level after it
    markets: Mapping[str, float] = field(default_factory=lambda: dict(MARKETS))
    troubles: Mapping[Trouble, float] = field(default_factory=lambda: dict(SHARES))
    campaigns: tuple[Campaign, ...] = ()
    blockages: tuple[Blockage, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    backordered: float = 0.012
    cancelled: float = 0.018
    split: float = 0.065
    cut_off: float = 0.0008  # the share of orders that arrive a second time, as half a body

    @property
    def start(self) -> date:
        return self.now.astimezone(UTC).date() - timedelta(days=self.history_days)


# Hubs that will have a bad week of their own, one after the other, however long the demo is kept.
NEXT_IN_TROUBLE = (
    ("postnl", "Ridderkerk"),
    ("ups", "Hodgkins"),
    ("colissimo", "Lille"),
    ("royal_mail", "Slough"),
    ("dhl", "Köln"),
)
YEARS_TO_COME = 2


def maren_and_oak(now: datetime, *, seed: str = "maren-oak", orders_a_day: float = 64.0) -> Scenario:
    """The demo brand: a campaign three weeks ago, a sold-out blanket, and Leipzig standing still this week."""
    today = now.astimezone(UTC).date()
    since = now - timedelta(days=5, hours=7)
    return Scenario(
        seed=seed,
        now=now,
        orders_a_day=orders_a_day,
        campaigns=tuple(
            Campaign(first=today + timedelta(days=56 * n - 24), days=4, lift=2.4, backlog=3)
            for n in range(YEARS_TO_COME * 7)
        ),
        blockages=(
            Blockage(carrier="dhl", hub="Leipzig", since=since, until=now + timedelta(hours=31)),
            *_bad_weeks(since),
        ),
        shortages=(
            Shortage(product="loom-blanket", since=today - timedelta(days=16), until=today + timedelta(days=4)),
        ),
    )


def _bad_weeks(first: datetime) -> Iterator[Blockage]:
    """One begins every ten days; two lie in the past."""
    for n in range(-3, YEARS_TO_COME * 36):
        if n in {-1, 0}:
            continue  # Leipzig's week stands alone
        carrier, hub = NEXT_IN_TROUBLE[n % len(NEXT_IN_TROUBLE)]
        since = first + timedelta(days=10 * n)
        yield Blockage(carrier=carrier, hub=hub, since=since, until=since + timedelta(days=2 + n % 3))
