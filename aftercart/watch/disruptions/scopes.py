"""The parcels on the road that a disruption is about, in SQL over `orders_parcel p` and `orders_order o`."""

from __future__ import annotations

from collections.abc import Mapping

from aftercart.watch.disruptions.series import CARRIER, HUB, REGION, SERVICE, Series, states_of

# Under way: what waits at a door or goes back is slowed by nothing any more.
ON_THE_ROAD = """p.brand_id = %(brand)s AND p.delivered_at IS NULL AND p.handed_over_at IS NOT NULL AND NOT p.cancelled
    AND p.state IN ('accepted', 'in_transit', 'in_customs', 'delayed', 'held') AND o.cancelled_at IS NULL"""

_HOME = "coalesce(nullif(p.origin_country, ''), o.origin_country) = o.country"


def condition(series: Series) -> tuple[str, Mapping[str, object]]:
    """A clause, and what it needs."""
    part, name = series
    first, _, rest = name.partition("|")
    if part == HUB:
        return "p.carrier = %(first)s AND p.city = %(rest)s", {"first": first, "rest": rest}
    if part == CARRIER:
        return "p.carrier = %(first)s", {"first": first}
    if part == SERVICE:
        clause = "p.carrier = %(first)s AND coalesce(nullif(p.service, ''), o.service) = %(rest)s"
        return clause, {"first": first, "rest": rest}
    if part == REGION:
        country, states = states_of(name)
        if not states:
            return "o.country = %(country)s", {"country": country}
        return f"o.country = %(country)s AND o.region = ANY(%(states)s) AND {_HOME}", {
            "country": country,
            "states": states,
        }
    return "true", {}
