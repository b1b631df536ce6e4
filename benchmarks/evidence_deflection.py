"""Is the measured effect of notices true? Simulated seasons whose effect is known, as often as it takes to tell.

Customers differ in how often orders of theirs are affected and in how often they write (gamma, so contacts are
overdispersed); 5 % are held out by the hash that holds out live. Each season is read at its end, and day by day as an
impatient reader would. `python -m benchmarks.evidence_deflection` prints the figures.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from aftercart.outreach.experiments.estimate import LEAST_CONTACTS, Estimate, estimate
from aftercart.outreach.experiments.rules import SHARE, held_out

Counts = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """`contacts`: per affected order without notices; `scatter`: variance of a customer's own rate over its square."""

    name: str
    customers: int = 4000
    contacts: float = 0.25
    scatter: float = 1.0
    more_orders: float = 0.8
    days: int = 90


BRANDS = (
    Brand(name="usual"),
    Brand(name="few write, and often", contacts=0.12, scatter=3.0),
    Brand(name="small", customers=2000, contacts=0.3, scatter=0.5, more_orders=0.3),
)
SPARED = 0.35
SAMPLE, FULL = 100, 400  # seasons of each brand and effect
DAILY_SAMPLE, DAILY_FULL = 100, 200


@dataclass(frozen=True, slots=True)
class Season:
    """Each affected order: whose, on which day, and how many contacts it brought."""

    held: np.ndarray[tuple[int], np.dtype[np.bool_]]  # by customer
    customer: Counts
    day: Counts
    contacts: Counts

    def until(self, day: int) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
        """The arms by orders affected up to and on that day."""
        known = self.day <= day
        n = len(self.held)
        orders = np.bincount(self.customer[known], minlength=n)
        contacts = np.bincount(self.customer[known], self.contacts[known], minlength=n).astype(np.int64)
        return _tally(orders, contacts, self.held), _tally(orders, contacts, ~self.held)


def _tally(orders: Counts, contacts: Counts, of: Any) -> Counter[tuple[int, int]]:
    there = of & (orders > 0)
    return Counter(zip(orders[there].tolist(), contacts[there].tolist(), strict=True))


def season(brand: Brand, *, spared: float, seed: int) -> Season:
    rng = np.random.default_rng([seed, brand.customers, round(1000 * spared)])
    names = (UUID(bytes=rng.bytes(16)) for _ in range(brand.customers))
    held = np.array([held_out(name, f"season {seed}", SHARE) for name in names])
    # Who writes often also has more orders affected: the ratio of sums is not the mean of ratios.
    keen = rng.gamma(1 / brand.scatter, brand.scatter, brand.customers)
    orders = 1 + rng.poisson(brand.more_orders * (0.7 + 0.3 * keen))
    customer = np.repeat(np.arange(brand.customers), orders)
    rate = brand.contacts * keen * np.where(held, 1.0, 1 - spared)
    # A customer's affected orders come together: one bad week.
    first = rng.integers(0, brand.days, brand.customers)
    day = np.minimum(first[customer] + rng.geometric(0.2, len(customer)) - 1, brand.days - 1)
    return Season(held, customer, day, rng.poisson(rate[customer]))


def truth(brand: Brand, spared: float) -> float:
    """Contacts per affected order that notices spare, over all customers that there could be."""
    # keen and orders are correlated: E[orders × keen] ÷ E[orders], with E[keen²] = 1 + scatter.
    mean = 1 + brand.more_orders
    together = 1 + brand.more_orders * (0.7 + 0.3 * (1 + brand.scatter))
    return brand.contacts * spared * together / mean


def read_at_the_end(brand: Brand, *, spared: float, seed: int) -> Estimate:
    found = estimate(*season(brand, spared=spared, seed=seed).until(brand.days))
    assert found is not None
    return found


def _daily(brand: Brand, seed: int) -> Iterator[Estimate]:
    whole = season(brand, spared=0.0, seed=seed)
    for day in range(brand.days):
        found = estimate(*whole.until(day))
        if found is not None and found.held_out.contacts >= LEAST_CONTACTS:
            yield found


def fooled(brand: Brand, seed: int) -> tuple[bool, bool]:
    """Whether somebody who looked every day of a season without any effect was told once that there is one: by
    `always`, and by `interval`, which is not made for that."""
    always = fixed = False
    for found in _daily(brand, seed):
        always |= found.proven
        fixed |= found.enough and not found.interval[0] <= 0 <= found.interval[1]
    return always, fixed


def covered(brand: Brand, spared: float, seasons: int) -> dict[str, Any]:
    true = truth(brand, spared)
    found = [read_at_the_end(brand, spared=spared, seed=seed) for seed in range(seasons)]
    return {
        "brand": brand.name,
        "spared": spared,
        "seasons": seasons,
        "true": round(true, 5),
        "covered": sum(one.interval[0] <= true <= one.interval[1] for one in found),
        "always_covered": sum(one.always[0] <= true <= one.always[1] for one in found),
        "told_apart_from_zero": sum(not one.interval[0] <= 0 <= one.interval[1] for one in found),
        "mean_effect": round(float(np.mean([one.effect for one in found])), 5),
        "mean_width": round(float(np.mean([one.interval[1] - one.interval[0] for one in found])), 5),
    }


def watched(brand: Brand, seasons: int) -> dict[str, Any]:
    told = [fooled(brand, 10_000 + seed) for seed in range(seasons)]
    return {
        "brand": brand.name,
        "seasons": seasons,
        "fooled": sum(always for always, _ in told),
        "fooled_by_fixed": sum(fixed for _, fixed in told),
    }


def run(*, sample: bool) -> dict[str, Any]:
    seasons, daily = (SAMPLE, DAILY_SAMPLE) if sample else (FULL, DAILY_FULL)
    cases = [(brand, spared) for brand in BRANDS for spared in (SPARED, 0.0)]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        rows = [pool.submit(covered, brand, spared, seasons) for brand, spared in cases]
        days = [pool.submit(watched, brand, daily) for brand in BRANDS]
        return {"seasons": [row.result() for row in rows], "every_day": [one.result() for one in days]}


if __name__ == "__main__":
    import json

    print(json.dumps(run(sample=os.environ.get("SAMPLE", "") not in ("", "0")), indent=2))
