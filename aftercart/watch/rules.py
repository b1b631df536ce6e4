"""What should worry a customer about an order or a parcel, and when to look again. Pure: `now` is an argument.

Each rule answers two things at once: what it says now, and the instant at which it may say something else if no fact
arrives. So `assess` and `next_look` cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from aftercart.facts import Attention, State
from aftercart.promises.calendars import DAY
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.rules import miss_probability
from aftercart.watch.limits import LOST, PICKUP_DAYS, Limits

# The gravest first: what a customer should be told when several hold.
KINDS = (
    "lost",
    "returned_to_sender",
    "exception",
    "disruption",
    "missed",
    "attempt_failed",
    "pickup_waiting",
    "late",
    "stalled",
    "no_first_scan",
    "not_shipped",
)
DONE = frozenset({State.DELIVERED, State.RETURNED, State.CANCELLED})
GOING_BACK = frozenset({State.RETURNING, State.RETURNED})
UNSEEN = frozenset({State.NOT_FOUND, State.LABEL_CREATED})
MOVING = frozenset(
    {State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS, State.OUT_FOR_DELIVERY, State.DELAYED, State.HELD}
)
WRONG = frozenset({State.DELAYED, State.HELD, State.DAMAGED, State.FAILED})
NOT_COMING = frozenset({State.RETURNING, State.LOST, State.DAMAGED, State.FAILED})
NEARLY_THERE = frozenset({State.OUT_FOR_DELIVERY, State.AVAILABLE_FOR_PICKUP})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known of one watched thing: an order that has not left (`state` None), or a parcel.

    Instants are aware; None means "not known". `zone` is the destination's: a promised day ends at its midnight.
    `label_at` is when we heard that it was packed; `moved_at` that of the last scan which showed movement; `open` holds
    the kinds of its concerns that are open already.
    """

    placed_at: datetime
    lane: Lane = NETWORK
    zone: tzinfo = UTC
    international: bool = False
    promised_by: date | None = None
    state: State | None = None
    state_at: datetime | None = None
    reason: str = ""
    attention: Attention = Attention.NONE
    label_at: datetime | None = None
    handed_over_at: datetime | None = None
    first_scan_at: datetime | None = None
    last_scan_at: datetime | None = None
    moved_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled: bool = False
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worry:
    """One reason to worry. `evidence` is plain JSON, and the same from one look to the next."""

    kind: str
    evidence: dict[str, object] = field(default_factory=dict)


Answer = tuple[Worry | None, datetime | None]
SILENT: Answer = (None, None)


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
    if view.cancelled or view.delivered_at is not None or view.state in DONE:
        return (_returned(view),) if view.state is State.RETURNED and not view.cancelled else (), None
    worries, turns = [], []
    for rule in RULES:
        worry, turn = rule(view, limits, now)
        if worry is not None:
            worries.append(worry)
        if turn is not None:
            turns.append(turn)
    return tuple(worries), min(turns, default=None)


def _returned(view: View) -> Worry:
    return Worry(kind="returned_to_sender", evidence=_standing(view))


