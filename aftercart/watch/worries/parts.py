"""An order in several parts, of which one has arrived and another stays behind."""

from __future__ import annotations

from datetime import datetime

from aftercart.facts import State
from aftercart.promises.silence import PLACED, TOGETHER
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import NOT_COMING, SILENT, Answer, View, iso, learned, once


def left_behind(view: View, limits: Limits, now: datetime) -> Answer:
    """Lines that no parcel holds, longer than packing takes; or a parcel far behind the first that arrived."""
    first = view.sibling_at
    if first is None or view.state in NOT_COMING or view.state is State.AVAILABLE_FOR_PICKUP:
        return SILENT
    milestone, since = (PLACED, view.rest_since) if view.rest_since else (TOGETHER, max(first, view.label_at or first))
    limit = limits.silence(milestone, view.lane, international=view.international)
    at = max(first, limits.calendar.after(since, limit.days, view.zone))
    told = learned(milestone, since, limit) | {"first_delivered_at": iso(first)}
    return once("left_behind", at, now, lambda: told)
