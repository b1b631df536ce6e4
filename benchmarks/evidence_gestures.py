"""Is the measured effect of gestures on repeat purchase true? Simulated seasons whose effect is known.

Customers differ in how likely they are to buy again (beta); a share is held out by the hash that holds out live, and
each is counted once. `python -m benchmarks.evidence_gestures` prints the figures.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from aftercart.outreach.experiments.estimate import Estimate, estimate
from aftercart.outreach.experiments.rules import held_out
from aftercart.outreach.gestures.rules import per_purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """`again`: the share of customers who buy again anyhow; `alike`: how much they are (a + b of the beta)."""

    name: str
    customers: int = 4000
    again: float = 0.2
    alike: float = 3.0
    share: float = 0.1


BRANDS = (
    Brand(name="usual"),
    Brand(name="few come back", again=0.07),
    Brand(name="small, a fifth held out", customers=800, again=0.3, share=0.2),
)
MORE = 0.06  # of all customers buy again because of what they were given
COST = 500  # of each gesture, in minor units
SAMPLE, FULL = 100, 400  # seasons of each brand and effect


def season(brand: Brand, *, more: float, seed: int) -> Estimate | None:
    rng = np.random.default_rng([seed, brand.customers, round(1000 * more)])
    held = np.array(
        [held_out(UUID(bytes=rng.bytes(16)), f"season {seed}", brand.share) for _ in range(brand.customers)]
    )
    own = rng.beta(brand.again * brand.alike, (1 - brand.again) * brand.alike, brand.customers)
    # Who would have come anyhow cannot be brought back: the effect is on the others.
    moved = own + (1 - own) * np.where(held, 0.0, more / (1 - brand.again))
    bought = rng.random(brand.customers) < moved
    return estimate(_tally(bought[held]), _tally(bought[~held]))


def _tally(bought: Any) -> Counter[tuple[int, int]]:
    return Counter({(1, 1): int(bought.sum()), (1, 0): int((~bought).sum())})


def covered(brand: Brand, more: float, seasons: int) -> dict[str, Any]:
    """The true effect is -`more`: held out less given something."""
    found = [one for seed in range(seasons) if (one := season(brand, more=more, seed=seed)) is not None]
    prices = [price for one in found if (price := per_purchase(COST * one.notified.orders, one)) is not None]
    return {
        "brand": brand.name,
        "more": more,
        "seasons": len(found),
        "covered": sum(one.interval[0] <= -more <= one.interval[1] for one in found),
        "always_covered": sum(one.always[0] <= -more <= one.always[1] for one in found),
        "proven": sum(one.proven for one in found),
        "priced": len(prices),
        "price_covered": sum(least <= COST / more <= most for _, least, most in prices) if more else 0,
        "mean_effect": round(-float(np.mean([one.effect for one in found])), 5),
        "mean_width": round(float(np.mean([one.interval[1] - one.interval[0] for one in found])), 5),
    }


def run(*, sample: bool) -> list[dict[str, Any]]:
    seasons = SAMPLE if sample else FULL
    cases = [(brand, more) for brand in BRANDS for more in (MORE, 0.0)]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        rows = [pool.submit(covered, brand, more, seasons) for brand, more in cases]
        return [row.result() for row in rows]


def targets(rows: list[dict[str, Any]]) -> list[tuple[str, str, str, bool, str]]:
    """The worst of the simulated brands."""
    found = []
    for title, none in ((f"{100 * MORE:.0f} more of 100", False), ("no effect at all", True)):
        least = min(row["covered"] / row["seasons"] for row in rows if (row["more"] == 0) is none)
        name = f"intervals of repeat purchase that cover the truth, {title}"
        found.append((name, f"{least:.1%}", "≥ 93 %", least >= 0.93, ""))
    return found


if __name__ == "__main__":
    import json

    print(json.dumps(run(sample=os.environ.get("SAMPLE", "") not in ("", "0")), indent=2))
