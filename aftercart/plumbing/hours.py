"""When a message may reach somebody: their quiet hours, the brand's hours, and no more than so many. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

DAY = 24 * 60
HALF = timedelta(minutes=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of every day, in minutes after midnight on the wall clock of `zone`: from `begins`, up to `ends`.

    Over midnight where `begins` is the later; all day where they are the same.
    """

    begins: int
    ends: int
    zone: ZoneInfo

    @classmethod
    def read(cls, told: Sequence[Any]) -> Self:
        """From what `plain` made of it."""
        begins, ends, zone = told
        return cls(begins, ends, ZoneInfo(zone))

    @property
    def plain(self) -> tuple[int, int, str]:
        return self.begins, self.ends, self.zone.key

    def __post_init__(self) -> None:
        for name in ("begins", "ends"):
            if not 0 <= getattr(self, name) < DAY:
                raise ValueError(f"{name}: {getattr(self, name)} is not a minute of a day (0 to {DAY - 1})")

    def holds(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if self.begins < self.ends:
            return self.begins <= minute < self.ends
        return self.begins == self.ends or minute >= self.begins or minute < self.ends

    def next(self, at: datetime) -> datetime:
        """The first instant from `at` on that it holds."""
        while not self.holds(at):
            local = at.astimezone(self.zone)
            left = timedelta(minutes=(self.begins - local.hour * 60 - local.minute) % DAY)
            # Clocks are put forward and back on full and half hours: looked at there, none is jumped over.
            half = HALF - (at.astimezone(UTC) - EPOCH) % HALF
            at += min(left - timedelta(seconds=local.second, microseconds=local.microsecond), half)
        return at


def opens(at: datetime, spans: Iterable[Span]) -> datetime | None:
    """The first instant from `at` on at which all of these hold; None where that is on no day of the coming week."""
    spans = tuple(spans)
    found = at
    while found - at <= timedelta(days=7):
        later = max((span.next(found) for span in spans), default=found)
        if later == found:
            return found
        found = later
    return None


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` messages in any `span` that ends now."""

    most: int
    span: timedelta


def room(at: datetime, sent: Iterable[datetime], caps: Iterable[Cap]) -> datetime:
    """The first instant from `at` on at which one more message keeps below every cap, if none is sent meanwhile."""
    times = sorted(sent)
    found = at
    for cap in caps:
        if cap.most < 1:
            raise ValueError(f"most: {cap.most} messages in {cap.span} are none at all")
        if len(times) >= cap.most:
            found = max(found, times[-cap.most] + cap.span)
    return found
