"""What may still be given this month. Money is taken and brought back in one statement each."""

from __future__ import annotations

from datetime import date

from aftercart.brands.models import Brand
from aftercart.outreach.gestures.models import Budget
from aftercart.outreach.gestures.policy import Policy
from aftercart.plumbing import bulk, ids

# The row is locked as it is judged: two who take at once are judged one after the other, each by what is left then.
TAKE = """
INSERT INTO outreach_gesture_budget AS b (id, brand_id, month, currency, spent)
SELECT %(id)s, %(brand)s, %(month)s, %(currency)s, %(cost)s WHERE %(cost)s <= %(most)s
ON CONFLICT (id) DO UPDATE SET spent = b.spent + excluded.spent WHERE b.spent + excluded.spent <= %(most)s
RETURNING spent
"""
BRING_BACK = "UPDATE outreach_gesture_budget SET spent = spent - %(cost)s WHERE id = %(id)s"


def month_of(day: date) -> date:
    return day.replace(day=1)


def left(brand: Brand, policy: Policy, month: date) -> dict[str, int]:
    """By currency, in minor units; below zero where the budget was cut after it had been spent."""
    spent = dict(Budget.objects.filter(brand=brand, month=month).values_list("currency", "spent"))
    return {currency: most - spent.get(currency, 0) for currency, most in policy.budget.items()}


def take(brand: Brand, policy: Policy, month: date, currency: str, cost: int) -> bool:
    """False, and nothing changes, where it would go beyond the budget. Holds the month's row until the commit."""
    if cost <= 0:
        raise ValueError(f"cost: {cost} is nothing to take")
    with bulk.cursor() as at:
        at.execute(TAKE, _row(brand, month, currency) | {"cost": cost, "most": policy.budget.get(currency, 0)})
        return at.fetchone() is not None


def bring_back(brand: Brand, month: date, currency: str, cost: int) -> None:
    with bulk.cursor() as at:
        at.execute(BRING_BACK, _row(brand, month, currency) | {"cost": cost})


def _row(brand: Brand, month: date, currency: str) -> dict[str, object]:
    row = ids.mirrored(brand.id, "gesture budget", month, currency)
    return {"id": row, "brand": brand.id, "month": month, "currency": currency}
