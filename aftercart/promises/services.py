from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays as public_holidays

from aftercart.brands.models import Brand
from aftercart.facts import Fact, PromiseMade
from aftercart.orders.journey import HUB
from aftercart.orders.rules import order_id
from aftercart.plumbing import bulk, ids
from aftercart.promises.calendars import Calendar
from aftercart.promises.expectations import NO_DAYS, Start
from aftercart.promises.lanes import Lane
from aftercart.promises.milestones import Milestones, Stand, Standing, milestone
from aftercart.promises.models import Learned, Outcome, Promise
from aftercart.promises.outlook import CLEAR, Outlook
from aftercart.promises.queries import Subject
from aftercart.promises.repromise import USUAL
from aftercart.promises.rules import FREE, Held, Speed, Window, window
from aftercart.promises.taught import Taught as Taught
from aftercart.promises.taught import taught as taught

PLACED: frozenset[type[Fact]] = frozenset({PromiseMade})

PROMISE_COLUMNS = (
    "id", "brand_id", "order_id", "parcel_id", "earliest", "latest", "made_by", "surface", "told_at", "confidence",
    "basis", "version", "why",
)  # fmt: skip
FORECAST_COLUMNS = (
    "id", "brand_id", "order_id", "made_at", "earliest", "latest", "likely", "basis", "version", "confidence",
    "p80", "p95", "renewed_latest", "because", "leaves_on",
    "note",
)  # fmt: skip
FORECASTS = """
SELECT id, earliest, latest, likely, basis, version, confidence, p80, p95, renewed_latest, because, leaves_on, note
FROM promises_forecast
WHERE brand_id = %s AND order_id = ANY(%s::uuid[])
"""

THE_CARRIERS = "the carrier's estimate"


@lru_cache(maxsize=256)
def calendar(country: str, closed: frozenset[date] = NO_DAYS) -> Calendar:
    """Public holidays of a country, ten years either side of now, and the brand's own; none where we know of none."""
    try:
        days = public_holidays.country_holidays(country, years=range(2015, 2036))
    except NotImplementedError:
        return Calendar(holidays=closed)
    return Calendar(holidays=closed.union(days))


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


@dataclass(frozen=True, slots=True)
class Belief:
    """What we believe about one subject, the last day to tell instead of the one told, and what moved it."""

    subject: Subject
    window: Window
    renewed: date | None
    start: Start


def believe(
    subject: Subject,
    tables: Taught,
    promised: date | None,
    now: datetime,
    *,
    confidence: float = USUAL.confidence,
    outlook: Outlook = CLEAR,
    held: Held = FREE,
    first: date | None = None,
) -> Window | None:
    """When it will arrive, as we believe at `now`; None where neither we nor the carrier know anything about that.

    Before it leaves, whole orders say so; on the road the transit does by its last milestone, and never sooner than the
    carrier itself. `held`: what a disruption takes from its progress; then that says more than where it stands.
    `first`: the first date that was told, which a later one of ours must not stretch.
    """
    row, zone = subject.row, subject.zone
    today = now.astimezone(zone).date()
    estimate = row.estimate_latest if row.estimate_latest and row.estimate_latest >= today else None
    if not tables.knows_speed:
        return _told_by_carrier(estimate) if estimate else None
    start, days = outlook.start(subject).day, calendar(row.country, outlook.closed(subject))
    if row.handed_over_at is not None and tables.left is not None:
        speed = standing(tables.left, tables.milestones, subject, today) if held == FREE else tables.left
        asked = first if tables.on_road else None  # `Pace` has learned the transit without
        ordered, left = (at.astimezone(zone).date() for at in (row.placed_at, row.handed_over_at))
        handling = (left - ordered).days if tables.on_road else None
        return _believe(speed, subject.lane, days, start, estimate, today, asked, confidence, held, handling)
    start = row.placed_at.astimezone(zone).date() if row.handed_over_at is not None else start
    return _believe(tables.placed, subject.lane, days, start, estimate, today, promised, confidence, held)


def standing(speed: Speed, milestones: Milestones, subject: Subject, today: date) -> Speed:
    """The speed of what stands where this parcel does."""
    row = subject.row
    at = milestone(
        row.state or "",
        subject.lane,
        town=row.order_city or "",
        seen_in=row.city or "",
        country=row.state_country or "",
        region=row.state_region or "",
    )
    since = row.moved_at or row.state_at if row.state in HUB else row.state_at
    if not at or since is None:
        return speed
    return Standing(speed, milestones, Stand(at, (today - since.astimezone(subject.zone).date()).days))


def on_the_road(
    tables: Taught, lane: Lane, country: str, left: date, today: date, *, confidence: float, held: Held = FREE
) -> Window:
    """What is believed of every parcel of a lane that left on that day, but for what its carrier says."""
    pace = tables.left or tables.placed
    return _believe(pace, lane, calendar(country), left, None, today, None, confidence, held)


