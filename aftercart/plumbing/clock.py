"""The two clocks. Business time belongs to a brand and can be driven; machine time rules leases and expiry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clocked(Protocol):
    """What tells a brand's time: at machine time `clock_machine` it was `clock_business`, running at `clock_rate`."""

    @property
    def clock_business(self) -> datetime | None: ...
    @property
    def clock_machine(self) -> datetime | None: ...
    @property
    def clock_rate(self) -> float: ...


def machine() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def business(brand: Clocked) -> datetime:
    """The brand's time: the machine's, unless the brand's clock was set (demo, rehearsal, replay)."""
    now = machine()
    if brand.clock_business is None or brand.clock_machine is None:
        return now
    return brand.clock_business + (now - brand.clock_machine) * brand.clock_rate
