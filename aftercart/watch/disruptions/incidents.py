"""Disruptions as rows: opened and closed as the charts say, once in each of the brand's days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.promises.calendars import DAY
from aftercart.watch.disruptions.reassess import reassess_scope
from aftercart.watch.disruptions.series import ALL, FEED_OUTAGE, Series
from aftercart.watch.disruptions.standing import BLIND, Disruption, affecting
from aftercart.watch.models import Disruption as Row
from aftercart.watch.models import Progress

if TYPE_CHECKING:
    from aftercart.watch.disruptions.monitor import Incident
    from aftercart.watch.disruptions.survey import Seen

KEPT = timedelta(days=42)  # of which the charts' days are written anew each time
PROGRESS = ("id", "brand_id", "part", "scope", "on", "observed", "expected", "statistic", "limit", "alarm")
FEED_IS_BACK = """
WITH over AS (
    UPDATE watch_concern SET closed_at = %(now)s, closed_by = 'the feed outage'
    WHERE brand_id = %(brand)s AND closed_at IS NULL AND kind = ANY(%(kinds)s) AND opened_at >= %(since)s
    RETURNING order_id
)
UPDATE watch_watch w SET look_at = %(now)s FROM (SELECT DISTINCT order_id FROM over) o WHERE w.id = o.order_id
"""


@dataclass(slots=True)
class Found:
    opened: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)


def open_disruptions(brand_id: UUID) -> list[Disruption]:
    """All that are not over, feed outages and drifts among them."""
    rows = Row.objects.filter(brand_id=brand_id, closed_at=None).order_by("opened_at")
    return [standing(row) for row in rows]


def feed_is_out(brand_id: UUID) -> bool:
    return Row.objects.filter(brand_id=brand_id, closed_at=None, kind=FEED_OUTAGE).exists()


def standing(row: Row) -> Disruption:
    return Disruption(id=row.id, kind=row.kind, series=Series(row.part, row.scope), began=row.began, slow=row.slow)


def due(brand: Brand, now: datetime) -> bool:
    """Whether a day of the brand's is over that the charts have not seen."""
    yesterday = now.astimezone(ZoneInfo(brand.time_zone)).date() - DAY
    last = Progress.objects.filter(brand=brand).order_by("-on").values_list("on", flat=True).first()
    return last is None or last < yesterday


@transaction.atomic
def look_for_disruptions(brand: Brand, now: datetime) -> Found:
    """Put the finished days through the charts; open, bring up to date and close what they say."""
    from aftercart.watch.disruptions.survey import survey  # numpy, which a server need not load to start

    today = now.astimezone(ZoneInfo(brand.time_zone)).date()
    seen = survey(brand, now, since=today - KEPT)
    _keep_progress(brand.id, seen.days, today - DAY)
    known = {(row.kind, row.part, row.scope): row for row in Row.objects.filter(brand=brand, closed_at=None)}
    found = Found()
    for incident in seen.open:
        row = known.pop((incident.kind, incident.series.kind, incident.series.name), None)
        if row is None:
            row = _row(brand, incident, now)
            found.opened.append(row)
        _bring_up_to_date(row, incident)
        _apply(brand, row, now)
    for row in known.values():
        row.closed_at = now
        _apply(brand, row, now)
        found.closed.append(row)
    return found


def _keep_progress(brand_id: UUID, days: Iterable[Seen], until: date) -> None:
    """The days of the charts that show; and yesterday for the network even where it has no chart yet: it was seen."""
    rows = {
        (one.series, one.on): (
            ids.mirrored(brand_id, "progress", *one.series, one.on),
            brand_id,
            *one.series,
            one.on,
            one.observed,
            one.expected,
            one.statistic,
            one.limit,
            one.alarm,
        )
        for one in days
    }
    if (ALL, until) not in rows:
        rows[ALL, until] = (
            ids.mirrored(brand_id, "progress", *ALL, until), brand_id, *ALL, until, 0.0, 0.0, 0.0, 0.0, False,
        )  # fmt: skip
    bulk.merge("watch_progress", PROGRESS, list(rows.values()), overwrite=True)


def _row(brand: Brand, incident: Incident, now: datetime) -> Row:
    part, scope = incident.series
    return Row(id=ids.new(now), brand=brand, kind=incident.kind, part=part, scope=scope, opened_at=now)


def _bring_up_to_date(row: Row, incident: Incident) -> None:
    row.began, row.slow = incident.began, min(incident.slow, 1.0)
    row.observed, row.expected = incident.observed, incident.expected
    row.statistic, row.limit = incident.statistic, incident.limit


def _apply(brand: Brand, row: Row, now: datetime) -> None:
    """What it means for the parcels in it, at once."""
    over = row.closed_at is not None
    if affecting([standing(row)]):
        parcels = reassess_scope(brand, standing(row), now, over=over)
        row.parcels = row.parcels if over else parcels
    elif over:
        row.all_clear_at = now  # nobody was told
    row.save()
    if over and row.kind == FEED_OUTAGE:
        with bulk.cursor() as at:
            known = {"brand": brand.id, "now": now, "kinds": list(BLIND), "since": row.opened_at}
            at.execute(FEED_IS_BACK, known)
