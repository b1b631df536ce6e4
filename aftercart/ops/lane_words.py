"""What the pages of lanes say in sentences. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from aftercart.ops.speeds import Speed, drift, together
from aftercart.story.rules import lane_in_words


def days_in_words(days: float | None, *, of: str = "day") -> str:
    if days is None:
        return "–"
    return f"{days:g} {of}{'' if days == 1 else 's'}"


def drift_in_words(by: float | None) -> str:
    """ "0.8 days slower", "as before"."""
    if by is None:
        return "too few to compare"
    if not by:
        return "as before"
    return f"{abs(by):.1f} days {'slower' if by > 0 else 'faster'}"


def speed_sentence(speeds: Sequence[Speed]) -> str:
    """What the page says first: how fast it all is, and the lane that has slowed down most."""
    all_ = together(speed.transit for speed in speeds)
    if not all_.n:
        return "Nothing was delivered in this time."
    said = (
        f"Half of {all_.n:,} parcels took at most {days_in_words(all_.median)}, nine of ten {days_in_words(all_.p90)}"
    )
    slowed = [speed for speed in speeds if (speed.drift or 0) > 0]
    if slowed:
        # A day lost by a hundred parcels weighs more than two lost by ten.
        worst = max(slowed, key=lambda speed: (speed.drift or 0) * speed.transit.n)
        said += f"; {lane_in_words(worst.lane.key)} is {drift_in_words(worst.drift)} than before"
    return said + "."


def lane_sentence(speed: Speed) -> str:
    transit = speed.transit
    if not transit.n:
        return f"Nothing arrived in this time; {speed.road.n:,} under way."
    said = f"Half took at most {days_in_words(transit.median)}, nine of ten {days_in_words(transit.p90)}"
    by = drift(transit, speed.before)
    return f"{said}: {drift_in_words(by)}{' than in the time before' if by else ''}."


def stage_in_words(hours: float) -> str:
    """Hours as they are said: "40 min", "5 h", "3.4 days"."""
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"
