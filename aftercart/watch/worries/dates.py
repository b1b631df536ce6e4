"""A day that was promised: it will be missed, or it was."""

from __future__ import annotations

from datetime import date, datetime

from aftercart.facts import State
from aftercart.promises.calendars import DAY
from aftercart.promises.rules import Pace, miss_probability
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import MOVING, NEARLY_THERE, NOT_COMING, SILENT, Answer, View, Worry, midnight, once


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
    chance, version = _chance(limits.pace, view, limits, promised, today)
    limit = late.settled if "late" in view.open else late.at(left)
    tomorrow = midnight(today + DAY, view.zone)
    if chance < limit:
        return None, tomorrow
    evidence = {
        "promised_by": promised.isoformat(),
        "days_left": left,
        "chance": round(chance, 3),
        "limit": round(limit, 3),
        "version": version,
    }
    return Worry(kind="late", evidence=evidence), tomorrow


def disruption(view: View, limits: Limits, now: datetime) -> Answer:
    """It shares in a disruption, and is as likely to miss its promise by it as not."""
    slowed, promised = limits.slowed, view.promised_by
    if slowed is None or promised is None or limits.pace is None or view.state not in MOVING:
        return SILENT
    today, told = now.astimezone(view.zone).date(), "disruption" in view.open
    if promised < today and not told:
        return SILENT  # its customer knows already that it is late
    tomorrow = midnight(today + DAY, view.zone)
    if promised >= today:
        chance, _ = _chance(limits.pace, view, limits, promised, today)
        if chance < (slowed.settled if told else slowed.danger):
            return None, tomorrow
    return Worry(kind="disruption", evidence={**slowed.told, "promised_by": promised.isoformat()}), tomorrow


def _chance(pace: Pace, view: View, limits: Limits, promised: date, today: date) -> tuple[float, int]:
    """That it misses the promised day, and by which version of what was learned. `pace`: that of whole orders."""
    since = view.placed_at
    if limits.transit is not None and view.handed_over_at is not None:
        pace, since = limits.transit, view.handed_over_at
    # Held up for some days, it is as old as its progress, and misses what it would otherwise miss so much earlier.
    usually_by = promised - DAY * round(limits.held.ahead)
    if usually_by < today:
        return 1.0, pace.version
    chance = miss_probability(
        pace,
        lane=view.lane,
        start=since.astimezone(view.zone).date() + DAY * limits.held.lost,
        promised=usually_by,
        today=today,
        calendar=limits.calendar,
    )
    return chance, pace.version
