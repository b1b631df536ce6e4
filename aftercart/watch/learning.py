"""Once a day a brand's own orders are played through the rules, as a backtest would: so the limits are learned."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from aftercart.brands.models import Brand
from aftercart.policies import services as policies
from aftercart.promises import learning, listening, services
from aftercart.promises.models import Learned
from aftercart.promises.queries import lane
from aftercart.watch.backtest import Playback, play
from aftercart.watch.calibration import Wishes
from aftercart.watch.history import Past

# The policy that says how many customers may be told of a late order in vain: a share of all orders.
TELLING = "telling"

# An order has arrived when the last of its parcels has; one that goes back or is lost will not. The date that counts is
# the first that was told. OFFSET 0 keeps the planner from joining all parcels with all fulfilments, for which it
# expects a single row where its statistics are old.
HISTORY = """
SELECT o.id::text, o.placed_at,
    coalesce(o.cancelled_at, c.cancelled_at,
        max(p.state_at) FILTER (WHERE p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled'))),
    (array_agg(p.carrier))[1], (array_agg(p.service))[1], o.origin_country, o.origin_region, o.country, o.region,
    CASE WHEN count(p.id) > 0 AND bool_and(p.delivered_at IS NOT NULL) THEN max(p.delivered_at) END,
    min(t.latest)
FROM orders_order o
LEFT JOIN orders_cancellation c ON c.id = o.id
LEFT JOIN LATERAL (
    SELECT p.* FROM orders_parcel p JOIN orders_fulfilment f ON f.id = p.fulfilment_id
    WHERE p.brand_id = o.brand_id AND p.order_id = o.id AND p.version = f.version AND NOT f.cancelled
    OFFSET 0
) p ON true
JOIN LATERAL (
    SELECT latest FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id
    ORDER BY surface = 'page', told_at LIMIT 1
) t ON true
WHERE o.brand_id = %(brand)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
GROUP BY o.id, c.cancelled_at ORDER BY o.placed_at DESC LIMIT %(most)s
"""


def learn(brand: Brand, now: datetime) -> None:
    """Bring the brand's tables up to the day before `now`; versions rise, whoever judges reads the new ones."""
    zone = ZoneInfo(brand.time_zone)
    calendar = services.calendar(brand.country)
    played = _play(brand, zone, now)
    limits = played.calibration.limits()
    learning.keep(brand.id, Learned.LATE, {"early": limits.early, "last": limits.last})
    transit = learning.transit(brand.id, zone, now, calendar)
    learning.keep(brand.id, Learned.TRANSIT, transit.to_dict())
    from aftercart.promises.refit import refit  # numpy: for whoever learns, not for whoever serves

    refit(brand.id, zone, now, calendar, transit)
    learning.keep(brand.id, Learned.SILENCE, listening.silence(brand.id, now, calendar).to_dict())
    # The last: by its day we know that all of it is learned.
    learning.keep(brand.id, Learned.ORDER, played.pace.to_dict())


def _play(brand: Brand, zone: ZoneInfo, now: datetime) -> Playback:
    told = policies.current(brand, TELLING, at=now).get("in_vain")
    wishes = Wishes(vain=float(told)) if isinstance(told, int | float) else Wishes()
    history, today = _history(brand, zone, now), now.astimezone(zone).date()
    return play(history, zone=zone, wishes=wishes, calendar=services.calendar(brand.country), until=today)


def _history(brand: Brand, zone: ZoneInfo, now: datetime) -> list[Past]:
    with connection.cursor() as cursor:
        since = now - learning.MEMORY
        cursor.execute(HISTORY, {"brand": brand.id, "since": since, "until": now, "most": learning.MOST_SPANS})
        rows = cursor.fetchall()
    found = []
    for order, placed_at, cancelled_at, carrier, service, *places, delivered_at, promised_by in rows:
        placed = placed_at.astimezone(zone)
        if promised_by < placed.date():
            continue
        found.append(
            Past(
                order_id=order,
                lane=lane(carrier or "", service or "", *places),
                placed_at=placed,
                promised_by=promised_by,
                delivered_on=delivered_at.astimezone(zone).date() if delivered_at else None,
                cancelled_on=cancelled_at.astimezone(zone).date() if cancelled_at else None,
                cancelled=cancelled_at is not None,
            )
        )
    return found
