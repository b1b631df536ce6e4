"""Are the chances of a contact true? Brands unlike the prior teach for thirty days; fresh orders then tell."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from math import log
from typing import Any

import numpy as np

from aftercart.risk.fitting import Day, learn
from aftercart.risk.hazard import HORIZONS, PRIOR
from benchmarks.worried import BRANDS, Brand, days

TAUGHT_DAYS, FRESH_DAYS = 30, 30
PARTS = 10
# New worries a day and seeds, sampled and in full; fresh orders are many, so that chance does not blur the verdict.
SAMPLE, FULL = ((250,), (1,), 200), ((60, 250, 1000), (1, 2), 600)


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
    lived = list(days(brand, orders=size, over=TAUGHT_DAYS, seed=seed))
    hazard = learn(lived, PRIOR, version=1)
    told = _fresh(brand, fresh, seed)
    rate = (hazard.contacts + 1) / (hazard.days + 1 / 0.03)
    constant = np.array([[1 - (1 - rate) ** horizon for horizon in HORIZONS]] * len(told))
    return {
        "brand": brand.name,
        "worries_a_day": size,
        "seed": seed,
        "order_days": hazard.days,
        "contacts": hazard.contacts,
        "learned": judged(told, np.array([hazard.chances(day.standing) for day in told])),
        "prior": judged(told, np.array([PRIOR.chances(day.standing) for day in told])),
        "constant": judged(told, constant),
    }


def _fresh(brand: Brand, orders: int, seed: int) -> list[Day]:
    """Orders that taught nothing, on days on which old and new worries stand side by side."""
    lived = days(brand, orders=orders, over=FRESH_DAYS + 14, seed=f"fresh {seed}")
    return [day for day in lived if HORIZONS[-1] in day.within and day.ago <= FRESH_DAYS]


def judged(told: Sequence[Day], chances: Any) -> dict[str, Any]:
    """`gap`: for each horizon, of ten equal parts by told chance the widest difference to what came true, in points."""
    came = np.array([[day.within[horizon] for horizon in HORIZONS] for day in told], dtype=float)
    gaps = {str(horizon): gap(chances[:, n], came[:, n]) for n, horizon in enumerate(HORIZONS)}
    p, y = np.clip(chances[:, 0], 1e-6, 1 - 1e-6), came[:, 0]
    loss = float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())
    return {
        "gap": gaps,
        "log_loss": round(loss / log(2), 4),
        "brier": round(float(((p - y) ** 2).mean()), 5),
        "auc": round(_auc(p, y), 4),
    }


def gap(chances: Any, came: Any) -> float:
    """The widest difference between what was told and what came true in ten equal parts, in points."""
    places = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(places, PARTS) if len(part)]
    return round(100 * max(abs(float(chances[part].mean() - came[part].mean())) for part in parts), 2)


def _auc(chances: Any, came: Any) -> float:
    """The chance that of one who wrote and one who did not the former was told the greater one; ties count half."""
    _, inverse, counts = np.unique(chances, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wrote = float(came.sum())
    quiet = len(came) - wrote
    return float((ranks[came > 0].sum() - wrote * (wrote + 1) / 2) / (wrote * quiet)) if wrote and quiet else 0.5


if __name__ == "__main__":
    import json

    print(json.dumps(run(sample=os.environ.get("SAMPLE", "") not in ("", "0")), indent=2))
