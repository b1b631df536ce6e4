from __future__ import annotations

from datetime import datetime, timedelta

# A message about a parcel that waits until tomorrow cannot wait until tomorrow: quick at first, then patient.
WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=16),
)


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts that certainly failed; None: stop and let a person look."""
    return WAITS[attempts - 1] if 1 <= attempts <= len(WAITS) else None


# So many failures one after the other open a line's breaker, for twice as long each time the trial after it fails too.
PATIENCE = 3
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
MINUTE, SLACK = timedelta(minutes=1), timedelta(seconds=1)


def opened_for(failures: int, wish: timedelta | None) -> timedelta | None:
    """How long to leave a line alone after so many failures; None: not at all. `wish`: as long as it asked itself."""
    if wish is not None:
        return min(max(wish, timedelta(seconds=1)), timedelta(days=1))
    if failures < PATIENCE:
        return None
    return min(SHORTEST_PAUSE * (1 << min(failures - PATIENCE, 10)), LONGEST_PAUSE)


def spacing(per_minute: int) -> timedelta:
    """From one message to the next: in no minute more than `per_minute`, though up to SLACK may be caught up."""
    return (MINUTE + SLACK) / per_minute


def permit(free_at: datetime | None, now: datetime, per_minute: int) -> datetime | None:
    """The line's new `free_at` if one more message may leave now; None: not before `free_at` less SLACK."""
    free = max(free_at or now, now)
    return free + spacing(per_minute) if free - now <= SLACK else None
