"""How right predictions were. One definition for ours and for every baseline; docs/reference/backtest-promises.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aftercart.promises.arrivals.curves import SHARES
from aftercart.promises.arrivals.orders import Days, Flags, Numbers

ALERTS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is measured: days that it took, days that were promised (None: not measured), month of each prediction."""

    took: Days
    promised: Days
    judged: Flags  # the promise was still ahead, so that "late" could be told
    month: list[str]


def score(asked: Asked, days: Numbers | None, late: Numbers | None) -> dict[str, Any]:
    """`days`: predicted, a column for each of SHARES, NaN where a method says nothing; `late`: higher is likelier."""
    found: dict[str, Any] = {"orders": len(asked.took)}
    if days is not None and len(days):
        found |= _days(asked, days)
    if late is not None:
        found |= _late(asked, late)
    return found


def _days(asked: Asked, days: Numbers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    names = [f"p{round(share * 100)}" for share in SHARES]
    told = {name: days[:, at] for at, name in enumerate(names) if not np.isnan(days[:, at]).any()}
    if "p50" in told:
        found["mae_p50"] = _round(np.abs(asked.took - told["p50"]).mean())
    found["pinball"] = {
        n: _round(pinball(asked.took, told[n], s)) for n, s in zip(names, SHARES, strict=True) if n in told
    }
    found["coverage"] = {name: _round((asked.took <= np.ceil(told[name])).mean()) for name in told}
    if "p90" in told:
        hit, months = asked.took <= np.ceil(told["p90"]), np.array(asked.month)
        found["coverage_p90_by_month"] = {str(m): _round(hit[months == m].mean()) for m in np.unique(months)}
    found["days_at"] = {
        name[1:]: _round(days_at(asked.took, told[name], share))
        for name, share in (("p95", 0.95), ("p90", 0.9))
        if name in told
    }
    found["mean_days"] = {name: _round(told[name].mean()) for name in told}
    return found


def pinball(took: Days, told: Numbers, share: float) -> float:
    over = took - told
    return float(np.maximum(share * over, (share - 1) * over).mean())


def days_at(took: Days, told: Numbers, share: float) -> float:
    """Mean promised days, once all are shifted by the one constant that has just this share of them kept."""
    shift = np.quantile(took - told, share, method="inverted_cdf")
    return float((told + shift).mean())


def _late(asked: Asked, late: Numbers) -> dict[str, Any]:
    truth, told = (asked.took > asked.promised)[asked.judged], late[asked.judged]
    if not truth.any() or truth.all():
        return {"late_share": _round(truth.mean()) if len(truth) else None}
    alerts = np.argsort(-told, kind="stable")[: max(1, round(ALERTS * len(told)))]
    return {
        "late_share": _round(truth.mean()),
        "late_auc": _round(auc(truth, told)),
        "precision_at_5": _round(truth[alerts].mean()),
        "recall_at_5": _round(truth[alerts].sum() / truth.sum()),
    }


def auc(truth: Flags, told: Numbers) -> float:
    """The chance that what was late had been thought likelier to be than what was not."""
    _, place, count = np.unique(told, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    late, timely = int(truth.sum()), int((~truth).sum())
    return float((rank[truth].sum() - late * (late + 1) / 2) / (late * timely))


def _round(value: Any) -> float:
    return round(float(value), 4)
