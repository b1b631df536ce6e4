"""A day that was promised: it will be missed, or it was."""

from __future__ import annotations

from datetime import datetime

from aftercart.facts import State
from aftercart.promises.calendars import DAY
from aftercart.promises.rules import miss_probability
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import NEARLY_THERE, NOT_COMING, SILENT, Answer, View, Worry, midnight, once


def missed(view: View, limits: Limits, now: datetime) -> Answer:
    promised = view.promised_by
    if promised is None or view.state in NOT_COMING or view.state is State.AVAILABLE_FOR_PICKUP:
        return SILENT
    at = midnight(promised + DAY, view.zone)
    return once("missed", at, now, lambda: {"promised_by": promised.isoformat()})


def late(view: View, limits: Limits, now: datetime) -> Answer:
    promised, late = view.promised_by, limits.late
    if promised is None or limits.pace is None or view.state in NOT_COMING or view.state in NEARLY_THERE:
        return SILENT
    today = now.astimezone(view.zone).date()
    left = (promised - today).days
    if left < 0:
        return SILENT
    if left > late.horizon:
        return None, midnight(promised - DAY * late.horizon, view.zone)
    pace, since = limits.pace, view.placed_at
    if limits.transit is not None and view.handed_over_at is not None:
        pace, since = limits.transit, view.handed_over_at
    chance = miss_probability(
        pace,
        lane=view.lane,
        start=since.astimezone(view.zone).date(),
        promised=promised,
        today=today,
        calendar=limits.calendar,
    )
    limit = late.settled if "late" in view.open else late.at(left)
    tomorrow = midnight(today + DAY, view.zone)
    if chance < limit:
        return None, tomorrow
    evidence = {
        "promised_by": promised.isoformat(),
        "days_left": left,
        "chance": round(chance, 3),
        "limit": round(limit, 3),
        "version": pace.version,
    }
    return Worry(kind="late", evidence=evidence), tomorrow
