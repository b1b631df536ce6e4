"""What a brand answers quotes from, read from the database every few seconds and kept in the process between."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.calendar import entries_of
from aftercart.brands.models import Brand
from aftercart.plumbing import bulk
from aftercart.promises.lanes import Lane
from aftercart.promises.queries import lane
from aftercart.promises.quoting import PREFIX, Ask, Book
from aftercart.promises.services import calendar, taught
from aftercart.promises.terms import terms_of

FRESH, SLOW = 3.0, 300.0  # seconds: for what an operator changes; for what orders teach
ORIGIN = """
SELECT origin_country, origin_region FROM (
    SELECT origin_country, origin_region FROM orders_order WHERE brand_id = %s ORDER BY placed_at DESC LIMIT 500
) o WHERE origin_country <> '' GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1
"""
# Of the brand's last orders: the region in which most of those lie whose postal codes begin alike.
REGIONS = f"""
SELECT DISTINCT ON (country, prefix) country, prefix, region FROM (
    SELECT country, upper(left(replace(postal_code, ' ', ''), {PREFIX})) AS prefix, region, count(*) AS orders FROM (
        SELECT country, postal_code, region FROM orders_order WHERE brand_id = %s ORDER BY placed_at DESC LIMIT 20000
    ) o WHERE postal_code <> '' AND region <> '' GROUP BY 1, 2, 3
) c ORDER BY country, prefix, orders DESC, region
"""


@dataclass(frozen=True, slots=True)
class _Home:
    """From where the brand sends, and which postal codes lie where."""

    country: str
    region: str
    regions: dict[tuple[str, str], str]
    read_at: float


_books: dict[UUID, tuple[float, Book]] = {}
_homes: dict[UUID, _Home] = {}
_reading = threading.Lock()


def book_of(brand: Brand, now: datetime) -> Book:
    """The brand's book, at most three seconds old."""
    kept = _books.get(brand.id)
    if kept is not None and time.monotonic() - kept[0] < FRESH:
        return kept[1]
    with _reading:
        kept = _books.get(brand.id)
        if kept is None or time.monotonic() - kept[0] >= FRESH:
            kept = _books[brand.id] = (time.monotonic(), _read(brand, now))
    return kept[1]


def forget() -> None:
    """Read everything anew at the next question."""
    _books.clear()
    _homes.clear()


def _read(brand: Brand, now: datetime) -> Book:
    tables, home, zone = taught(brand.id), _home(brand), ZoneInfo(brand.time_zone)

    def lane_of(ask: Ask) -> Lane:
        return lane("", ask.service, home.country, home.region, ask.country, ask.region)

    return Book(
        pace=tables.placed if tables.knows_speed else None,
        zone=zone,
        lane=lane_of,
        calendar=calendar,
        home=home.country,
        terms=terms_of(brand, now),
        entries=entries_of(brand, now.astimezone(zone).date()),
        regions=home.regions,
    )


def _home(brand: Brand) -> _Home:
    known = _homes.get(brand.id)
    if known is None or time.monotonic() - known.read_at > SLOW:
        with bulk.cursor() as at:
            origin = at.execute(ORIGIN, [brand.id]).fetchone() or (brand.country, "")
            regions = {(row[0], row[1]): row[2] for row in at.execute(REGIONS, [brand.id]).fetchall()}
        known = _homes[brand.id] = _Home(origin[0], origin[1], regions, time.monotonic())
    return known
