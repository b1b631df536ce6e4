"""Which deliveries deserve the question whether they arrived, and when a customer may be asked anything. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

CHECK = "delivered_check"
# Of satisfaction: by one tap. A later stage raises the last two.
DELIVERY, TICKET, REFUND = "ask_delivery", "ask_ticket", "ask_refund"
QUESTIONS = (DELIVERY, TICKET, REFUND)
ASKED = (CHECK, *QUESTIONS)
NEVER, DOUBTFUL, ALL = "never", "doubtful", "all"

SPACING = timedelta(days=30)  # between two questions to one customer
LAPSES = timedelta(days=21)  # after its occasion nobody knows any more what a question is about
LATER = timedelta(days=1)  # what stands against a question is looked at again
COUNTS_FOR = timedelta(days=14)  # from the asking on, an answer
CHANGEABLE = timedelta(days=1)  # from the first answer on
LONGEST_WAIT = 14 * 24  # hours; beyond that, little is left before it lapses

# A scan so far off what was told. One in ten comes before the first day told, and few by more than four days.
EARLY, OVERDUE = timedelta(days=5), timedelta(days=10)
# Out of sight: where somebody has to look for it, or to ask. Front door and letterbox are where they look first.
OUT_OF_SIGHT = frozenset({"safe_place", "neighbour", "garage", "back_door", "side_door", "dock", "agent"})
ASTRAY = ("lost", "wrong_region")  # what was worried about before it was delivered after all


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a brand asks. `check`: of which deliveries it asks whether they arrived, `check_hours` after the scan, and
    from which order value on (whole units of its currency) without another doubt. `ask`: the questions of satisfaction
    that it asks, each with the hours after its occasion."""

    check: str = DOUBTFUL
    check_hours: float = 24
    check_value: int | None = None
    ask: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.check not in (NEVER, DOUBTFUL, ALL):
            raise ValueError(f"check: {self.check!r} is none of {NEVER}, {DOUBTFUL}, {ALL}")
        if self.check_value is not None and self.check_value < 1:
            raise ValueError(f"check_value: {self.check_value} is less than 1")
        for name, hours in (("check_hours", self.check_hours), *self.ask.items()):
            if not 0 <= hours <= LONGEST_WAIT:
                raise ValueError(f"{name}: {hours:g} hours are not between 0 and {LONGEST_WAIT}")
        if unknown := [kind for kind in self.ask if kind not in QUESTIONS]:
            raise ValueError(f"ask: {unknown[0]!r} is none of {', '.join(QUESTIONS)}")


USUAL = Asking()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A parcel that counts as delivered. `first`, `last`: the first and the last day on which it was said to come.
    `left`: where, as `connectors.doorsteps` says it. `worries`: the kinds of all that worried about it before.
    `missed_before`: its customer has missed something delivered within a year. `value`: of the order, whole units."""

    on: date
    first: date | None = None
    last: date | None = None
    left: str = ""
    worries: frozenset[str] = frozenset()
    missed_before: bool = False
    value: int | None = None


def doubt(delivery: Delivery, asking: Asking = USUAL) -> str:
    """Why its customer is asked whether it arrived; "" where they are not."""
    if asking.check == NEVER:
        return ""
    reasons = list(_doubts(delivery, asking))
    if not reasons:
        return "every delivery is asked about" if asking.check == ALL else ""
    return "delivered, in doubt: " + ", ".join(reasons)


def _doubts(delivery: Delivery, asking: Asking) -> list[str]:
    found = [f"it was thought {kind.replace('_', ' ')} before" for kind in ASTRAY if kind in delivery.worries]
    if delivery.first is not None and delivery.first - delivery.on >= EARLY:
        found.append(f"{(delivery.first - delivery.on).days} days before the first day told")
    if delivery.last is not None and delivery.on - delivery.last >= OVERDUE:
        found.append(f"{(delivery.on - delivery.last).days} days after the last day told")
    if delivery.left in OUT_OF_SIGHT:
        found.append(f"left out of sight ({delivery.left.replace('_', ' ')})")
    if delivery.missed_before:
        found.append("they have missed a delivered parcel before")
    if asking.check_value is not None and delivery.value is not None and delivery.value >= asking.check_value:
        found.append("the order is worth much")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """What stands against asking a customer. `worried`: something worries about an order of theirs, is missed, or
    promotions are held. `asked`: when they were asked something last; `told`: when anything was said to them last.
    `waits`: something else waits to be said to them."""

    worried: bool = False
    asked: datetime | None = None
    told: datetime | None = None
    waits: bool = False


CALM = Calm()


def hindrance(calm: Calm, *, since: datetime, at: datetime) -> tuple[str, datetime | None] | None:
    """Why a question about what happened at `since` is not asked, and when to look again (None: never); None: ask."""
    if at - since >= LAPSES:
        return "too long ago to ask about", None
    if calm.asked and at - calm.asked < SPACING:
        return _until("asked something in the last 30 days", calm.asked + SPACING, since)
    if calm.worried:
        return _until("something worries about an order of theirs", at + LATER, since)
    if calm.waits:
        return _until("something else is to be said first", at + LATER, since)
    if calm.told and at - calm.told < LATER:
        return _until("something else was said less than a day ago", calm.told + LATER, since)
    return None


def _until(reason: str, again: datetime, since: datetime) -> tuple[str, datetime | None]:
    return reason, again if again - since < LAPSES else None
