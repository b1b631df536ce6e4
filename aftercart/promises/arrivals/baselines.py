"""What is simple and good: the yardsticks that predictions are held against."""

from __future__ import annotations

import numpy as np

from aftercart.promises.arrivals.curves import SHARES
from aftercart.promises.arrivals.orders import NEVER, Days, Numbers, Orders

WINDOW = 60  # days of deliveries
EVERY = 7  # days between two computations
WEIGHT = 30.0  # arrivals that the coarser place weighs
RECENT = 21  # days of deliveries of the one-line rule


def lanes(orders: Orders, rows: Days, morning: Days, *, longer_than: int = -1) -> Numbers:
    """Rolling quantiles of how long the lane's deliveries took, drawn to those of its destination, and these to all.

    `longer_than`: only of those that took longer, for what has travelled so long already.
    """
    found = np.zeros((len(rows), len(SHARES)))
    week = morning // EVERY * EVERY
    took = orders.arrived - orders.began
    parent = dict(zip(orders.groups["route"].tolist(), orders.groups["destination"].tolist(), strict=True))
    for monday in np.unique(week):
        seen = np.flatnonzero((orders.arrived < monday) & (orders.arrived >= monday - WINDOW) & (took > longer_than))
        everywhere = np.quantile(took[seen], SHARES) if len(seen) else np.array([10.0, 15.0, 20.0, 25.0])
        states = _by(orders.groups["destination"][seen], took[seen], {}, {}, everywhere)
        routes = _by(orders.groups["route"][seen], took[seen], parent, states, everywhere)
        for at in np.flatnonzero(week == monday):
            row = rows[at]
            state = states.get(int(orders.groups["destination"][row]), everywhere)
            found[at] = routes.get(int(orders.groups["route"][row]), state)
    return found


def _by(
    group: Days, took: Days, parent: dict[int, int], coarser: dict[int, Numbers], everywhere: Numbers
) -> dict[int, Numbers]:
    if not len(group):
        return {}
    order = np.argsort(group, kind="stable")
    names, starts = np.unique(group[order], return_index=True)
    found = {}
    for name, part in zip(names.tolist(), np.split(took[order], starts[1:]), strict=True):
        if len(part):
            above = coarser.get(parent.get(name, -1), everywhere)
            found[name] = (len(part) * np.quantile(part, SHARES) + WEIGHT * above) / (len(part) + WEIGHT)
    return found


def recent_mean(orders: Orders, rows: Days, morning: Days) -> Numbers:
    """The mean that the destination's deliveries of the last days took; everywhere's where it had none."""
    seen = orders.arrived < NEVER
    took = (orders.arrived - orders.began)[seen].astype(np.float64)
    where, day = orders.groups["destination"][seen], orders.arrived[seen]
    places, until = (
        int(orders.groups["destination"].max(initial=0)) + 1,
        int(max(day.max(initial=0), morning.max(initial=0))) + 2,
    )
    total = _running(np.bincount(where * until + day, weights=took, minlength=places * until).reshape(places, until))
    count = _running(
        np.bincount(where * until + day, minlength=places * until).reshape(places, until).astype(np.float64)
    )
    everywhere = total.sum(axis=0) / np.maximum(count.sum(axis=0), 1)
    here = orders.groups["destination"][rows]
    mean = total[here, morning] / np.maximum(count[here, morning], 1)
    found: Numbers = np.where(count[here, morning] > 0, mean, everywhere[morning])
    return found


def _running(counts: Numbers) -> Numbers:
    """Column m: the sum of the RECENT columns before m."""
    total = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)[:, :-1]
    back = np.pad(total, ((0, 0), (RECENT, 0)))[:, : total.shape[1]]
    found: Numbers = total - back
    return found
