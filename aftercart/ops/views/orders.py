from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from aftercart.brands.services import viewed
from aftercart.look.access import Desk, operator, show
from aftercart.ops.queries import concerns
from aftercart.outreach.corrections import services as corrections
from aftercart.people.links import tracking_url
from aftercart.story import queries
from aftercart.story.timeline import entries
from aftercart.story.troubles import troubles_of


@operator
@require_safe
def order(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    found = get_object_or_404(queries.watched(desk.brand), id=order_id)
    known = queries.known(desk.brand, found)
    viewed(desk.brand, desk.user.get_username(), order_id, "order")
    context = {
        "order": found,
        "known": known,
        "entries": entries(known),
        "open": [concern for concern in known.concerns if concern.closed_at is None],
        "given": list({row.parcel_id: row for row in known.corrections}.values()),
        "weighed": concerns.weighed(desk.brand, found.id),
        "promise": known.promises[-1] if known.promises else None,
        "troubles": troubles_of(desk.brand, found, known.parcels),
        "page": tracking_url(desk.brand, found.id),
    }
    return show(request, desk, "ops/order.html", section="concerns", **context)


@operator
@require_POST
def passed_on(request: HttpRequest, desk: Desk, order_id: UUID, correction_id: UUID) -> HttpResponse:
    """The carrier has what the customer told us."""
    if corrections.passed_on(desk.brand, correction_id, at=desk.now, by=desk.user.get_username()):
        messages.success(request, "The customer sees now that the carrier has it.")
    else:
        messages.error(request, "Not changed: it was passed on before, or the customer has changed it meanwhile.")
    return redirect("ops:order", desk.brand.slug, order_id)


@operator
@require_safe
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    text = request.GET.get("q", "")
    found = queries.find(desk.brand, text)
    if len(found) == 1:
        return redirect("ops:order", desk.brand.slug, found[0].id)
    return show(request, desk, "ops/search.html", section="search", text=text, found=found)
