from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.orders.models import Order
from aftercart.plumbing.zones import zone_of
from aftercart.returns.models import Refund, Return
from aftercart.returns.rules import method, working_day
from aftercart.returns.terms import terms_of

# They know a shop's orders by the shop's own ids, and have none of their own.
RETURN_TOOLS = ("aftership",)
# No rule gives a refund more working days than it allows (90), and some countries rest often.
LONGEST = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Visible:
    """A refund that its customer can see from `day` on, by the rule for its method."""

    refund_id: UUID
    order_id: UUID
    customer_id: UUID | None
    day: date


def returns_of(brand: Brand, order: Order) -> list[Return]:
    """The returns of an order, the oldest first, whichever system knows of them."""
    rows = Return.objects.filter(brand=brand, order_key=order.external_id, source__in=(order.source, *RETURN_TOOLS))
    return list(rows.order_by("asked_at", "id"))


def refunds_of(brand: Brand, order: Order) -> list[Refund]:
    """The refunds of an order, the oldest first."""
    return list(Refund.objects.filter(brand=brand, order_id=order.id).order_by("refunded_at", "id"))


def refunded_since(brand: Brand, since: datetime, until: datetime) -> list[Visible]:
    """Refunds that became visible to their customers on a day that began after `since` and not after `until`, by the
    customer's clock: the occasions to ask how the refund was."""
    terms = terms_of(brand, until)
    rows = Refund.objects.filter(brand=brand, amount__gt=0, refunded_at__gt=since - LONGEST, refunded_at__lte=until)
    orders = {one.id: one for one in Order.objects.filter(brand=brand, id__in=rows.values("order_id"))}
    found = []
    for one in rows.order_by("refunded_at", "id"):
        if (order := orders.get(one.order_id)) is None:
            continue
        zone = zone_of(order.country, order.region, order.postal_code) or since.tzinfo
        within = terms.seen_within(method(one.method))
        day = working_day(one.refunded_at.astimezone(zone).date(), within, order.country)
        begins = max(one.refunded_at, datetime(day.year, day.month, day.day, tzinfo=zone))
        if since < begins <= until:
            found.append(Visible(one.id, order.id, order.customer_id, day))
    return found
