"""What to answer a customer who asks about a parcel, before it is put into words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aftercart.facts import Attention, State


class Kind(StrEnum):
    """The one sentence that answers the question."""

    ARRIVING = "arriving"
    TODAY = "today"
    LATE = "late"  # a new date, and all of it later than the one we gave first
    OVERDUE = "overdue"  # the date has passed and we have no new one
    UNDATED = "undated"  # on its way, and nobody has named a date
    PACKING = "packing"  # not left, and nobody has named a date
    ASKED = "asked"  # somebody waits for something from the customer
    ANSWERED = "answered"  # they have told us, and the carrier is told
    ATTEMPTED = "attempted"
    COLLECT = "collect"
    DELIVERED = "delivered"
    MISSING = "missing"  # it counts as delivered, the customer misses it, and it may yet turn up
    NOT_RECEIVED = "not_received"  # the same, and it did not
    ELSEWHERE = "elsewhere"  # handed over where it should not be
    RETURNING = "returning"
    REFUSED = "refused"
    RETURNED = "returned"
    LOST = "lost"
    DAMAGED = "damaged"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Tone(StrEnum):
    GOOD = "good"
    WATCH = "watch"
    LATE = "late"
    ACT = "act"
    DONE = "done"


class Why(StrEnum):
    """What happened last, or what stands in the way."""

    PACKING = "packing"
    PACKING_SLOW = "packing_slow"
    REST_SLOW = "rest_slow"
    PREORDER = "preorder"
    LAUNCH = "launch"
    BACKORDER = "backorder"
    CLOSED = "closed"
    BUSY = "busy"
    READY = "ready"
    UNSCANNED = "unscanned"
    MOVING = "moving"
    CUSTOMS = "customs"
    COURIER_OUT = "courier_out"
    DELAYED = "delayed"
    HELD = "held"
    STALLED = "stalled"
    DWELLING = "dwelling"
    CUSTOMS_SLOW = "customs_slow"
    OUT_IN_VAIN = "out_in_vain"
    CIRCLING = "circling"
    BEHIND = "behind"
    MOVES_AGAIN = "moves_again"
    ASKED = "asked"
    ATTEMPTED = "attempted"
    COLLECT = "collect"
    DELIVERED = "delivered"
    MISSING = "missing"
    ELSEWHERE = "elsewhere"
    RETURNING = "returning"
    REFUSED = "refused"
    RETURNED = "returned"
    LOST_SAID = "lost_said"
    LOST_SILENT = "lost_silent"
    DAMAGED = "damaged"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Window:
    earliest: date | None
    latest: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a parcel, or (`state` None) of what has not left yet.

    `told`: every window that the customer was told, oldest first. `believed`: what we expect now. `concerns`: the
    kinds of its open concerns. `day_of_state`: the customer's calendar day of its state. `missing`, `found`: what the
    customer said of something delivered. `moves_again`: it stood still, lately, and does no more. `because`: the kind
    of entry in the brand's calendar for which what has not left still waits. `given`: its customer has told us what
    is asked.
    """

    state: State | None
    reason: str = ""
    attention: Attention = Attention.NONE
    day_of_state: date | None = None
    concerns: frozenset[str] = frozenset()
    told: tuple[Window, ...] = ()
    believed: Window | None = None
    cancelled: bool = False
    missing: bool = False
    found: bool = False
    moves_again: bool = False
    because: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`was` is the day that we named first, where `window` ends later than it."""

    kind: Kind
    tone: Tone
    why: Why
    window: Window | None = None
    was: date | None = None

    @property
    def days_late(self) -> int:
        """How late it is at the least: a window is not late by its last day."""
        if self.window is None or self.was is None:
            return 0
        return ((self.window.earliest or self.window.latest) - self.was).days


DATED = frozenset({Kind.ARRIVING, Kind.TODAY, Kind.LATE})
_ENDS = {
    State.DELIVERED: (Kind.DELIVERED, Tone.DONE, Why.DELIVERED),
    State.RETURNED: (Kind.RETURNED, Tone.DONE, Why.RETURNED),
    State.RETURNING: (Kind.RETURNING, Tone.LATE, Why.RETURNING),
    State.LOST: (Kind.LOST, Tone.LATE, Why.LOST_SAID),
    State.DAMAGED: (Kind.DAMAGED, Tone.LATE, Why.DAMAGED),
    State.FAILED: (Kind.FAILED, Tone.LATE, Why.FAILED),
    State.CANCELLED: (Kind.CANCELLED, Tone.DONE, Why.CANCELLED),
    State.ATTEMPT_FAILED: (Kind.ATTEMPTED, Tone.ACT, Why.ATTEMPTED),
    State.AVAILABLE_FOR_PICKUP: (Kind.COLLECT, Tone.ACT, Why.COLLECT),
}
_DWELLING = {State.IN_CUSTOMS: Why.CUSTOMS_SLOW, State.OUT_FOR_DELIVERY: Why.OUT_IN_VAIN}
_UNSEEN = frozenset({State.NOT_FOUND, State.LABEL_CREATED})
_WHY = {
    State.NOT_FOUND: Why.READY,
    State.LABEL_CREATED: Why.READY,
    State.ACCEPTED: Why.MOVING,
    State.IN_TRANSIT: Why.MOVING,
    State.IN_CUSTOMS: Why.CUSTOMS,
    State.OUT_FOR_DELIVERY: Why.COURIER_OUT,
    State.DELAYED: Why.DELAYED,
    State.HELD: Why.HELD,
}
# Concerns that only the customer can end, by saying something.
ASKING = ("customs_document", "address_problem")
WAITS = {
    "preorder": Why.PREORDER,
    "launch": Why.LAUNCH,
    "backorder": Why.BACKORDER,
    "closure": Why.CLOSED,
    "peak": Why.BUSY,
    "campaign": Why.BUSY,
}
_GRAVITY = (Tone.ACT, Tone.LATE, Tone.WATCH, Tone.GOOD, Tone.DONE)


def answer(standing: Standing, *, today: date) -> Answer:
    """The answer of one parcel, on a day of its customer's calendar."""
    if standing.cancelled:
        return Answer(kind=Kind.CANCELLED, tone=Tone.DONE, why=Why.CANCELLED)
    window = shown_window(standing, today=today)
    was = _was(standing, window)
    if end := _missed(standing) or _end(standing):
        kind, tone, why = end
        return Answer(kind=kind, tone=tone, why=why, window=window, was=was)
    if "lost" in standing.concerns:
        return Answer(kind=Kind.LOST, tone=Tone.LATE, why=Why.LOST_SILENT)
    if standing.attention is Attention.ACTION or standing.concerns.intersection(ASKING):
        kind, tone = (Kind.ANSWERED, Tone.WATCH) if standing.given else (Kind.ASKED, Tone.ACT)
        return Answer(kind=kind, tone=tone, why=Why.ASKED, window=window, was=was)
    kind = _kind(standing, window, was, today)
    return Answer(kind=kind, tone=_tone(kind, standing, was), why=_why(standing), window=window, was=was)


