"""The last step is the customer's: collect it, or look for what counts as delivered."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from aftercart.facts import State
from aftercart.promises.calendars import DAY, Calendar
from aftercart.promises.silence import SHELF, Quiet
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import SILENT, Answer, View, iso, midnight, once, standing


def pickup_waiting(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not State.AVAILABLE_FOR_PICKUP or view.state_at is None:
        return SILENT
    days = limits.waits.pickup
    at = view.state_at + timedelta(days=days)
    return once("pickup_waiting", at, now, lambda: standing(view) | {"limit_days": days})


def pickup_expiring(view: View, limits: Limits, now: datetime) -> Answer:
    """It is sent back in a few days: on the day told, else as long as such points kept others, else by custom."""
    if view.state is not State.AVAILABLE_FOR_PICKUP or view.state_at is None:
        return SILENT
    since, kept = view.state_at, limits.quiet_of(SHELF, view.lane)
    ends, basis = _shelf_ends(view, since, kept, limits)
    last_day = (ends - timedelta(microseconds=1)).astimezone(view.zone).date()
    at = max(since, ends - DAY * limits.waits.expiring)
    evidence = {"collect_by": last_day.isoformat(), "basis": basis, "n": kept.n if kept and basis != "told" else 0.0}
    return once("pickup_expiring", at, now, lambda: standing(view) | evidence)


def _shelf_ends(view: View, since: datetime, kept: Quiet | None, limits: Limits) -> tuple[datetime, str]:
    if view.collect_by is not None:
        return midnight(view.collect_by + DAY, view.zone), "told"
    if kept is not None:
        return limits.calendar.after(since, kept.days, view.zone), kept.level
    return since + DAY * limits.waits.shelf, "unlearned"


def not_received(view: View, limits: Limits, now: datetime) -> Answer:
    """The customer misses what counts as delivered, and it was given time to turn up."""
    missing, delivered = view.missing_at, view.delivered_at
    if missing is None or delivered is None or view.found or view.state is not State.DELIVERED:
        return SILENT
    if view.again_at and view.again_at > missing:
        return SILENT  # the carrier has had it in hand since
    wait = limits.waits.not_received
    at = max(missing, look_until(delivered, wait, limits.calendar, view.zone))
    told: dict[str, object] = {
        "since": iso(missing),
        "delivered_at": iso(delivered),
        "limit_business_days": wait,
        "basis": "policy",
    }
    return once("not_received", at, now, lambda: told)


def look_until(delivered_at: datetime, days: float, calendar: Calendar, zone: tzinfo) -> datetime:
    """Carriers now and then say "delivered" a day or two early: until when it may still turn up."""
    return calendar.after(delivered_at, days, zone)
