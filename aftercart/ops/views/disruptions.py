from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.ops.exports import as_csv
from aftercart.ops.queries import disruptions as queries
from aftercart.ops.trouble import days_drawn, evidence_drawn
from aftercart.story.rules import class_in_words, scope_in_words
from aftercart.story.troubles import open_ones
from aftercart.watch.disruptions.incidents import standing
from aftercart.watch.disruptions.standing import affecting
from aftercart.watch.models import Disruption

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
    shown = [_shown(desk, row) for row in open_ones(desk.brand)]
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
    rows = [*open_ones(desk.brand), *queries.past(desk.brand)]
    return as_csv(f"disruptions-{desk.brand.slug}", HEAD, (_cells(row) for row in rows))


def open_now(desk: Desk) -> list[Shown]:
    """For the overview: each in a line."""
    return [_told(row) for row in open_ones(desk.brand)]


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
