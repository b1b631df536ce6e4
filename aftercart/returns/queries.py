from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.orders.models import Order
from aftercart.plumbing.zones import zone_of
from aftercart.returns.models import Refund, Return
from aftercart.returns.rules import CHECKED, RECEIVED, REQUESTED, STAGES, due_on, method, working_day
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


@dataclass(frozen=True, slots=True)
class Breach:
    """Returns that wait for longer than the brand has set itself: for which step, how many, since when the first."""

    stage: str
    count: int
    since: datetime


def breaches(brand: Brand, now: datetime) -> list[Breach]:
    """The stages of returns whose term has passed, in the brand's working days. `now`: the brand's time."""
    terms, zone = terms_of(brand, now), ZoneInfo(brand.time_zone)
    awaited = [state for state, stage in STAGES.items() if getattr(terms, stage) is not None]
    rows = Return.objects.filter(brand=brand, state__in=awaited, ended_at=None)
    paid = _paid(brand, [row.order_key for row in rows if row.state == CHECKED])
    late: dict[str, list[datetime]] = {}
    for row in rows:
        since = {REQUESTED: row.asked_at, RECEIVED: row.received_at, CHECKED: row.checked_at}[row.state]
        if since is None or (row.state == CHECKED and row.order_key in paid):
            continue
        due = due_on(row.state, since.astimezone(zone).date(), terms, brand.country)
        if due and due < now.astimezone(zone).date():
            late.setdefault(STAGES[row.state], []).append(since)
    return [Breach(stage, len(times), min(times)) for stage, times in sorted(late.items())]


def _paid(brand: Brand, order_keys: Collection[str]) -> set[str]:
    """Those of these orders of which money has gone back. Of which of several returns, nobody says."""
    orders = dict(Order.objects.filter(brand=brand, external_id__in=order_keys).values_list("id", "external_id"))
    back = Refund.objects.filter(brand=brand, order_id__in=orders, amount__gt=0).values_list("order_id", flat=True)
    return {orders[order] for order in back}


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
