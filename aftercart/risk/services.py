from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from aftercart.brands.models import Brand
from aftercart.facts import Fact, MessageReceived
from aftercart.plumbing import bulk, ids
from aftercart.policies import services as policies
from aftercart.risk import contacts
from aftercart.risk.hazard import HORIZONS, PRIOR, Hazard
from aftercart.risk.models import Lesson, Morning
from aftercart.risk.queries import Worried, worried
from aftercart.risk.rules import Costs, StakesError, costs, expected, reasons

logger = logging.getLogger("aftercart.risk")

PLACED: frozenset[type[Fact]] = frozenset({MessageReceived})
record = contacts.record

# The policy that says what contacts cost this brand and what its customers are worth.
STAKES = "stakes"
# Older than this, an assessment is made anew though no fact came: days pass, and customers look.
LASTS = timedelta(hours=1)
TOGETHER = 200  # orders that are held at once
COLUMNS = (
    "id", "brand_id", "order_id", *(f"in_{days}_day{'s' if days > 1 else ''}" for days in HORIZONS), "currency",
    "contact_cost", "refund_cost", "future_cost", "worth", "reasons", "factors", "version", "assessed_at",
)  # fmt: skip
MORNING = (
    "id", "brand_id", "order_id", "day", "taken_at", "kind", "age", "late", "danger", "silent", "state", "looks",
    "contacts", "told", "weekday",
)  # fmt: skip
GONE = "DELETE FROM risk_assessment WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) AND id <> ALL(%s::uuid[])"
DUE = """
SELECT DISTINCT c.order_id FROM watch_concern c
LEFT JOIN risk_assessment a ON a.id = c.id
WHERE c.brand_id = %s AND c.closed_at IS NULL AND (a.id IS NULL OR a.assessed_at <= %s OR %s) ORDER BY 1
"""
# Those that another worker has in hand are assessed by it.
HOLD = "SELECT id FROM watch_watch WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED"


def hazard(brand_id: UUID) -> Hazard:
    """What the brand's contacts have taught, else the prior."""
    version = Lesson.objects.filter(brand_id=brand_id).order_by("-version").values_list("version", flat=True).first()
    return _hazard(brand_id, version) if version else PRIOR


@lru_cache(maxsize=64)
def _hazard(brand_id: UUID, version: int) -> Hazard:
    return Hazard.from_dict(Lesson.objects.get(brand_id=brand_id, version=version).table, version)


def refresh(brand: Brand, order_ids: Iterable[UUID], now: datetime, *, morning: date | None = None) -> int:
    """Assess the open concerns of these orders; what has closed is assessed no longer. How many were.

    The caller holds the orders' watch rows. `morning`: the brand's day of which this is the first look, to learn from.
    """
    orders = list(order_ids)
    if not orders:
        return 0
    found = worried(brand, orders, now)
    rows = _rows(brand, found, now)
    with bulk.cursor() as at:
        still = bulk.array(concern for one in found for concern in one.concerns)
        at.execute(GONE, [brand.id, bulk.array(orders), still])
    bulk.merge("risk_assessment", COLUMNS, rows, overwrite=True)
    if morning is not None:
        bulk.merge("risk_morning", MORNING, [_morning(brand.id, one, now, morning) for one in found])
    return len(rows)


def _rows(brand: Brand, found: Sequence[Worried], now: datetime) -> list[tuple[object, ...]]:
    if not found:
        return []
    known, prices = hazard(brand.id), prices_of(brand, now)
    return [row for one in found for row in _assessed(brand.id, one, known, prices, now)]


def prices_of(brand: Brand, now: datetime) -> Costs:
    """What a contact costs this brand, and what its customers are worth to it."""
    try:
        return costs(policies.current(brand, STAKES, at=now))
    except StakesError as error:
        # Whoever published that went around `stakes`. No parcel may wait for it to be mended.
        logger.warning("%s: the policy of stakes is not used: %s", brand.slug, error)
        return Costs()


def _assessed(
    brand_id: UUID, one: Worried, known: Hazard, prices: Costs, now: datetime
) -> Iterable[tuple[object, ...]]:
    chances = known.chances(one.standing)
    cost = expected(one.standing, one.stake, chance=chances[-1], costs=prices)
    told = (
        *(round(chance, 5) for chance in chances),
        cost.currency,
        round(cost.contact),
        round(cost.refund),
        round(cost.future),
        prices.worth(cost.total, cost.currency),
        json.dumps(reasons(one.standing, one.stake)),
        json.dumps(known.why(one.standing)),
        known.version,
        now,
    )
    return [(concern, brand_id, one.order_id, *told) for concern in one.concerns]


def _morning(brand_id: UUID, one: Worried, now: datetime, day: date) -> tuple[object, ...]:
    s = one.standing
    return (
        ids.mirrored(one.order_id, "morning", day), brand_id, one.order_id, day, now, s.kind, s.age, s.late, s.danger,
        s.silent, s.state, s.looks, s.contacts, s.told, s.weekday,
    )  # fmt: skip


def keep_up(brand: Brand, now: datetime) -> int:
    """Assess what was assessed too long ago, and on the first call of each of the brand's days everything. How many."""
    today = now.astimezone(ZoneInfo(brand.time_zone)).date()
    fresh = not Morning.objects.filter(brand=brand, day=today).exists()
    with connection.cursor() as cursor:
        cursor.execute(DUE, [brand.id, now - LASTS, fresh])
        due = [order for (order,) in cursor.fetchall()]
    done = 0
    for start in range(0, len(due), TOGETHER):
        some = due[start : start + TOGETHER]
        with transaction.atomic():
            with bulk.cursor() as at:
                at.execute(HOLD, [bulk.array(some)], binary=True)
                held = [order for (order,) in at.fetchall()]
            done += refresh(brand, held, now, morning=today if fresh else None)
    return done


def stakes(brand: Brand, changes: dict[str, object], *, at: datetime, by: str) -> dict[str, object]:
    """What contacts cost the brand and what its customers are worth, after these changes to its policy, if any.

    StakesError names what is wrong with them, and nothing changes.
    """
    policy = policies.current(brand, STAKES, at=at) | changes
    known = costs(policy)
    if changes:
        policies.publish(brand, STAKES, policy, at=at, by=by)
    return asdict(known)