def _end(standing: Standing) -> tuple[Kind, Tone, Why] | None:
    """Where its road ended, or stops for its customer."""
    if standing.state is State.RETURNING and "refused" in standing.concerns:
        return Kind.REFUSED, Tone.LATE, Why.REFUSED
    if standing.concerns.intersection(ASKING):
        return None
    return _ENDS.get(standing.state) if standing.state else None


def _missed(standing: Standing) -> tuple[Kind, Tone, Why] | None:
    """It counts as handed over, and its customer does not have it."""
    if standing.missing and "not_received" in standing.concerns:
        return Kind.NOT_RECEIVED, Tone.LATE, Why.MISSING
    if standing.missing:
        return Kind.MISSING, Tone.ACT, Why.MISSING
    if "wrong_region" in standing.concerns and not standing.found:
        return Kind.ELSEWHERE, Tone.ACT, Why.ELSEWHERE
    return None


def shown_window(standing: Standing, *, today: date) -> Window | None:
    """The window to show: the last one told, unless we no longer believe it. It never begins before today, nor before
    tomorrow while it is still being packed."""
    told = standing.told[-1] if standing.told else None
    believed = standing.believed
    window = told
    if believed and (told is None or (believed.latest > told.latest and _doubted(standing, told, today))):
        window = believed
    first = today if standing.state else today + timedelta(days=1)
    if window and window.earliest and window.earliest < first <= window.latest:
        window = Window(first, window.latest)
    return window


def _doubted(standing: Standing, told: Window, today: date) -> bool:
    """Something worries about it, its day has passed, or all that we believe comes after it."""
    first = standing.believed.earliest if standing.believed else None
    return bool(standing.concerns) or told.latest < today or bool(first and first > told.latest)


def _was(standing: Standing, window: Window | None) -> date | None:
    if window is None or not standing.told or standing.told[0].latest >= window.latest:
        return None
    return standing.told[0].latest


def _kind(standing: Standing, window: Window | None, was: date | None, today: date) -> Kind:
    if standing.state is State.OUT_FOR_DELIVERY and standing.day_of_state == today:
        return Kind.TODAY
    if window is None:
        return Kind.PACKING if standing.state is None else Kind.UNDATED
    if window.latest < today:
        return Kind.OVERDUE
    if was and was < (window.earliest or window.latest):
        return Kind.LATE
    return Kind.TODAY if window.latest == today else Kind.ARRIVING


def _tone(kind: Kind, standing: Standing, was: date | None) -> Tone:
    if kind in (Kind.LATE, Kind.OVERDUE):
        return Tone.LATE
    worried = was or standing.concerns or standing.state in (State.DELAYED, State.HELD)
    return Tone.WATCH if worried else Tone.GOOD


def _why(standing: Standing) -> Why:
    concerns = standing.concerns
    if standing.state is None:
        if "left_behind" in concerns:
            return Why.REST_SLOW
        return Why.PACKING_SLOW if "not_shipped" in concerns else WAITS.get(standing.because, Why.PACKING)
    if standing.state in _UNSEEN and "no_first_scan" in concerns:
        return Why.UNSCANNED
    if "circling" in concerns:
        return Why.CIRCLING
    if standing.state in (State.DELAYED, State.HELD):
        return _WHY[standing.state]
    if "stalled" in concerns:
        return Why.STALLED
    if "dwelling" in concerns:
        return _DWELLING.get(standing.state, Why.DWELLING)
    if "left_behind" in concerns and standing.state not in _UNSEEN:
        return Why.BEHIND
    if standing.moves_again and _WHY[standing.state] is Why.MOVING:
        return Why.MOVES_AGAIN
    return _WHY[standing.state]


def foremost(answers: Sequence[Answer]) -> int:
    """Which of an order's parcels the page answers for first: the one that needs the customer or worries most."""

    def rank(index: int) -> tuple[int, date]:
        window = answers[index].window
        return _GRAVITY.index(answers[index].tone), window.latest if window else date.max

    return min(range(len(answers)), key=rank)


def is_news(answer: Answer, told: Sequence[date]) -> bool:
    """Whether showing this answer tells the customer a last day that is not the one they were told last."""
    if answer.kind not in DATED or answer.window is None:
        return False
    return not told or told[-1] != answer.window.latest
