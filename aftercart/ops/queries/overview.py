"""The overview's questions: what came in, what worries, what was said, what failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import ExtractHour

from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery, UnknownWord
from aftercart.orders.polling.models import CarrierLine
from aftercart.outbox.models import Outgoing
from aftercart.outreach.models import Decision
from aftercart.plumbing import ids
from aftercart.story.rows import fetch

# Naming every state lets the index (brand, state, id) serve a range of ids, and ids begin with the time.
STATES = (Delivery.WAITING, Delivery.APPLIED, Delivery.QUARANTINED)
OUTGOING = (Outgoing.DUE, Outgoing.SENDING, Outgoing.SENT, Outgoing.PARKED, Outgoing.CANCELLED, Outgoing.VOID)
Counts = dict[str, dict[str, int]]


def arrivals(brand: Brand, since: datetime, until: datetime) -> dict[str, list[int]]:
    """Deliveries of each source in each of the 24 hours of the brand's day that begins at `since`."""
    rows = (
        Delivery.objects.filter(brand=brand, state__in=STATES, id__gte=ids.floor(since), id__lt=ids.floor(until))
        .annotate(hour=ExtractHour("received_at"))
        .values_list("source", "hour")
        .annotate(count=Count("id"))
    )
    hours: dict[str, list[int]] = defaultdict(lambda: [0] * 24)
    for source, hour, count in rows:
        hours[source][hour] = count
    return dict(hours)


@dataclass(frozen=True, slots=True)
class Backlog:
    waiting: int
    oldest: datetime | None
    quarantined: int


def backlog(brand: Brand) -> Backlog:
    states = {
        state: (count, first)
        for state, count, first in Delivery.objects.filter(brand=brand, state__in=STATES[::2])
        .values_list("state")
        .annotate(Count("id"), Min("received_at"))
    }
    waiting, oldest = states.get(Delivery.WAITING, (0, None))
    return Backlog(waiting, oldest, states.get(Delivery.QUARANTINED, (0, None))[0])


OPEN = """
SELECT kind, age, carrier, lane, count(*) FROM (
  SELECT kind, carrier, lane,
    CASE WHEN opened_at > %(day)s THEN '0' WHEN opened_at > %(three)s THEN '1' WHEN opened_at > %(week)s THEN '3'
      ELSE '7' END AS age
  FROM watch_concern WHERE brand_id = %(brand)s AND closed_at IS NULL
) open GROUP BY GROUPING SETS ((kind, age), (carrier), (lane, kind))
"""
# Grouped before counting, here and below: counting distinct ones would sort them all.
SUBJECTS = """
SELECT count(*) FILTER (WHERE parcel), count(*) FILTER (WHERE NOT parcel) FROM (
  SELECT subject_id <> order_id AS parcel FROM watch_concern
  WHERE brand_id = %(brand)s AND closed_at IS NULL GROUP BY subject_id, order_id
) subject
"""


@dataclass(slots=True)
class Worries:
    """Open concerns, counted: kind × age (key of its band), by carrier, lane × kind; and what is behind them."""

    parcels: int = 0
    orders: int = 0
    kinds: Counts = field(default_factory=lambda: defaultdict(dict))
    carriers: dict[str, int] = field(default_factory=dict)
    lanes: Counts = field(default_factory=lambda: defaultdict(dict))


def worries(brand: Brand, now: datetime) -> Worries:
    bounds = {name: now - timedelta(days=days) for name, days in (("day", 1), ("three", 3), ("week", 7))}
    ((parcels, orders),) = fetch(_row, SUBJECTS, {"brand": brand.id})
    found = Worries(parcels=parcels, orders=orders)
    for kind, age, carrier, lane, count in fetch(_row, OPEN, {"brand": brand.id, **bounds}):
        if lane is not None:
            found.lanes[lane][kind] = count
        elif kind is not None:
            found.kinds[kind][age] = count
        else:
            found.carriers[carrier] = count
    return found


def _row(*columns: Any) -> tuple[Any, ...]:
    return columns


@dataclass(frozen=True, slots=True)
class Standing:
    """How many worrying parcels of a carrier were last seen in a town, and since when the first of them worries."""

    carrier: str
    city: str
    country: str
    parcels: int
    since: datetime


STANDING = """
SELECT p.carrier, p.city, p.place_country, count(*), min(c.since) FROM (
  SELECT subject_id, min(opened_at) AS since FROM watch_concern
  WHERE brand_id = %(brand)s AND closed_at IS NULL AND subject_id <> order_id GROUP BY subject_id
) c JOIN orders_parcel p ON p.id = c.subject_id AND p.brand_id = %(brand)s
WHERE p.city <> '' GROUP BY 1, 2, 3 ORDER BY 4 DESC, 5 LIMIT %(limit)s
"""


def standing(brand: Brand, limit: int = 8) -> list[Standing]:
    """Where worrying parcels stopped, the fullest place first."""
    return fetch(Standing, STANDING, {"brand": brand.id, "limit": limit})


def said(brand: Brand, since: datetime) -> list[Mapping[str, Any]]:
    """Notices made since then, by kind, channel and state."""
    return list(
        Outgoing.objects.filter(brand=brand, state__in=OUTGOING, id__gte=ids.floor(since))
        .values("kind", "channel", "state")
        .annotate(count=Count("id"))
        .order_by("-count", "kind")
    )


def silences(brand: Brand, since: datetime) -> list[Mapping[str, Any]]:
    """Why we did not speak, since then."""
    rows = Decision.objects.filter(brand=brand, at__gte=since, spoken=False).values("reason")
    return list(rows.annotate(count=Count("id")).order_by("-count")[:6])


def quarantine(brand: Brand) -> list[Mapping[str, Any]]:
    """What is in quarantine, by source and error, the commonest first."""
    rows = Delivery.objects.filter(brand=brand, state=Delivery.QUARANTINED).values("source", "error")
    return list(rows.annotate(count=Count("id"), last=Max("received_at")).order_by("-count")[:6])


def parked(brand: Brand) -> list[Mapping[str, Any]]:
    """Notices that wait for a person, by reason."""
    rows = Outgoing.objects.filter(brand=brand, state=Outgoing.PARKED).values("reason")
    return list(rows.annotate(count=Count("id"), first=Min("created_at")).order_by("-count")[:6])


def silent_carriers(brand: Brand) -> list[CarrierLine]:
    """Lines to carriers that were in trouble when they were last used."""
    return list(CarrierLine.objects.filter(brand=brand, failures__gt=0).order_by("source"))


def unknown(brand: Brand, since: datetime) -> list[Mapping[str, Any]]:
    """Sources that used words that we do not know, heard since then."""
    rows = UnknownWord.objects.filter(brand=brand, last_at__gte=since).values("source")
    return list(rows.annotate(words=Count("id"), times=Sum("count")).order_by("-times"))
