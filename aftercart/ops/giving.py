"""What is given to whom was let down, in words for operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aftercart.brands.models import Brand
from aftercart.ops import proof
from aftercart.outreach.experiments.queries import Report
from aftercart.outreach.gestures import proving
from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.gestures.queries import Month
from aftercart.outreach.gestures.rules import per_purchase
from aftercart.story.rules import money


@dataclass(frozen=True, slots=True)
class Purse:
    """One currency of a month's budget."""

    spent: str
    budget: str
    share: int  # per cent, 100 at most
    over: bool


@dataclass(frozen=True, slots=True)
class Price:
    """What was given in one currency, and by that what each purchase more has cost: the middle, the least, the most."""

    spent: str
    each: tuple[str, str, str] | None


def purses(month: Month) -> list[Purse]:
    found = []
    for currency in sorted({*month.budget, *month.spent}):
        spent, most = month.spent.get(currency, 0), month.budget.get(currency, 0)
        share = min(100, round(100 * spent / most)) if most else 100
        found.append(Purse(money(spent, currency), money(most, currency), share, spent >= most))
    return found


def prices(brand: Brand, report: Report, now: datetime) -> list[Price]:
    found = report.again.estimate if proof.standing(report) == proof.PROVEN else None
    told = []
    for currency, spent in proving.cost(brand, report.experiment, now).items():
        each = per_purchase(spent, found) if found else None
        middle, least, most = (money(round(one), currency) for one in each) if each else ("", "", "")
        told.append(Price(money(spent, currency), (middle, least, most) if each else None))
    return told


def sentence(month: Month, *, on: bool) -> str:
    granted = month.states.get(Gesture.GRANTED, 0)
    if not on and not granted:
        return "Nothing is given: there is no rule, or no budget."
    return f"{granted:,} gesture{'' if granted == 1 else 's'} granted in {month.begins:%B}"
