"""What is watched for a fall in progress: the whole network, and each carrier, service, region and hub in it."""

from __future__ import annotations

from typing import NamedTuple

from aftercart.promises.lanes import Lane

NETWORK, CARRIER, SERVICE, REGION, HUB = "network", "carrier", "service", "region", "hub"
FEED_OUTAGE, DRIFT = "feed outage", "drift"


class Series(NamedTuple):
    """One group of parcels, by what they have in common. Of a hub the name is `carrier|town`."""

    kind: str
    name: str = ""


ALL = Series(NETWORK)

# A state alone often has too few parcels for a chart of its own: these are the regions of the statistical offices
# (IBGE; US Census Bureau), into which they are pooled.
_REGIONS = {
    "BR": {
        "North": "AC AM AP PA RO RR TO",
        "Northeast": "AL BA CE MA PB PE PI RN SE",
        "Centre-West": "DF GO MS MT",
        "Southeast": "ES MG RJ SP",
        "South": "PR RS SC",
    },
    "US": {
        "Northeast": "CT ME MA NH RI VT NJ NY PA",
        "Midwest": "IL IN MI OH WI IA KS MN MO NE ND SD",
        "South": "DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX",
        "West": "AZ CO ID MT NV NM UT WY AK CA HI OR WA",
    },
}
_POOL_OF = {
    f"{country}-{state}": f"{country} {region}"
    for country, regions in _REGIONS.items()
    for region, states in regions.items()
    for state in states.split()
}


def pools(destination: str) -> tuple[str, ...]:
    """The coarser regions that a destination like `BR-SP` belongs to, the finest first."""
    country, dash, _ = destination.partition("-")
    if not dash:
        return ()
    pool = _POOL_OF.get(destination)
    return (pool, country) if pool else (country,)


def series_of(lane: Lane) -> tuple[Series, ...]:
    """All that a parcel of this lane belongs to, but for the hub where it is."""
    found = [ALL]
    if lane.carrier:
        found.append(Series(CARRIER, lane.carrier))
        if lane.service:
            found.append(Series(SERVICE, f"{lane.carrier}|{lane.service}"))
    if lane.destination:
        found += [Series(REGION, name) for name in (lane.destination, *pools(lane.destination))]
    return tuple(found)


def hub_of(carrier: str, town: str) -> Series:
    return Series(HUB, f"{carrier}|{town}")


def states_of(region: str) -> tuple[str, list[str]]:
    """The country of a region, and the codes of its states; none where it is all of the country."""
    states = [name.partition("-")[2] for name, pool in _POOL_OF.items() if pool == region]
    if states:
        return region.partition(" ")[0], states
    country, _, state = region.partition("-")
    return country, [state] if state else []
