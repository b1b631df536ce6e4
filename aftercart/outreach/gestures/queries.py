"""What was given and what was not, for whoever answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count

from aftercart.brands.models import Brand
from aftercart.outreach.gestures.budget import month_of
from aftercart.outreach.gestures.models import Budget, Gesture
from aftercart.outreach.gestures.policy import CREDIT, POINTS, Policy, Rule
from aftercart.words.writing import money_written


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The brand's calendar month. `spent`, `budget`: minor units by currency. `states`: how many gestures are in each;
    `reasons` those that were not given, the commonest first."""

    begins: date
    budget: Mapping[str, int]
    spent: Mapping[str, int]
    states: Mapping[str, int]
    reasons: Mapping[str, int]


def month(brand: Brand, policy: Policy, now: datetime) -> Month:
    zone = ZoneInfo(brand.time_zone)
    begins = month_of(now.astimezone(zone).date())
    rows = Gesture.objects.filter(brand=brand, at__gte=datetime.combine(begins, time(), zone), at__lte=now)
    silent = rows.filter(state__in=[Gesture.NO, Gesture.REFUSED, Gesture.WAITING])
    return Month(
        begins=begins,
        budget=policy.budget,
        spent=dict(Budget.objects.filter(brand=brand, month=begins).values_list("currency", "spent")),
        states=dict(rows.values_list("state").annotate(count=Count("id")).order_by()),
        reasons=dict(silent.values_list("reason").annotate(count=Count("id")).order_by("-count", "reason")),
    )


def recent(brand: Brand, *, limit: int = 50) -> list[Gesture]:
    """What was given, or would have been, the newest first."""
    rows = Gesture.objects.filter(brand=brand, state__in=[*Gesture.GIVEN, Gesture.REFUSED])
    return list(rows.order_by("-at", "-id")[:limit])


def gift_in_words(gift: str, points: int, amount: int, currency: str) -> str:
    """ "200 points", "€5.00 credit", "faster shipping of the next order"."""
    if gift == POINTS:
        return f"{points:,} point{'' if points == 1 else 's'}"
    return f"{money_written(amount, currency, 'en')} credit" if gift == CREDIT else "faster shipping of the next order"


def in_words(rule: Rule) -> str:
    """ "200 points for missed, late, from 2 days late on, for 90 days"."""
    amounts = [gift_in_words(rule.gift, 0, amount, currency) for currency, amount in sorted(rule.money.items())]
    gift = " or ".join(dict.fromkeys(amounts)) or gift_in_words(rule.gift, rule.points, 0, "")
    stake = " or ".join(money_written(amount, currency, "en") for currency, amount in sorted(rule.stake.items()))
    parts = [
        f"{gift} for {', '.join(kind.replace('_', ' ') for kind in rule.kinds)}",
        f"from {rule.late_days} day{'' if rule.late_days == 1 else 's'} late on" if rule.late_days else "",
        f"from {stake} at stake on" if stake else "",
        f"to be used within {rule.valid_days} days",
    ]
    return ", ".join(filter(None, parts))
