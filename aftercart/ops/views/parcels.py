from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from aftercart.brands.services import viewed
from aftercart.look.access import Desk, operator, show
from aftercart.ops.outlook import outlook
from aftercart.ops.stories import drawn, of_parcel
from aftercart.orders.models import Order, Parcel
from aftercart.promises.keeping import in_force
from aftercart.promises.queries import destination_zone
from aftercart.story import queries
from aftercart.story.timeline import entries


@operator
@require_safe
def parcel(request: HttpRequest, desk: Desk, parcel_id: UUID) -> HttpResponse:
    found = get_object_or_404(Parcel, brand=desk.brand, id=parcel_id)
    order = get_object_or_404(Order, brand=desk.brand, id=found.order_id)
    of_order = queries.known(desk.brand, order)
    viewed(desk.brand, desk.user.get_username(), order.id, "order")
    known, promise = of_parcel(of_order, found), in_force(of_order.promises)
    seen = outlook(desk.brand, found, promise.latest if promise else None, desk.now)
    zone = seen.zone if seen else destination_zone(order.country, order.region, order.postal_code)
    context = {
        "parcel": found,
        "order": order,
        "known": known,
        "seen": seen,
        "forecast": known.forecasts[0] if known.forecasts else None,
        "promise": promise,
        "open": [concern for concern in known.concerns if concern.closed_at is None],
        "drawing": drawn(known, now=desk.now, zone=zone),
        "zone": zone.key,
        "entries": entries(known),
    }
    return show(request, desk, "ops/parcel.html", section="concerns", **context)
