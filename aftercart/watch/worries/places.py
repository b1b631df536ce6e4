"""It is seen where it should not be: at a hub that it had left, or at somebody else's door."""

from __future__ import annotations

from datetime import datetime, timedelta

from aftercart.facts import State
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import GOING_BACK, SILENT, Answer, View, Worry, iso

HANDING_OVER = frozenset({State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED, State.AVAILABLE_FOR_PICKUP})
ON_THE_ROAD = frozenset({State.ACCEPTED, State.IN_TRANSIT, State.DELAYED, State.HELD})
LAPSES = timedelta(days=14)
# Carriers often tell these as the country that they belong to.
BELONGS_TO = {
    "PR": "US", "GU": "US", "VI": "US", "AS": "US", "MP": "US", "JE": "GB", "GG": "GB", "IM": "GB", "MC": "FR",
    "RE": "FR", "GP": "FR", "MQ": "FR", "GF": "FR", "YT": "FR", "LI": "CH", "SM": "IT", "VA": "IT", "AX": "FI",
    "SJ": "NO", "IC": "ES", "MO": "CN", "HK": "CN",
}  # fmt: skip


def circling(view: View, limits: Limits, now: datetime) -> Answer:
    """It keeps coming back to hubs that it had left. One return may be a mistake put right."""
    if view.circles < limits.waits.circles or view.state not in ON_THE_ROAD:
        return SILENT
    seen: dict[str, object] = {"since": iso(view.here_at), "place": view.place_city, "circles": view.circles}
    return Worry(kind="circling", evidence=seen), None


def wrong_region(view: View, limits: Limits, now: datetime) -> Answer:
    """Handed over in another country; or delivered in another region, where depots may serve across a border."""
    if view.found or (view.again_at and view.delivered_at and view.again_at > view.delivered_at):
        return SILENT
    delivered = view.delivered_at is not None and view.state not in GOING_BACK
    if not (delivered or view.state in HANDING_OVER) or not _elsewhere(view, regions=delivered):
        return SILENT
    lapses = view.delivered_at + LAPSES if delivered and view.delivered_at else None
    if lapses and now >= lapses:
        return SILENT  # whom it concerned has not said that it is missing
    evidence: dict[str, object] = {
        "state": view.state.value if view.state else None,
        "since": iso(view.delivered_at or view.state_at),
        "place": ", ".join(filter(None, (view.place_city, view.place_region, view.place_country))),
        "expected": ", ".join(filter(None, (view.region, view.country))),
    }
    return Worry(kind="wrong_region", evidence=evidence), lapses


def _elsewhere(view: View, *, regions: bool) -> bool:
    if not view.country or not view.place_country:
        return False
    if _country(view.country) != _country(view.place_country):
        return True
    return regions and view.country == view.place_country and _differ(view.region, view.place_region)


def _country(code: str) -> str:
    return BELONGS_TO.get(code, code)


def _differ(one: str, other: str) -> bool:
    """Only codes can be compared: "CA" and "California" may be one."""
    return bool(one and other and len(one) <= 3 and len(other) <= 3 and one.upper() != other.upper())
