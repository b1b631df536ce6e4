"""A brand's own parcels through the charts: read as cohorts in two statements, played day by day, all anew each time.

So a corrected past corrects what the charts make of it, and a second run on the same facts changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from aftercart.brands.models import Brand
from aftercart.promises.calendars import DAY
from aftercart.promises.lanes import Lane
from aftercart.promises.queries import LANE, lane
from aftercart.watch.disruptions.charts import Chart
from aftercart.watch.disruptions.days import place, working_days
from aftercart.watch.disruptions.exposure import NEVER, Book, Cohorts, Group
from aftercart.watch.disruptions.monitor import Incident, Monitor
from aftercart.watch.disruptions.series import Series, hub_of, series_of

MEMORY = timedelta(days=200)
HUB_MEMORY = timedelta(days=75)
FEWEST_AT_HUB = 40  # parcels that stayed overnight, below which a town is no hub

ROADS = f"""
SELECT {LANE},
    (p.handed_over_at AT TIME ZONE %(zone)s)::date AS began, (p.delivered_at AT TIME ZONE %(zone)s)::date,
    CASE WHEN p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled')
        THEN (p.state_at AT TIME ZONE %(zone)s)::date END,
    count(*)
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
WHERE p.brand_id = %(brand)s AND p.handed_over_at >= %(since)s AND p.handed_over_at < %(until)s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
# A parcel is at a hub from the first scan there to the first one elsewhere.
STAYS = """
WITH seen AS (
    SELECT p.id, p.carrier, s.at, s.city, lag(s.city) OVER road AS before, p.delivered_at,
        CASE WHEN p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled') THEN p.state_at END AS gave_up
    FROM orders_parcel p JOIN orders_scan s ON s.brand_id = p.brand_id AND s.track_id = p.track_id
    WHERE p.brand_id = %(brand)s AND p.shipped_at >= %(since)s AND s.at < %(until)s AND s.city <> ''
        AND s.state IS NOT NULL
    WINDOW road AS (PARTITION BY p.id ORDER BY s.at, s.id)
), came AS (
    SELECT carrier, city, at, lead(at) OVER (PARTITION BY id ORDER BY at) AS went, delivered_at, gave_up
    FROM seen WHERE before IS DISTINCT FROM city
)
SELECT carrier, city, (at AT TIME ZONE %(zone)s)::date,
    (coalesce(went, delivered_at) AT TIME ZONE %(zone)s)::date, (gave_up AT TIME ZONE %(zone)s)::date, count(*)
FROM came GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One series' finished day as its chart saw it."""

    series: Series
    on: date
    observed: float
    expected: float
    statistic: float
    limit: float
    alarm: bool


@dataclass(slots=True)
class Survey:
    """`open`: the incidents that are not over; `days`: what the charts saw on the days asked for."""

    until: date
    open: list[Incident] = field(default_factory=list)
    days: list[Seen] = field(default_factory=list)


def survey(brand: Brand, now: datetime, *, since: date) -> Survey:
    """All up to yesterday, in the brand's own days; the series' days from `since` on."""
    zone = ZoneInfo(brand.time_zone)
    today = now.astimezone(zone).date()
    books = [book for book in (_roads(brand, zone, now, today), _stays(brand, zone, now, today)) if book is not None]
    found, monitor = Survey(today), Monitor()
    day = min((date.fromordinal(book.first) for book in books), default=today)
    while day < today:
        days = {one: row for book in books for one, row in book.on(day).items()}
        monitor.take(day, days)
        if day >= since:
            found.days += [_seen(one, monitor.charts[one], day) for one in days if monitor.shows(one)]
        day += DAY
    found.open = list(monitor.open.values())
    return found


def _seen(one: Series, chart: Chart, on: date) -> Seen:
    last = chart.last
    return Seen(
        series=one,
        on=on,
        observed=last.observed if last else 0.0,
        expected=round(last.normal, 2) if last else 0.0,
        statistic=round(chart.recovery if chart.alarm_since else chart.statistic, 2),
        limit=round(chart.limit, 2),
        alarm=chart.alarm_since is not None,
    )


def _rows(statement: str, brand_id: UUID, since: datetime, until: datetime, zone: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"brand": brand_id, "since": since, "until": until, "zone": zone})
        return list(cursor.fetchall())


def _roads(brand: Brand, zone: ZoneInfo, now: datetime, today: date) -> Book | None:
    def group(places: tuple[str, ...]) -> tuple[object, Group]:
        full = lane(*places)
        home = full.origin == full.destination or not full.origin
        key = (full.carrier, full.service, full.destination, home)
        country, region = place(full.destination, brand.country)
        about = Lane(carrier=full.carrier, service=full.service, destination=full.destination)
        return key, Group(series_of(about), working_days(country, region))

    return _book(_rows(ROADS, brand.id, now - MEMORY, now, zone.key), group, today)


def _stays(brand: Brand, zone: ZoneInfo, now: datetime, today: date) -> Book | None:
    rows = _rows(STAYS, brand.id, now - HUB_MEMORY, now, zone.key)
    overnight: dict[tuple[str, str], int] = {}
    for carrier, town, began, ended, _, count in rows:
        if ended is None or ended > began:
            overnight[carrier, town] = overnight.get((carrier, town), 0) + count
    hubs = {hub for hub, count in overnight.items() if count >= FEWEST_AT_HUB}
    kept = [row for row in rows if (row[0], row[1]) in hubs]

    def group(places: tuple[str, ...]) -> tuple[object, Group]:
        return places, Group((hub_of(*places),), working_days(brand.country))

    return _book(kept, group, today)


def _book(
    rows: Iterable[tuple[Any, ...]], group: Callable[[tuple[str, ...]], tuple[object, Group]], today: date
) -> Book | None:
    """Each row: places, began, ended, given up, how many. What was stamped today is not known to be all of today."""
    numbers: dict[object, int] = {}
    groups: list[Group] = []
    known: dict[tuple[str, ...], int] = {}
    told = []
    for *named, began, ended, left, count in rows:
        places = tuple(named)
        at = known.get(places)
        if at is None:
            key, made = group(places)
            at = numbers.setdefault(key, len(numbers))
            if at == len(groups):
                groups.append(made)
            known[places] = at
        told.append((at, began.toordinal(), _before(ended, today), _before(left, today), count))
    if not told:
        return None
    columns = np.array(told, np.int64).T
    return Book(groups, Cohorts(columns[0], columns[1], columns[2], left=columns[3], count=columns[4]))


def _before(day: date | None, today: date) -> int:
    return day.toordinal() if day is not None and day < today else NEVER
