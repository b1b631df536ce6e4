"""Nothing happens for too long: silence, stays, and what is presumed lost. Limits are learned."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from aftercart.facts import State
from aftercart.promises.rules import Quiet
from aftercart.promises.silence import HUB, PLACED, stay
from aftercart.promises.spells import ON_THE_ROAD, SILENT
from aftercart.promises.spells import STAYS as STANDS
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import MOVING, UNSEEN, Answer, View, holds, learned, once
from aftercart.watch.worries.view import SILENT as NOTHING


class Passing(NamedTuple):
    """When a wait that began at `since` passes its limit. `milestone`: what it is called in the evidence."""

    at: datetime
    since: datetime
    milestone: str
    limit: Quiet


def not_shipped(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not None or view.label_at or view.handed_over_at:
        return NOTHING
    return _once("not_shipped", _silence(PLACED, view.placed_at, view, limits), now)


def no_first_scan(view: View, limits: Limits, now: datetime) -> Answer:
    return _once("no_first_scan", unseen(view, limits), now)


def stalled(view: View, limits: Limits, now: datetime) -> Answer:
    return _once("stalled", silence(view, limits), now)


def dwelling(view: View, limits: Limits, now: datetime) -> Answer:
    return _once("dwelling", staying(view, limits), now)


def unseen(view: View, limits: Limits) -> Passing | None:
    """It is packed, and nobody has scanned it."""
    if view.state not in UNSEEN or view.first_scan_at or view.handed_over_at:
        return None
    return _silence(State.LABEL_CREATED, view.label_at or view.state_at or view.placed_at, view, limits)


def silence(view: View, limits: Limits) -> Passing | None:
    """It is on the road, and nobody says anything of it."""
    since = _last_sign(view)
    if view.state not in SILENT or since is None:
        return None
    return _silence(view.state, since, view, limits)


def staying(view: View, limits: Limits) -> Passing | None:
    """It is scanned again and again, but stays in one state, or at one hub. Where it is not, it is silent instead."""
    at_hub = view.state in ON_THE_ROAD
    since = view.here_at if at_hub else view.state_at
    if since is None or view.state is None or not (at_hub or view.state in STANDS):
        return None
    if view.state in SILENT and (view.moved_at is None or view.moved_at <= since):
        return None
    if not at_hub or view.moved_at is None:
        return _silence(stay(view.state), since, view, limits)._replace(milestone=view.state)
    limit = limits.silence(stay(HUB), view.lane, international=view.international)
    # The last scan there may have been its departure: it gets a day to be seen elsewhere, unless this goes on for ever.
    leaves = limits.calendar.after(view.moved_at, 1.0, view.zone)
    first, at_last = (limits.calendar.after(since, days, view.zone) for days in (limit.days, 2 * limit.days))
    return Passing(min(max(first, leaves), at_last), since, view.state, limit)


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


def _silence(milestone: str, since: datetime, view: View, limits: Limits) -> Passing:
    limit = limits.silence(milestone, view.lane, international=view.international)
    return Passing(limits.calendar.after(since, limit.days, view.zone), since, milestone, limit)


def _once(kind: str, passing: Passing | None, now: datetime) -> Answer:
    if passing is None:
        return NOTHING
    return once(kind, passing.at, now, lambda: learned(passing.milestone, passing.since, passing.limit))
