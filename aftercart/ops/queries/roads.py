"""Parcels with their lane and the calendar days of their destination: what lanes are counted from.

The lane is that of `promises.queries.lane`, the zone that of `destination_zone`. PostgreSQL cannot ask Python for a
zone, so the places that occur are read first and handed back with theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aftercart.brands.models import Brand
from aftercart.promises.queries import destination_zone
from aftercart.story.rows import fetch

# What arrives now was placed within this time; older orders are not read.
OLDEST = timedelta(days=150)
PLACES = """
SELECT DISTINCT country, region, left(postal_code, 3) FROM orders_order
WHERE brand_id = %(brand)s AND placed_at >= %(placed)s
"""
# One key for a place: of three equal columns the planner would expect a single row, and loop over all that there are.
ZONES = "zone AS (SELECT * FROM unnest(%(places)s::text[], %(zones)s::text[]) AS z (place, name))"
PLACE = "o.country || '|' || o.region || '|' || left(o.postal_code, 3)"
# Of an order `o`, its zone `z` and a parcel `p`.
SERVICE = "coalesce(nullif(p.service, ''), o.service)"
_COUNTRY = "coalesce(nullif(p.origin_country, ''), o.origin_country)"
_REGION = "coalesce(nullif(p.origin_region, ''), o.origin_region)"
ORIGIN = f"{_COUNTRY} || CASE WHEN {_COUNTRY} = o.country AND {_REGION} <> '' THEN '-' || {_REGION} ELSE '' END"
DESTINATION = f"o.country || CASE WHEN {_COUNTRY} = o.country AND o.region <> '' THEN '-' || o.region ELSE '' END"
LANE = f"p.carrier, {SERVICE} AS service, {ORIGIN} AS origin, {DESTINATION} AS destination"
# Whether the newest version of its fulfilment still names the parcel. To be asked of what was found, not of the join:
# there the planner takes version and id for independent, and expects a single row again.
CURRENT = "p.version = f.version AS current"
FROM = f"""
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id AND o.brand_id = p.brand_id
JOIN orders_fulfilment f ON f.id = p.fulfilment_id AND f.brand_id = p.brand_id
JOIN zone z ON z.place = {PLACE}
WHERE p.brand_id = %(brand)s AND o.placed_at >= %(placed)s AND NOT f.cancelled
"""
# One comparison, for the same reason as one key for a place.
SAME_LANE = "ARRAY[carrier, service, origin, destination]::text[] = %(lane)s::text[]"
AGE = "greatest((%(now)s AT TIME ZONE z.name)::date - (p.handed_over_at AT TIME ZONE z.name)::date, 0) AS age"
# On the road, and still on its way to the customer.
UNDER_WAY = """
p.handed_over_at IS NOT NULL AND p.delivered_at IS NULL
AND p.state NOT IN ('delivered', 'returning', 'returned', 'lost', 'damaged', 'failed', 'cancelled')
"""


def places(brand: Brand, since: datetime) -> dict[str, Any]:
    """What every statement here is asked with: the brand, and the zones of the places that its orders went to."""
    known = {"brand": brand.id, "placed": since - OLDEST}
    # The first three characters of a postal code are all that a zone ever hangs on.
    zones = {"|".join(row): destination_zone(*row).key for row in fetch(lambda *row: row, PLACES, known)}
    return known | {"places": list(zones), "zones": list(zones.values())}
