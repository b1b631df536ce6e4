from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays as public_holidays

from aftercart.brands.models import Brand
from aftercart.facts import Fact, PromiseMade
from aftercart.orders.rules import order_id
from aftercart.plumbing import bulk, ids
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.models import Learned, Promise
from aftercart.promises.pace import ENOUGH, Pace
from aftercart.promises.queries import Subject
from aftercart.promises.rules import Window, window
from aftercart.promises.silence import Quiet, Silence

PLACED: frozenset[type[Fact]] = frozenset({PromiseMade})

PROMISE_COLUMNS = (
    "id", "brand_id", "order_id", "parcel_id", "earliest", "latest", "made_by", "surface", "told_at", "confidence",
    "basis", "version", "why",
)  # fmt: skip
FORECAST_COLUMNS = (
    "id",
    "brand_id",
    "order_id",
    "made_at",
    "earliest",
    "latest",
    "likely",
    "basis",
    "version",
    "p80",
    "p95",
)
FORECASTS = """
SELECT id, earliest, latest, likely, basis, version, p80, p95 FROM promises_forecast
WHERE brand_id = %s AND order_id = ANY(%s::uuid[])
"""

# What a customer is told without being asked for more certainty: nine of ten arrive by then.
CONFIDENCE = 0.9


@dataclass(frozen=True)
class Taught:
    """What a brand's history has taught, ready to judge by."""

    order: Pace
    transit: Pace
    quiet: Mapping[tuple[str, str], Quiet]
    late: Mapping[str, float]  # what watch has learned about when to tell; empty: nothing yet

    @cached_property
    def knows_speed(self) -> bool:
        """Whether enough has arrived to believe anything about what has not."""
        return self.order.known(NETWORK)[1] >= ENOUGH

    @cached_property
    def road(self) -> Pace | None:
        """The speed of what is on the road; None while too little has arrived to know it."""
        return self.transit if self.transit.known(NETWORK)[1] >= ENOUGH else None


def taught(brand_id: UUID) -> Taught:
    """The newest tables. Read from the database once for each version and process."""
    versions = Learned.objects.filter(brand_id=brand_id).order_by("stage").values_list("stage", "version")
    return _taught(brand_id, tuple(versions))


@lru_cache(maxsize=64)
def _taught(brand_id: UUID, versions: tuple[tuple[str, int], ...]) -> Taught:
    tables = {row.stage: row.table for row in Learned.objects.filter(brand_id=brand_id)}
    silence = Silence.from_dict(tables[Learned.SILENCE]) if Learned.SILENCE in tables else Silence()
    return Taught(
        order=Pace.from_dict(tables[Learned.ORDER]) if Learned.ORDER in tables else Pace(),
        transit=Pace.from_dict(tables[Learned.TRANSIT]) if Learned.TRANSIT in tables else Pace(),
        quiet=silence.limits(),
        late={name: float(str(value)) for name, value in tables.get(Learned.LATE, {}).items()},
    )


@lru_cache(maxsize=256)
def calendar(country: str) -> Calendar:
    """Public holidays of a country, ten years either side of now; none where we know of none."""
    try:
        days = public_holidays.country_holidays(country, years=range(2015, 2036))
    except NotImplementedError:
        return Calendar()
    return Calendar(holidays=frozenset(days))


def record(brand_id: UUID, facts: Iterable[Fact]) -> set[UUID]:
    """Enter the dates that the shop told into the ledger; the orders they belong to."""
    rows = {}
    for fact in facts:
        if isinstance(fact, PromiseMade):
            order = order_id(brand_id, fact.source, fact.order_id)
            entry = ids.mirrored_event(fact.happened_at, brand_id, "promise", order, fact.surface, fact.latest)
            told = (
                fact.earliest,
                fact.latest,
                Promise.SHOP,
                fact.surface,
                fact.happened_at,
                None,
                "the shop's own",
                0,
                "",
            )
            rows[entry] = (entry, brand_id, order, None, *told)
    bulk.merge("promises_promise", PROMISE_COLUMNS, [rows[key] for key in sorted(rows)])
    return {row[2] for row in rows.values()}


