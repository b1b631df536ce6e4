"""Counting what telling would have been worth: one definition for the live rules and for every baseline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from aftercart.promises.calendars import DAY
from aftercart.watch.history import Past


@dataclass(slots=True)
class Score:
    """Orders by what became of them. `late`: delivered on a calendar day after the promised one; what was never
    delivered is neither late nor on time, and stands apart. `days_ahead` of those late orders that were told by the
    end of their promised day."""

    orders: int = 0
    late: int = 0
    on_time: int = 0
    never_delivered: int = 0
    never_delivered_told: int = 0
    cancelled: int = 0
    cancelled_told: int = 0
    false_notices: int = 0
    days_ahead: list[int] = field(default_factory=list)

    def add(self, past: Past, told_on: date | None) -> None:
        self.orders += 1
        if past.delivered_on is None:
            told = told_on is not None
            self.cancelled += past.cancelled
            self.cancelled_told += past.cancelled and told
            self.never_delivered += not past.cancelled
            self.never_delivered_told += told and not past.cancelled
        elif past.delivered_on > past.promised_by:
            self.late += 1
            if told_on is not None and told_on <= past.promised_by:
                self.days_ahead.append((past.promised_by - told_on).days)
        else:
            self.on_time += 1
            self.false_notices += told_on is not None

    def to_dict(self) -> dict[str, object]:
        told = len(self.days_ahead)
        return {
            "orders": self.orders,
            "late": self.late,
            "told_before_promise": told,
            "share_told": _share(told, self.late),
            "median_days_ahead": float(median(self.days_ahead)) if told else None,
            "false_notices": self.false_notices,
            "share_false": _share(self.false_notices, self.orders),
            "share_false_of_on_time": _share(self.false_notices, self.on_time),
            "never_delivered": self.never_delivered,
            "never_delivered_told": self.never_delivered_told,
            "cancelled": self.cancelled,
            "cancelled_told": self.cancelled_told,
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def score(history: Iterable[Past], told_on: Mapping[str, date]) -> dict[str, object]:
    """The whole, and under `months` each month in which orders were placed, oldest first."""
    whole = Score()
    months: defaultdict[str, Score] = defaultdict(Score)
    for past in history:
        told = told_on.get(past.order_id)
        whole.add(past, told)
        months[f"{past.placed_at:%Y-%m}"].add(past, told)
    return whole.to_dict() | {"months": [{"month": name} | months[name].to_dict() for name in sorted(months)]}


def still_open(history: Iterable[Past], *, days_before: int) -> dict[str, date]:
    """The one-line rule: tell whoever's order is still open on the morning `days_before` its promised day."""
    told: dict[str, date] = {}
    for past in history:
        morning = max(past.promised_by - days_before * DAY, past.placed_at.date() + DAY)
        ended = min(past.delivered_on or date.max, past.cancelled_on or date.max)
        if ended >= morning <= past.promised_by:
            told[past.order_id] = morning
    return told