def _told_by_carrier(estimate: date) -> Window:
    return Window(earliest=estimate, latest=estimate, likely=estimate, basis=THE_CARRIERS, version=0)


# Days alone count, so what was placed and left alike is believed alike. A table once taught never changes.
@lru_cache(maxsize=16_384)
def _believe(
    pace: Speed,
    lane: Lane,
    days: Calendar,
    start: date,
    estimate: date | None,
    today: date,
    promised: date | None,
    confidence: float,
    held: Held,
    before: int | None = None,
) -> Window:
    start += timedelta(days=held.lost)
    believed = window(
        pace,
        lane=lane,
        start=start,
        today=max(start, today),  # what counts from a later day is open on its morning
        promised=promised,
        calendar=days,
        shares=(1 - confidence, confidence),
        before=before,
    )
    if held.ahead:
        believed = _later(believed, held.ahead)
    if estimate is None or estimate <= believed.latest:
        return believed
    surer = max(believed.p95 or estimate, estimate)
    return replace(believed, latest=estimate, p95=surer, basis=THE_CARRIERS)


def _later(usual: Window, days: float) -> Window:
    """All of it later by these days: the first of it by no more, the last of it by no less."""
    return replace(
        usual,
        earliest=usual.earliest + timedelta(days=int(days)),
        likely=usual.likely + timedelta(days=round(days)),
        latest=usual.latest + timedelta(days=ceil(days)),
        p80=usual.p80 and usual.p80 + timedelta(days=ceil(days)),
        p95=usual.p95 and usual.p95 + timedelta(days=ceil(days)),
    )


def keep_forecasts(brand_id: UUID, order_ids: Sequence[UUID], beliefs: Iterable[Belief], now: datetime) -> None:
    """Write down all that we believe of these orders, so that pages and notices say the same.

    What is believed still stays as it is; what is believed no longer (it has arrived, or never will) goes.
    """
    known = _forecasts(brand_id, order_ids)
    rows = {}
    for one in beliefs:
        subject, w = one.subject, one.window
        window = (w.earliest, w.latest, w.likely, w.basis[:200], w.version, w.confidence, w.p80, w.p95)
        belief = (*window, one.renewed, one.start.because, one.start.leaves, one.start.note)
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


@dataclass(frozen=True, slots=True)
class Told:
    """A date that we told a customer ourselves."""

    order_id: UUID
    believed: Window
    surface: str
    why: str = ""


def tell(brand: Brand, told: Iterable[Told], *, at: datetime) -> list[Promise]:
    """Enter the dates that we told."""
    return Promise.objects.bulk_create([_entry(brand, one, at) for one in told])


def _entry(brand: Brand, told: Told, at: datetime) -> Promise:
    believed = told.believed
    return Promise(
        id=ids.new(at),
        brand=brand,
        order_id=told.order_id,
        earliest=believed.earliest,
        latest=believed.latest,
        made_by=_made_by(believed),
        surface=told.surface,
        told_at=at,
        confidence=believed.confidence,
        basis=believed.basis[:200],
        version=believed.version,
        why=told.why,
    )


def never_told(brand: Brand, orders: Collection[UUID], *, surface: str, at: datetime) -> None:
    """Strike from the ledger the dates entered `at` for messages (their surfaces begin so) that have never left."""
    rows = Promise.objects.filter(brand=brand, order_id__in=orders, surface__startswith=surface, told_at=at)
    struck = list(rows.values_list("id", flat=True))
    Outcome.objects.filter(brand=brand, id__in=struck).delete()
    rows.filter(id__in=struck).delete()


def _made_by(told: Window) -> str:
    """Whose date it is, whoever says it."""
    return Promise.CARRIER if told.basis == THE_CARRIERS else Promise.US


def first_promises(brand_id: UUID, told: Sequence[tuple[Subject, Window, str]], now: datetime) -> None:
    """Where the shop promised nothing, the page does: the window that we believe at the first look, and why."""
    rows = {}
    for subject, believed, why in told:
        entry = ids.mirrored_event(subject.row.placed_at, brand_id, "first promise", subject.order_id)
        said = (_made_by(believed), "page", now, believed.confidence)
        words = (*said, believed.basis[:200], believed.version, why)
        rows[entry] = (entry, brand_id, subject.order_id, None, believed.earliest, believed.latest, *words)
    bulk.merge("promises_promise", PROMISE_COLUMNS, [rows[key] for key in sorted(rows)])


def stale(brand: Brand, now: datetime) -> bool:
    """Whether a whole day has passed that the brand's tables have not learned from."""
    learned = Learned.objects.filter(brand=brand, stage=Learned.ORDER).values_list("table__day", flat=True).first()
    yesterday = now.astimezone(ZoneInfo(brand.time_zone)).date() - timedelta(days=1)
    return learned is None or date.fromisoformat(str(learned)) < yesterday
