"""Learning from a brand's own history: once a day, as a whole, so that a corrected past corrects what it taught."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from aftercart.plumbing import clock, ids
from aftercart.promises.calendars import DAY, Calendar
from aftercart.promises.lanes import Lane
from aftercart.promises.models import Learned
from aftercart.promises.pace import Exposure, Pace
from aftercart.promises.queries import LANE, lane

# What is older says little about today, and what is more than this teaches little more.
MEMORY = timedelta(days=150)
MOST_SPANS = 200_000

TRANSITS = f"""
SELECT {LANE},
    (p.handed_over_at AT TIME ZONE %(zone)s)::date, (p.delivered_at AT TIME ZONE %(zone)s)::date,
    CASE WHEN p.state IN ('returning', 'returned', 'lost', 'damaged', 'cancelled')
        THEN (p.state_at AT TIME ZONE %(zone)s)::date END
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
WHERE p.brand_id = %(brand)s AND p.handed_over_at >= %(since)s AND p.handed_over_at < %(until)s
ORDER BY p.handed_over_at DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something that began on one day and arrived on another, or was given up on one: lost, or on its way back."""

    lane: Lane
    began: date
    ended: date | None = None
    given_up: date | None = None


def pace_of(spans: Iterable[Span], *, until: date, calendar: Calendar) -> Pace:
    """Play the spans day by day up to `until`, as the days themselves would have taught."""
    begun: defaultdict[date, list[Span]] = defaultdict(list)
    ended: defaultdict[date, list[Span]] = defaultdict(list)
    given_up: defaultdict[date, list[Span]] = defaultdict(list)
    for span in spans:
        if span.began in (span.ended, span.given_up):
            continue  # it was open on no morning
        begun[span.began].append(span)
        if span.ended is not None:
            ended[span.ended].append(span)
        elif span.given_up is not None:
            given_up[span.given_up].append(span)
    pace = Pace()
    open_: Counter[tuple[Lane, date]] = Counter()
    day = min(begun, default=until)
    while day < until:
        arrivals = Counter((span.lane, span.began) for span in ended[day])
        pace.observe(
            day,
            [
                Exposure(lane=at, age=(day - began).days, promised=None, open=count, arrived=arrivals[at, began])
                for (at, began), count in open_.items()
            ],
            calendar=calendar,
        )
        open_.subtract(arrivals)
        open_.subtract((span.lane, span.began) for span in given_up[day])
        open_ += Counter()  # drops what is empty
        open_.update((span.lane, span.began) for span in begun[day])
        day += DAY
    return pace


def transit(brand_id: UUID, zone: ZoneInfo, now: datetime, calendar: Calendar) -> Pace:
    """From the carrier's hands to the customer's, by lane."""
    today = now.astimezone(zone).date()
    spans = [
        Span(lane=lane(*places), began=began, ended=_before(today, ended), given_up=_before(today, given_up))
        for *places, began, ended, given_up in _rows(TRANSITS, brand_id, now, zone=zone.key)
    ]
    return pace_of(spans, until=today, calendar=calendar)


def _before(today: date, day: date | None) -> date | None:
    return day if day is not None and day < today else None


def _rows(statement: str, brand_id: UUID, now: datetime, **known: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"brand": brand_id, "since": now - MEMORY, "until": now, "most": MOST_SPANS, **known})
        return list(cursor.fetchall())


def keep(brand_id: UUID, stage: str, table: dict[str, object]) -> int:
    """Store what was learned as the next version of its stage, which is returned."""
    last = Learned.objects.filter(brand_id=brand_id, stage=stage).values_list("version", flat=True).first()
    row, _ = Learned.objects.update_or_create(
        brand_id=brand_id,
        stage=stage,
        defaults={"version": (last or 0) + 1, "learned_at": clock.machine(), "table": table},
        create_defaults={
            "id": ids.mirrored(brand_id, "learned", stage),
            "version": 1,
            "learned_at": clock.machine(),
            "table": table,
        },
    )
    return row.version
