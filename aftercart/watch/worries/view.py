"""What a rule sees, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo

from aftercart.facts import Attention, State
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.silence import Quiet

GOING_BACK = frozenset({State.RETURNING, State.RETURNED})
UNSEEN = frozenset({State.NOT_FOUND, State.LABEL_CREATED})
MOVING = frozenset(
    {State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS, State.OUT_FOR_DELIVERY, State.DELAYED, State.HELD}
)
NOT_COMING = frozenset({State.RETURNING, State.LOST, State.DAMAGED, State.FAILED})
NEARLY_THERE = frozenset({State.OUT_FOR_DELIVERY, State.AVAILABLE_FOR_PICKUP})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known of one watched thing: an order that has not left (`state` None), or a parcel.

    Instants are aware; None means "not known". `zone` is the destination's: a promised day ends at its midnight.
    `label_at` is when we heard that it was packed; `moved_at` that of the last scan which showed movement, `here_at`
    when it came to its place or state, `again_at` the last movement after it was delivered. Places are codes as the
    shop (`country`, `region`) and the scan of its state (`place_…`) tell them. `missing_at` is when its customer
    said that it is not there, `found` that it is. `sibling_at`: when another parcel of its order arrived. `rest_since`:
    when the last parcel of its order was packed; then this is what no parcel holds. `open`: the kinds of its open
    concerns.
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
    here_at: datetime | None = None
    again_at: datetime | None = None
    circles: int = 0
    collect_by: date | None = None
    country: str = ""
    region: str = ""
    place_city: str = ""
    place_region: str = ""
    place_country: str = ""
    missing_at: datetime | None = None
    found: bool = False
    sibling_at: datetime | None = None
    rest_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worry:
    """One reason to worry. `evidence` is plain JSON, and the same from one look to the next."""

    kind: str
    evidence: dict[str, object] = field(default_factory=dict)


Answer = tuple[Worry | None, datetime | None]
SILENT: Answer = (None, None)


def standing(view: View) -> dict[str, object]:
    return {
        "state": view.state.value if view.state else None,
        "since": iso(view.state_at),
        "reason": view.reason,
    }


def holds(kind: str, view: View, **more: object) -> Answer:
    """A worry that what is known says outright: it stays until a fact ends it."""
    return Worry(kind=kind, evidence=standing(view) | more), None


def iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def once(kind: str, at: datetime, now: datetime, evidence: Callable[[], dict[str, object]]) -> Answer:
    """A worry that begins at an instant and stays until a fact ends it."""
    return (Worry(kind=kind, evidence=evidence()), None) if now >= at else (None, at)


def learned(milestone: str, since: datetime, limit: Quiet) -> dict[str, object]:
    """The evidence of a worry that came with time: since when, and by which limit, learned where and from how many."""
    return {
        "since": iso(since),
        "milestone": str(milestone),
        "limit_business_days": limit.days,
        "basis": limit.level,
        "n": limit.n,
    }
