"""Until when an order can be sent back: so many days from its delivery, by the policy of the kind `return_window`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk
from aftercart.policies import services as policies

KIND = "return_window"
MOST_DAYS = 3650
# Of an order `o`: the days of the policy that held when it was placed.
WINDOW = """
SELECT (body->>'days')::int FROM policies_policy
WHERE brand_id = o.brand_id AND kind = 'return_window' AND valid_from <= o.placed_at ORDER BY version DESC LIMIT 1"""
# The same, the latest day ever told, and when the last of its parcels came.
KNOWN = f"""
SELECT ({WINDOW}), (SELECT max(latest) FROM promises_promise WHERE brand_id = o.brand_id AND order_id = o.id),
    (SELECT max(delivered_at) FROM orders_parcel WHERE brand_id = o.brand_id AND order_id = o.id)
FROM orders_order o WHERE o.brand_id = %s AND o.id = %s
"""


def return_by(days: int | None, *, told: Iterable[date], delivered: Iterable[date | None]) -> date | None:
    """The last day on which it can be sent back; None where the brand says none, or no day to count from is known.

    `told`: every day by which it was said to come; `delivered`: when its parcels did. It counts from the latest of
    all these, so that no day that a customer was ever told becomes an earlier one.
    """
    known = [*told, *(day for day in delivered if day is not None)]
    return max(known) + timedelta(days=days) if days and known else None


def return_by_of(brand: Brand, order_id: UUID, zone: ZoneInfo) -> date | None:
    """The same for an order as it is known now, in the days of `zone`."""
    with bulk.cursor() as at:
        days, told, delivered = at.execute(KNOWN, [brand.id, order_id]).fetchone() or (None, None, None)
    came = delivered.astimezone(zone).date() if delivered else None
    return return_by(days, told=[told] if told else [], delivered=[came])


def window_of(brand: Brand, at: datetime) -> int | None:
    """The days in which what is ordered at `at` can be sent back; None: nothing is said."""
    days = policies.current(brand, KIND, at=at).get("days")
    return days if isinstance(days, int) else None


def publish(brand: Brand, days: int | None, *, at: datetime, by: str) -> None:
    """Orders placed from `at` on can be sent back for so many days; None: their customers are told of no such day.

    ValueError for a number of days that cannot be.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days: {days} is not between 1 and {MOST_DAYS}")
    policies.publish(brand, KIND, {"days": days}, at=at, by=by)
