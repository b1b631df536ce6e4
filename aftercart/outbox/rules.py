from __future__ import annotations

from datetime import timedelta

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
