"""How often a parcel is asked for, how long a carrier is left alone, and at what pace it is asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aftercart.connectors.faults import OF_THE_NUMBER, Fault, Trouble, worst
from aftercart.facts import State

# An open parcel is asked for at least so often, where the carrier's own pace allows it, and never more often.
LONGEST, SHORTEST = timedelta(hours=12), timedelta(minutes=45)
GIVEN_UP_AFTER = timedelta(days=30)
FRESH = timedelta(days=1)
NEAR = timedelta(days=1)
OVER = frozenset([State.DELIVERED, State.RETURNED, State.CANCELLED])
# The road ends so, or a person decides: something may still be said, but nobody waits for it by the hour.
SLOW = frozenset([State.LOST, State.FAILED, State.DAMAGED, State.RETURNING])

# After trouble with the whole line: the first pause, doubled each time, never longer than the last.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
# Credentials that were refused are tried again so seldom that no account is locked; connecting anew asks at once.
AFTER_REFUSAL = timedelta(hours=6)
LONGEST_WISH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Road:
    """A parcel as the schedule sees it. `expected`: the last day of the carrier's own estimate."""

    state: State
    shipped_at: datetime
    last_scan_at: datetime | None = None
    expected: date | None = None


def next_in(road: Road, now: datetime) -> timedelta | None:
    """When to ask for it again; None: no more."""
    if road.state in OVER or now - max(road.shipped_at, road.last_scan_at or road.shipped_at) >= GIVEN_UP_AFTER:
        return None
    if road.state is State.OUT_FOR_DELIVERY:
        return SHORTEST
    if road.state in SLOW:
        return LONGEST
    days_left = None if road.expected is None else road.expected - now.date()
    if road.state in (State.NOT_FOUND, State.LABEL_CREATED):
        return timedelta(hours=3) if now - road.shipped_at < 3 * FRESH else LONGEST
    if now - road.shipped_at < FRESH or (days_left is not None and abs(days_left) <= NEAR):
        return timedelta(hours=2)
    return timedelta(hours=4) if days_left is None or days_left < 5 * NEAR else timedelta(hours=6)


def again_after(failures: int, usual: timedelta) -> timedelta:
    """For a number that the carrier could not answer for, though it answers for others."""
    return min(usual * (1 << min(failures, 5)), LONGEST)


def pause(failures: int, chance: float, wish: timedelta | None) -> timedelta:
    """How long to leave a carrier alone after its `failures`-th trouble in a row. `chance` (0 to 1) spreads the askers.

    What it wishes itself (Retry-After) is never undercut.
    """
    spread = min(FIRST_PAUSE * (1 << min(max(failures - 1, 0), 10)), LONGEST_PAUSE) * (0.5 + chance / 2)
    return spread if wish is None else max(spread, min(wish, LONGEST_WISH) * (1 + chance / 10))


def judged(status: int, faults: Iterable[Fault]) -> Trouble | None:
    """What became of a question; None: it was answered, be it that the number is not known."""
    gravest = worst(faults)
    if status == 429 or gravest is Trouble.SLOW_DOWN:
        return Trouble.SLOW_DOWN
    if status in (401, 403) or gravest is Trouble.REFUSED:
        return Trouble.REFUSED
    if status >= 500 or status == 408 or 300 <= status < 400:
        return Trouble.BROKEN
    if gravest in OF_THE_NUMBER or (gravest is None and status < 300):
        return None
    return gravest or Trouble.REQUEST


@dataclass(frozen=True, slots=True)
class Bucket:
    """The permits to ask that are left, as of a moment."""

    tokens: float
    at: datetime
    per_second: float
    burst: int

    def take(self, now: datetime) -> Bucket | None:
        """With one permit fewer; None where there is none. A clock that goes back fills nothing."""
        waited = max((now - self.at).total_seconds(), 0.0)
        tokens = min(self.tokens + waited * self.per_second, float(self.burst))
        return None if tokens < 1.0 else replace(self, tokens=tokens - 1.0, at=max(now, self.at))
