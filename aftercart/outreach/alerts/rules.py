"""What the team is told, and when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aftercart.plumbing.hours import Span

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Who is told, and when somebody is there: weekdays (0 is Monday), minutes after midnight by the brand's clock."""

    mail: tuple[str, ...] = ()
    days: tuple[int, ...] = EVERY_DAY
    begins: int = 0
    ends: int = 0

    def __post_init__(self) -> None:
        for address in self.mail:
            if "@" not in address.strip("@"):
                raise ValueError(f"mail: {address!r} is no address")
        if not self.days or set(self.days) - set(EVERY_DAY):
            raise ValueError("days: name days from 0 (Monday) to 6 (Sunday)")
        Span(self.begins, self.ends, ZoneInfo("UTC"))

    def there(self, at: datetime, zone: ZoneInfo) -> bool:
        return at.astimezone(zone).weekday() in self.days and Span(self.begins, self.ends, zone).holds(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that needs somebody. `key`: the same as long as it lasts. `urgent`: at any hour."""

    key: str
    what: str
    link: str
    since: datetime
    urgent: bool = False


def due(
    troubles: Sequence[Trouble], told: Collection[str], on_call: OnCall, at: datetime, zone: ZoneInfo
) -> list[Trouble]:
    """What to tell now, the urgent first: what was not told before, and may be told at this hour."""
    fresh = [one for one in troubles if one.key not in told and (one.urgent or on_call.there(at, zone))]
    return sorted(fresh, key=lambda one: (not one.urgent, one.since, one.key))


def subject(brand: str, troubles: Sequence[Trouble]) -> str:
    more = f" and {len(troubles) - 1} more" if len(troubles) > 1 else ""
    return f"{brand}: {troubles[0].what}{more}"


def text(troubles: Sequence[Trouble], zone: ZoneInfo) -> str:
    return "\n\n".join(
        f"{one.what}, since {one.since.astimezone(zone):%a %d %b, %H:%M}\n{one.link}" for one in troubles
    )