def _standing(view: View) -> dict[str, object]:
    return {
        "state": view.state.value if view.state else None,
        "since": _iso(view.state_at),
        "reason": view.reason,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _once(kind: str, at: datetime, now: datetime, evidence: Callable[[], dict[str, object]]) -> Answer:
    """A worry that begins at an instant and stays until a fact ends it."""
    return (Worry(kind=kind, evidence=evidence()), None) if now >= at else (None, at)


def _silence(kind: str, milestone: str, since: datetime, view: View, limits: Limits, now: datetime) -> Answer:
    quiet = limits.silence(milestone, view.lane, international=view.international)
    return _once(
        kind,
        limits.calendar.after(since, quiet.days, view.zone),
        now,
        lambda: {
            "since": _iso(since),
            "milestone": str(milestone),
            "limit_business_days": quiet.days,
            "basis": quiet.level,
            "n": quiet.n,
        },
    )


def _not_shipped(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not None or view.label_at or view.handed_over_at:
        return SILENT
    return _silence("not_shipped", "placed", view.placed_at, view, limits, now)


def _no_first_scan(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state not in UNSEEN or view.first_scan_at or view.handed_over_at:
        return SILENT
    since = view.label_at or view.state_at or view.placed_at
    return _silence("no_first_scan", State.LABEL_CREATED, since, view, limits, now)


def _last_sign(view: View) -> datetime | None:
    return view.moved_at or view.last_scan_at or view.state_at or view.handed_over_at


def _stalled(view: View, limits: Limits, now: datetime) -> Answer:
    since = _last_sign(view)
    if view.state not in MOVING or since is None:
        return SILENT
    return _silence("stalled", view.state, since, view, limits, now)


def _lost(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is State.LOST:
        return Worry(kind="lost", evidence=_standing(view)), None
    since = view.last_scan_at or _last_sign(view)
    if view.state not in MOVING or since is None:
        return SILENT
    quiet = limits.silence(view.state, view.lane, international=view.international)
    days = max(LOST[view.international], 2 * quiet.days)
    at = limits.calendar.after(since, days, view.zone)
    return _once("lost", at, now, lambda: {"since": _iso(since), "limit_business_days": days})


def _returned_to_sender(view: View, limits: Limits, now: datetime) -> Answer:
    return (_returned(view), None) if view.state in GOING_BACK else SILENT


def _exception(view: View, limits: Limits, now: datetime) -> Answer:
    asked = view.attention is Attention.ACTION and view.state in MOVING
    if view.state not in WRONG and not asked:
        return SILENT
    return Worry(kind="exception", evidence=_standing(view) | {"attention": view.attention.value}), None


def _attempt_failed(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not State.ATTEMPT_FAILED:
        return SILENT
    return Worry(kind="attempt_failed", evidence=_standing(view)), None


def _pickup_waiting(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not State.AVAILABLE_FOR_PICKUP or view.state_at is None:
        return SILENT
    at = view.state_at + timedelta(days=PICKUP_DAYS)
    return _once("pickup_waiting", at, now, lambda: _standing(view) | {"limit_days": PICKUP_DAYS})


def _missed(view: View, limits: Limits, now: datetime) -> Answer:
    promised = view.promised_by
    if promised is None or view.state in NOT_COMING or view.state is State.AVAILABLE_FOR_PICKUP:
        return SILENT
    at = _midnight(promised + DAY, view.zone)
    return _once("missed", at, now, lambda: {"promised_by": promised.isoformat()})


def _late(view: View, limits: Limits, now: datetime) -> Answer:
    promised, late = view.promised_by, limits.late
    if promised is None or limits.pace is None or view.state in NOT_COMING or view.state in NEARLY_THERE:
        return SILENT
    today = now.astimezone(view.zone).date()
    left = (promised - today).days
    if left < 0:
        return SILENT
    if left > late.horizon:
        return None, _midnight(promised - DAY * late.horizon, view.zone)
    chance, version = _chance(view, limits, promised, today)
    limit = late.settled if "late" in view.open else late.at(left)
    tomorrow = _midnight(today + DAY, view.zone)
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


def _chance(view: View, limits: Limits, promised: date, today: date) -> tuple[float, int]:
    """That it misses the promised day, and by which version of what was learned."""
    pace, since = limits.pace, view.placed_at
    if limits.transit is not None and view.handed_over_at is not None:
        pace, since = limits.transit, view.handed_over_at
    assert pace is not None
    # Held up for some days, it misses what it would otherwise miss so many days earlier.
    usually_by = promised - limits.held_up
    if usually_by < today:
        return 1.0, pace.version
    chance = miss_probability(
        pace,
        lane=view.lane,
        start=since.astimezone(view.zone).date(),
        promised=usually_by,
        today=today,
        calendar=limits.calendar,
    )
    return chance, pace.version


def _disruption(view: View, limits: Limits, now: datetime) -> Answer:
    """It shares in a disruption, and is as likely to miss its promise by it as not."""
    slowed, promised = limits.slowed, view.promised_by
    if slowed is None or promised is None or limits.pace is None or view.state not in MOVING:
        return SILENT
    today, told = now.astimezone(view.zone).date(), "disruption" in view.open
    if promised < today and not told:
        return SILENT  # its customer knows already that it is late
    tomorrow = _midnight(today + DAY, view.zone)
    if promised >= today:
        chance, _ = _chance(view, limits, promised, today)
        if chance < (slowed.settled if told else slowed.danger):
            return None, tomorrow
    return Worry(kind="disruption", evidence={**slowed.told, "promised_by": promised.isoformat()}), tomorrow


RULES: tuple[Callable[[View, Limits, datetime], Answer], ...] = (
    _lost,
    _returned_to_sender,
    _exception,
    _disruption,
    _missed,
    _attempt_failed,
    _pickup_waiting,
    _late,
    _stalled,
    _no_first_scan,
    _not_shipped,
)
