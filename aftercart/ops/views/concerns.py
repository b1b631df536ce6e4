from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from aftercart.brands.services import viewed
from aftercart.look.access import Desk, operator, show
from aftercart.ops.exports import LIMIT, as_csv
from aftercart.ops.forms import ConcernFilter
from aftercart.ops.queries import concerns as queries
from aftercart.story.rules import evidence_in_words, kind_in_words, lane_in_words, who

HEAD = (
    "order", "customer", "concern", "since", "closed", "carrier", "lane", "country", "town", "tracking number",
    "evidence", "said", "said at", "not said because", "expected cost", "currency", "contact within 1 day",
    "contact within 3 days", "contact within 7 days", "what makes it so",
)  # fmt: skip


@operator
@require_safe
def concerns(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = ConcernFilter(request.GET, desk.brand)
    listed = queries.listed(desk.brand, form.wanted(), now=desk.now, before=form.after)
    return show(request, desk, "ops/concerns.html", section="concerns", form=form, listed=listed)


@operator
@require_safe
def places(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where did they stop: the same concerns, by carrier and the town of the last scan."""
    form = ConcernFilter(request.GET, desk.brand)
    found = queries.places(desk.brand, form.wanted(), now=desk.now)
    form.fields.pop("sort")  # the fullest place is always first
    most = max((place.parcels for place in found), default=0)
    return show(request, desk, "ops/places.html", section="concerns", form=form, places=found, most=most)


@operator
@require_safe
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    form = ConcernFilter(request.GET, desk.brand)
    viewed(desk.brand, desk.user.get_username(), "concerns", "export")
    rows = queries.everything(desk.brand, form.wanted(), now=desk.now, limit=LIMIT)
    return as_csv(f"concerns-{desk.brand.slug}", HEAD, (_cells(row) for row in rows))


def _cells(row: queries.Row) -> list[object]:
    closed = row.closed_at and row.closed_at.isoformat()
    said_at = row.said_at and row.said_at.isoformat()
    return [
        row.number, who(row.name, row.email), kind_in_words(row.kind), row.opened_at.isoformat(), closed, row.carrier,
        lane_in_words(row.lane), row.country, row.city, row.tracking, evidence_in_words(row.evidence), row.said_state,
        said_at, row.silence, *_stakes(row),
    ]  # fmt: skip


def _stakes(row: queries.Row) -> list[object]:
    one = row.weighed
    if one is None:
        return [None] * 6
    return [one.amount(one.total), one.currency, *(round(chance, 4) for chance in one.chances), one.why]
