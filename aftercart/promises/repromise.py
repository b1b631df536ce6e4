"""When a date that was told gives way to a new one, and to which. Pure.

A date is renewed where it is doubted (something worries about the order, such as that the chance of missing it has
passed its limit) or its day has passed; never to an earlier day, never to one that we believe less than the brand
asks for, and never by less than `least_days`. So what a customer reads can only move in steps, and only away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aftercart.promises.rules import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a brand promises. `miss`: the chance of missing a date from which it is renewed; None: as learned."""

    confidence: float = 0.9  # the share of dates that the brand means to keep
    miss: float | None = None
    least_days: int = 2  # a smaller change is noise, and is rounded up where the date cannot stand
    apart: timedelta = timedelta(days=1)  # between two new dates, while the last one has not passed
    cutoff_minute: int | None = None  # of the brand's day: what is ordered later counts as of the next working day

    def __post_init__(self) -> None:
        if not 0.5 <= self.confidence <= 0.99:
            raise ValueError(f"confidence: {self.confidence} is not between 0.5 and 0.99")
        if self.miss is not None and not 0.05 <= self.miss <= 0.95:
            raise ValueError(f"miss: {self.miss} is not between 0.05 and 0.95")
        if not 1 <= self.least_days <= 14:
            raise ValueError(f"least_days: {self.least_days} is not between 1 and 14")
        if not timedelta() <= self.apart <= timedelta(days=14):
            raise ValueError(f"apart: {self.apart} is not between 0 hours and 14 days")
        if self.cutoff_minute is not None and not 0 <= self.cutoff_minute < 1440:
            raise ValueError(f"cutoff: minute {self.cutoff_minute} is not in a day")


USUAL = Terms()


def believable(window: Window, terms: Terms) -> bool:
    """Whether we believe a window as much as the brand asks. A carrier's own date, which we cannot judge, passes."""
    return window.confidence is None or window.confidence >= terms.confidence


def renewed(
    believed: Window,
    *,
    told: date,
    changed_at: datetime | None,
    doubted: bool,
    today: date,
    now: datetime,
    terms: Terms = USUAL,
) -> Window | None:
    """The window to tell instead of the date `told` last; None: that date stands.

    `changed_at`: when that date replaced an earlier one; None: it is the first. `doubted`: something worries about it.
    A date that the first of our days comes after needs no other doubt.
    """
    passed = told < today
    doubted = doubted or believed.earliest > told
    if believed.latest <= told or not believable(believed, terms):
        return None
    if passed:
        return believed
    if not doubted or (changed_at is not None and now - changed_at < terms.apart):
        return None
    # A later last day is believed all the more.
    return replace(believed, latest=max(believed.latest, told + timedelta(days=terms.least_days)))


def to_say(
    believed: Window, *, told: date, earliest: date | None, today: date, renewal: Window | None
) -> Window | None:
    """The window that a message names: the new one, else the one that stands; None where neither can be named."""
    if renewal is not None:
        return renewal
    if told < today:
        return None
    first = min(max(earliest or believed.earliest, today), told)
    confidence = believed.confidence if told >= believed.latest else None
    return replace(believed, earliest=first, latest=told, likely=min(believed.likely, told), confidence=confidence)
