"""What should worry a customer about an order or a parcel, and when to look again. Pure: `now` is an argument.

Each rule answers two things at once: what it says now, and the instant at which it may say something else if no fact
arrives. So `assess` and `next_look` cannot disagree. The rules themselves are in `worries`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aftercart.facts import Attention, State
from aftercart.watch.limits import Limits
from aftercart.watch.worries import dates, door, parts, places, reports, waiting
from aftercart.watch.worries.view import GOING_BACK, MOVING, Answer, View, Worry

__all__ = ["KINDS", "SLIPPED", "View", "Worry", "assess", "look", "moves_again", "next_look"]

Rule = Callable[[View, Limits, datetime], Answer]

# The gravest first: what a customer should be told when several hold.
ON_THE_WAY: dict[str, Rule] = {
    "lost": waiting.lost,
    "damaged": reports.damaged,
    "returned_to_sender": reports.returned_to_sender,
    "refused": reports.refused,
    "not_received": door.not_received,
    "wrong_region": places.wrong_region,
    "customs_document": reports.customs_document,
    "address_problem": reports.address_problem,
    "pickup_expiring": door.pickup_expiring,
    "exception": reports.exception,
    "disruption": dates.disruption,
    "missed": dates.missed,
    "attempt_failed": reports.attempt_failed,
    "pickup_waiting": door.pickup_waiting,
    "circling": places.circling,
    "left_behind": parts.left_behind,
    "late": dates.late,
    "stalled": waiting.stalled,
    "dwelling": waiting.dwelling,
    "no_first_scan": waiting.no_first_scan,
    "not_shipped": waiting.not_shipped,
}
KINDS = tuple(ON_THE_WAY)
# No worry, but what may follow from one: a date that was told gives way to a later one.
SLIPPED = "slipped"
DELIVERED: tuple[Rule, ...] = (door.not_received, places.wrong_region)
BACK: tuple[Rule, ...] = (reports.returned_to_sender, reports.refused)
REST: tuple[Rule, ...] = (parts.left_behind,)
RULES = tuple(rule for rule in ON_THE_WAY.values() if rule is not door.not_received)
# Most parcels are on their way and nobody reports anything of them: all else is not even asked.
UNTROUBLED = tuple(
    ON_THE_WAY[kind]
    for kind in (
        "lost", "wrong_region", "disruption", "missed", "circling", "left_behind", "late", "stalled", "dwelling",
    )
)  # fmt: skip
RUNNING = frozenset({State.ACCEPTED, State.IN_TRANSIT, State.OUT_FOR_DELIVERY})

# Worries about standing still: when one of them ends because the parcel moves, that is news.
STANDING_STILL = frozenset(
    {"lost", "customs_document", "address_problem", "exception", "attempt_failed", "circling", "left_behind", "stalled",
     "dwelling", "no_first_scan"}
)  # fmt: skip

# The first movement after a silence ends it: a parcel that leaves is scanned where it stood.
SILENT = frozenset({"lost", "stalled", "no_first_scan"})


def assess(view: View, *, limits: Limits, now: datetime) -> tuple[Worry, ...]:
    """Every worry that holds at `now`, the gravest first."""
    return look(view, limits=limits, now=now)[0]


def next_look(view: View, *, limits: Limits, now: datetime) -> datetime | None:
    """The first instant after `now` at which `assess` may say something else, if no fact arrives; None: never.

    New limits are like a fact: what they are judged by has changed, so look again at once.
    """
    return look(view, limits=limits, now=now)[1]


def look(view: View, *, limits: Limits, now: datetime) -> tuple[tuple[Worry, ...], datetime | None]:
    """Both answers for the price of one."""
    worries, turns = [], []
    for rule in _rules(view):
        worry, turn = rule(view, limits, now)
        if worry is not None:
            worries.append(worry)
        if turn is not None:
            turns.append(turn)
    return tuple(worries), min(turns, default=None)


def _rules(view: View) -> tuple[Rule, ...]:
    """Those that can hold where it stands."""
    if view.cancelled or view.state is State.CANCELLED:
        return ()
    if view.rest_since is not None:
        return REST
    if view.state is State.RETURNED:
        return BACK
    if view.delivered_at is not None or view.state is State.DELIVERED:
        return () if view.state in GOING_BACK else DELIVERED
    if view.state in RUNNING and not view.reason and view.attention is not Attention.ACTION:
        return UNTROUBLED
    return RULES


def moves_again(kind: str, view: View, *, since: datetime) -> bool:
    """Whether a worry of this kind, about something that held since then, ended because the parcel moves."""
    if kind not in STANDING_STILL or view.cancelled or view.delivered_at is not None:
        return False
    if view.state not in MOVING or view.state in (State.DELAYED, State.HELD):
        return False
    seen = view.moved_at if kind in SILENT else view.here_at
    return seen is not None and seen > since
