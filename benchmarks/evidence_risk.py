"""Are the chances of a contact true? Brands unlike the prior teach for thirty days; fresh orders then tell.

Of a fresh order not one future is looked at but many: what is measured is the hazard and not the luck of the draw.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from aftercart.risk.fitting import learn
from aftercart.risk.hazard import HORIZONS, PRIOR
from aftercart.risk.prior import DAILY
from benchmarks.worried import BRANDS, Probe, days, probes

TAUGHT_DAYS = 30
PARTS = 10
# New worries a day, seeds, and fresh orders to judge by; sampled and in full.
SAMPLE, FULL = ((250,), (1,), 1500), ((60, 250, 1000), (1, 2), 5000)


def run(*, sample: bool) -> dict[str, Any]:
    """By brand, size and seed: the widest gap in points between told and true in a tenth of the order-days, for each
    horizon; log loss, Brier score and AUC of the next day, beside the prior and a constant rate."""
    sizes, seeds, fresh = SAMPLE if sample else FULL
    asked = [(n, size, seed, fresh) for n in range(len(BRANDS)) for size in sizes for seed in seeds]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        rows = list(pool.map(_taught, asked))
    return {"days": TAUGHT_DAYS, "rows": rows, "widest": _widest(rows)}


def _widest(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each size of brand and horizon: the widest gap of all, and that of the median brand and seed."""
    found: dict[str, dict[str, Any]] = {}
    for size in sorted({row["worries_a_day"] for row in rows}):
        of_size = [row["learned"] for row in rows if row["worries_a_day"] == size]
        found[str(size)] = {
            str(horizon): {
                "all": max(row["gap"][str(horizon)] for row in of_size),
                "median": round(float(np.median([row["gap"][str(horizon)] for row in of_size])), 2),
            }
            for horizon in HORIZONS
        }
    return found


def _taught(asked: tuple[int, int, int, int]) -> dict[str, Any]:
    place, size, seed, fresh = asked
    brand = BRANDS[place]
    hazard = learn(days(brand, orders=size, over=TAUGHT_DAYS, seed=seed), PRIOR, version=1)
    told = probes(brand, count=fresh, seed=seed)
    rate = (hazard.contacts + 1) / (hazard.days + 1 / DAILY)
    constant = [[1 - (1 - rate) ** horizon for horizon in HORIZONS]] * len(told)
    return {
        "brand": brand.name,
        "worries_a_day": size,
        "seed": seed,
        "order_days": hazard.days,
        "contacts": hazard.contacts,
        "learned": judged(told, [hazard.chances(one.standing) for one in told]),
        "prior": judged(told, [PRIOR.chances(one.standing) for one in told]),
        "constant": judged(told, constant),
    }


def judged(told: Sequence[Probe], said: Sequence[Sequence[float]]) -> dict[str, Any]:
    """`gap`: for each horizon, of ten equal parts by said chance the widest difference to what is true, in points.

    Log loss (bits), Brier score and AUC are of the day that comes, over all its futures.
    """
    chances, true = np.array(said), np.array([one.share for one in told])
    p, y = np.clip(chances[:, 0], 1e-6, 1 - 1e-6), true[:, 0]
    return {
        "gap": {str(horizon): gap(chances[:, n], true[:, n]) for n, horizon in enumerate(HORIZONS)},
        "log_loss": round(float(-(y * np.log2(p) + (1 - y) * np.log2(1 - p)).mean()), 4),
        "brier": round(float((y * (1 - p) ** 2 + (1 - y) * p**2).mean()), 5),
        "auc": round(_auc(p, y), 4),
    }


def gap(chances: Any, came: Any) -> float:
    """The widest difference between what was told and what came true in ten equal parts, in points."""
    places = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(places, PARTS) if len(part)]
    return round(100 * max(abs(float(chances[part].mean() - came[part].mean())) for part in parts), 2)


def _auc(chances: Any, share: Any) -> float:
    """The chance that of one who wrote and one who did not the former was told the greater one; ties count half."""
    _, place = np.unique(chances, return_inverse=True)
    wrote, quiet = np.bincount(place, share), np.bincount(place, 1 - share)
    below = np.cumsum(quiet) - quiet / 2
    return float((wrote * below).sum() / (wrote.sum() * quiet.sum())) if wrote.sum() and quiet.sum() else 0.5


if __name__ == "__main__":
    import json

    print(json.dumps(run(sample=os.environ.get("SAMPLE", "") not in ("", "0")), indent=2))
