from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from aftercart.brands.models import Brand
from aftercart.ops.access import Desk, operator, show
from aftercart.ops.exports import as_csv
from aftercart.ops.queries import disruptions as queries
from aftercart.ops.trouble import class_in_words, days_drawn, evidence_drawn, scope_in_words
from aftercart.orders.models import Order, Parcel
from aftercart.promises.queries import lane
from aftercart.watch.disruptions.incidents import standing
from aftercart.watch.disruptions.standing import affecting, disruption_of
from aftercart.watch.models import Disruption
from aftercart.watch.worries.view import MOVING

HEAD = (
    "class", "scope", "began", "opened", "closed", "observed", "expected", "share of usual", "evidence", "alarm line",
    "parcels",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A disruption as its card shows it."""

    row: Disruption
    scope: str
    about: str
    drawn: SafeString

    @property
    def share(self) -> int:
        return round(self.row.slow * 100)


@operator
@require_safe
def disruptions(request: HttpRequest, desk: Desk) -> HttpResponse:
    shown = [_shown(desk, row) for row in queries.open_ones(desk.brand)]
    past = [_told(row) for row in queries.past(desk.brand)]
    return show(request, desk, "ops/disruptions.html", section="disruptions", open=shown, past=past)


@operator
@require_safe
def disruption(request: HttpRequest, desk: Desk, disruption_id: UUID) -> HttpResponse:
    row = get_object_or_404(Disruption, brand=desk.brand, id=disruption_id)
    days = queries.days(desk.brand, row)
    slows = bool(affecting([standing(row)]))
    count, parcels = queries.affected(desk.brand, row) if slows and row.closed_at is None else (0, [])
    scope = scope_in_words(row.part, row.scope)
    return show(
        request,
        desk,
        "ops/disruption.html",
        section="disruptions",
        shown=_shown(desk, row),
        slows=slows,
        evidence=mark_safe(evidence_drawn(days, title=f"Evidence that {scope} is slow, by day")),
        parcels=parcels,
        count=count,
        told=queries.told(desk.brand, row),
    )


@operator
@require_safe
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    rows = [*queries.open_ones(desk.brand), *queries.past(desk.brand)]
    return as_csv(f"disruptions-{desk.brand.slug}", HEAD, (_cells(row) for row in rows))


def open_now(desk: Desk) -> list[Shown]:
    """For the overview: each in a line."""
    return [_told(row) for row in queries.open_ones(desk.brand)]


def troubles_of(brand: Brand, order: Order, parcels: Iterable[Parcel]) -> list[Shown]:
    """The disruptions that an order's parcels are in: a line each for whoever answers its customer."""
    rows = {row.id: row for row in queries.open_ones(brand)}
    open_ones = affecting(standing(row) for row in rows.values())
    found = {}
    for parcel in parcels if open_ones else ():
        if parcel.handed_over_at is not None and parcel.delivered_at is None and parcel.state in MOVING:
            origin = parcel.origin_country or order.origin_country
            at = lane(parcel.carrier, parcel.service or order.service, origin, "", order.country, order.region)
            one = disruption_of(open_ones, at, parcel.carrier, parcel.city)
            if one is not None:
                found[one.id] = _told(rows[one.id])
    return list(found.values())


def _shown(desk: Desk, row: Disruption) -> Shown:
    shown = _told(row)
    days = queries.days(desk.brand, row)
    title = f"Parcels of {shown.scope} that moved on, against what is usual, by day"
    return Shown(row, shown.scope, shown.about, mark_safe(days_drawn(days, title=title, since=row.began)))


def _told(row: Disruption) -> Shown:
    return Shown(row, scope_in_words(row.part, row.scope), class_in_words(row.kind), SafeString())


def _cells(row: Disruption) -> list[object]:
    closed = row.closed_at and row.closed_at.isoformat()
    return [
        row.kind, scope_in_words(row.part, row.scope), row.began.isoformat(), row.opened_at.isoformat(), closed,
        round(row.observed, 1), round(row.expected, 1), round(row.slow, 3), round(row.statistic, 2),
        round(row.limit, 2), row.parcels,
    ]  # fmt: skip
