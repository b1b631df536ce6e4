"""What a million open parcels may expect, worked out one by one and all at once: whole survival curves with their P50,
P80, P90, P95 and the chance of missing the promise."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)
PLACES = 27


def run(*, quick: bool) -> dict[str, Any]:
    import numpy as np

    from aftercart.promises.arrivals.outlook import Parcels, outlook
    from aftercart.promises.lanes import Lane

    count, alone = (20_000, 200) if quick else (1_000_000, 2_000)
    lanes = [Lane(carrier=f"c{n % 5}", origin=f"o{n % 7}", destination=f"d{n % PLACES}") for n in range(5 * 7 * PLACES)]
    pace = _taught(lanes)
    draw = np.random.default_rng(1)
    parcels = Parcels(
        lanes=lanes,
        lane=draw.integers(0, len(lanes), count),
        age=draw.integers(0, 40, count),
        promised=draw.integers(5, 50, count),
        slow=np.where(draw.random(count) < 0.3, 0.5, 1.0),
    )
    begun = time.process_time()
    outlook(pace, parcels, today=TODAY)
    together = count / (time.process_time() - begun)
    begun = time.process_time()
    for at in range(alone):
        _one(pace, lanes, parcels, at)
    return {
        "curves_per_second": {"together": round(together), "alone": round(alone / (time.process_time() - begun))},
        "ratio": round(together * (time.process_time() - begun) / alone, 1),
        "million_seconds": round(1_000_000 / together, 1),
        "parcels": count,
    }


def _taught(lanes: list[Any]) -> Any:
    from aftercart.promises.pace import Exposure, Pace

    pace = Pace()
    for n in range(60):
        day = TODAY - DAY * (60 - n)
        pace.observe(day, [Exposure(lane=lane, age=n % 20, open=20, arrived=n % 4) for lane in lanes[n % 7 :: 7]])
    return pace


def _one(pace: Any, lanes: list[Any], parcels: Any, at: int) -> None:
    """What a look at a single parcel asks for: the window, and the chance of a miss."""
    from aftercart.promises.rules import miss_probability, window

    start = TODAY - DAY * int(parcels.age[at])
    about = {"lane": lanes[parcels.lane[at]], "start": start, "today": TODAY, "slow": float(parcels.slow[at])}
    promised = start + DAY * int(parcels.promised[at])
    window(pace, **about, promised=promised, shares=(0.5, 0.95))
    miss_probability(pace, **about, promised=promised)
