from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from aftercart.brands.services import viewed
from aftercart.intake.models import Delivery
from aftercart.intake.sealed import SealError
from aftercart.look.access import Desk, operator, show
from aftercart.ops import services
from aftercart.ops.forms import InboxFilter
from aftercart.ops.queries import inbox
from aftercart.ops.reading import Reading, download
from aftercart.ops.rules import masked


@operator
@require_safe
def deliveries(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = InboxFilter(request.GET)
    wanted = form.wanted()
    listed = inbox.listed(desk.brand, wanted, form.after)
    replayable = wanted.state == Delivery.QUARANTINED and bool(listed.rows)
    return show(
        request, desk, "ops/inbox.html", section="inbox", form=form, listed=listed, wanted=wanted, replayable=replayable
    )


@operator
@require_safe
def delivery(request: HttpRequest, desk: Desk, delivery_id: UUID) -> HttpResponse:
    found = get_object_or_404(Delivery, brand=desk.brand, id=delivery_id)
    payload = inbox.payload(desk.brand, delivery_id)
    if payload:
        viewed(desk.brand, desk.user.get_username(), delivery_id, "delivery")
    context = {
        "delivery": found,
        "faults": inbox.faults(desk.brand, delivery_id),
        "headers": masked(payload.headers) if payload else {},
        "reading": Reading.of(found, payload) if payload else None,
        "sealed": payload is not None and payload.sealed,
    }
    return show(request, desk, "ops/delivery.html", section="inbox", **context)


@operator
@require_safe
def body(request: HttpRequest, desk: Desk, delivery_id: UUID) -> HttpResponse:
    """The bytes, as a file: what a stranger sent is never shown as a page of ours."""
    payload = inbox.payload(desk.brand, delivery_id)
    if payload is None:
        raise Http404("No such delivery")
    try:
        content = download(payload)
    except SealError as error:
        raise Http404(f"It cannot be opened: {error}") from None
    viewed(desk.brand, desk.user.get_username(), delivery_id, "delivery")
    name = f'attachment; filename="{delivery_id}.bin"'
    return HttpResponse(content, content_type="application/octet-stream", headers={"Content-Disposition": name})


@operator
@require_POST
def replay(request: HttpRequest, desk: Desk, delivery_id: UUID) -> HttpResponse:
    if services.replay_one(desk.brand, delivery_id, by=desk.user.get_username()):
        messages.success(request, "It waits to be read again: the worker takes it next.")
    else:
        messages.info(request, "Nothing to replay: it is waiting to be read already.")
    return redirect("ops:delivery", desk.brand.slug, delivery_id)


@operator
@require_POST
def replays(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Replay all that is in quarantine and matches the filter that is posted."""
    form = InboxFilter(request.POST)
    if form.errors:
        return HttpResponseBadRequest(f"Nothing was replayed: {form.errors.as_text()}", content_type="text/plain")
    count = services.replay_quarantined(desk.brand, form.wanted(), by=desk.user.get_username())
    noun = "delivery waits" if count == 1 else "deliveries wait"
    messages.success(request, f"{count:,} {noun} to be read again. What fails again comes back to quarantine.")
    return redirect("ops:inbox", desk.brand.slug)


@operator
@require_safe
def unknown(request: HttpRequest, desk: Desk) -> HttpResponse:
    return show(request, desk, "ops/unknown.html", section="unknown", sources=inbox.unknown_words(desk.brand))