def believe(subject: Subject, tables: Taught, promised: date | None, now: datetime) -> Window | None:
    """When it will arrive, as we believe at `now`; None where neither we nor the carrier know anything about that.

    Before it leaves, whole orders say so; on the road the transit does, and never sooner than the carrier itself.
    """
    row, zone = subject.row, subject.zone
    left = row.handed_over_at.astimezone(zone).date() if row.handed_over_at else None
    placed, today = row.placed_at.astimezone(zone).date(), now.astimezone(zone).date()
    estimate = row.estimate_latest if row.estimate_latest and row.estimate_latest >= today else None
    if not tables.knows_speed:
        return _told_by_carrier(estimate) if estimate else None
    if left is not None and tables.road is not None:
        return _believe(tables.road, subject.lane, row.country, left, estimate, today, None)
    return _believe(tables.order, subject.lane, row.country, placed, estimate, today, promised)


def _told_by_carrier(estimate: date) -> Window:
    return Window(earliest=estimate, latest=estimate, likely=estimate, basis="the carrier's estimate", version=0)


# Days alone count, so what was placed and left alike is believed alike. A table once taught never changes.
@lru_cache(maxsize=16_384)
def _believe(
    pace: Pace, lane: Lane, country: str, start: date, estimate: date | None, today: date, promised: date | None
) -> Window:
    believed = _window(pace, lane, country, start, today, promised)
    if estimate is None or estimate <= believed.latest:
        return believed
    surer = max(believed.p95 or estimate, estimate)
    return replace(believed, latest=estimate, p95=surer, basis="the carrier's estimate")


def _window(pace: Pace, lane: Lane, country: str, start: date, today: date, promised: date | None) -> Window:
    return window(
        pace,
        lane=lane,
        start=min(start, today),
        today=today,
        promised=promised,
        calendar=calendar(country),
        shares=(1 - CONFIDENCE, CONFIDENCE),
    )


def keep_forecasts(
    brand_id: UUID, order_ids: Sequence[UUID], beliefs: Iterable[tuple[Subject, Window]], now: datetime
) -> None:
    """Write down all that we believe of these orders, so that pages and notices say the same.

    What is believed still stays as it is; what is believed no longer (it has arrived, or never will) goes.
    """
    known = _forecasts(brand_id, order_ids)
    rows = {}
    for subject, w in beliefs:
        belief = (w.earliest, w.latest, w.likely, w.basis[:200], w.version, w.p80, w.p95)
        if known.pop(subject.id, None) != belief:
            rows[subject.id] = (subject.id, brand_id, subject.order_id, now, *belief)
    if known:
        with bulk.cursor() as at:
            at.execute("DELETE FROM promises_forecast WHERE id = ANY(%s::uuid[])", [bulk.array(known)])
    bulk.merge("promises_forecast", FORECAST_COLUMNS, list(rows.values()), overwrite=True)


def _forecasts(brand_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, tuple[object, ...]]:
    with bulk.cursor() as at:
        at.execute(FORECASTS, [brand_id, bulk.array(order_ids)], binary=True)
        return {row[0]: row[1:] for row in at.fetchall()}


def tell(
    brand: Brand,
    order: UUID,
    believed: Window,
    *,
    surface: str,
    at: datetime,
    why: str = "",
) -> Promise:
    """Enter a date that we told a customer ourselves."""
    return Promise.objects.create(
        id=ids.new(at),
        brand=brand,
        order_id=order,
        earliest=believed.earliest,
        latest=believed.latest,
        made_by=Promise.US,
        surface=surface,
        told_at=at,
        confidence=CONFIDENCE,
        basis=believed.basis[:200],
        version=believed.version,
        why=why,
    )


def first_promises(brand_id: UUID, told: Sequence[tuple[Subject, Window]], now: datetime) -> None:
    """Where the shop promised nothing, the page does: the window that we believe at the first look."""
    rows = {}
    for subject, believed in told:
        entry = ids.mirrored_event(subject.row.placed_at, brand_id, "first promise", subject.order_id)
        words = (Promise.US, "page", now, CONFIDENCE, believed.basis[:200], believed.version, "")
        rows[entry] = (entry, brand_id, subject.order_id, None, believed.earliest, believed.latest, *words)
    bulk.merge("promises_promise", PROMISE_COLUMNS, [rows[key] for key in sorted(rows)])


def stale(brand: Brand, now: datetime) -> bool:
    """Whether a whole day has passed that the brand's tables have not learned from."""
    learned = Learned.objects.filter(brand=brand, stage=Learned.ORDER).values_list("table__day", flat=True).first()
    yesterday = now.astimezone(ZoneInfo(brand.time_zone)).date() - timedelta(days=1)
    return learned is None or date.fromisoformat(str(learned)) < yesterday
