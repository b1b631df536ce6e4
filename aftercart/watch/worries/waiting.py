"""Nothing happens for too long: silence, stays, and what is presumed lost. Limits are learned."""

from __future__ import annotations

from datetime import datetime

from aftercart.facts import State
from aftercart.promises.silence import HUB, PLACED, stay
from aftercart.promises.spells import ON_THE_ROAD, SILENT
from aftercart.promises.spells import STAYS as STANDS
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import MOVING, UNSEEN, Answer, View, holds, learned, once
from aftercart.watch.worries.view import SILENT as NOTHING


def not_shipped(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not None or view.label_at or view.handed_over_at:
        return NOTHING
    return _silence("not_shipped", PLACED, view.placed_at, view, limits, now)


def no_first_scan(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state not in UNSEEN or view.first_scan_at or view.handed_over_at:
        return NOTHING
    since = view.label_at or view.state_at or view.placed_at
    return _silence("no_first_scan", State.LABEL_CREATED, since, view, limits, now)


def stalled(view: View, limits: Limits, now: datetime) -> Answer:
    since = _last_sign(view)
    if view.state not in SILENT or since is None:
        return NOTHING
    return _silence("stalled", view.state, since, view, limits, now)


def dwelling(view: View, limits: Limits, now: datetime) -> Answer:
    """It is scanned again and again, but stays in one state, or at one hub. Where it is not, it is silent instead."""
    at_hub = view.state in ON_THE_ROAD
    since = view.here_at if at_hub else view.state_at
    if since is None or not (at_hub or view.state in STANDS):
        return NOTHING
    if view.state in SILENT and (view.moved_at is None or view.moved_at <= since):
        return NOTHING
    if not at_hub or view.moved_at is None:
        return _silence("dwelling", stay(view.state or HUB), since, view, limits, now)
    limit = limits.silence(stay(HUB), view.lane, international=view.international)
    # The last scan there may have been its departure: it gets a day to be seen elsewhere, unless this goes on for ever.
    leaves = limits.calendar.after(view.moved_at, 1.0, view.zone)
    first, at_last = (limits.calendar.after(since, days, view.zone) for days in (limit.days, 2 * limit.days))
    at = min(max(first, leaves), at_last)
    return once("dwelling", at, now, lambda: learned(view.state or HUB, since, limit))


def lost(view: View, limits: Limits, now: datetime) -> Answer:
    """The carrier says so, or it is silent so long that next to nothing on its lane ever came after that."""
    if view.state is State.LOST:
        return holds("lost", view)
    since = view.last_scan_at or _last_sign(view)
    if view.state not in MOVING or since is None:
        return NOTHING
    limit = limits.lost(view.state, view.lane, international=view.international)
    at = limits.calendar.after(since, limit.days, view.zone)
    return once("lost", at, now, lambda: learned("any", since, limit))


def _last_sign(view: View) -> datetime | None:
    return view.moved_at or view.last_scan_at or view.state_at or view.handed_over_at


def _silence(kind: str, milestone: str, since: datetime, view: View, limits: Limits, now: datetime) -> Answer:
    limit = limits.silence(milestone, view.lane, international=view.international)
    at = limits.calendar.after(since, limit.days, view.zone)
    told = view.state.value if kind == "dwelling" and view.state else milestone
    return once(kind, at, now, lambda: learned(told, since, limit))
