from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from aftercart.brands.services import viewed
from aftercart.look.access import Desk, operator, show
from aftercart.ops.exports import LIMIT, as_csv
from aftercart.ops.forms import NoticeFilter, SilenceFilter
from aftercart.ops.queries import notices as queries
from aftercart.outbox.services import cancel, release
from aftercart.story.rules import kind_in_words

HEAD = ("made", "sent", "state", "reason", "about", "channel", "order", "customer", "address", "subject", "message id")


@operator
@require_safe
def notices(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = NoticeFilter(request.GET)
    listed = queries.listed(desk.brand, form.wanted(), form.after)
    return show(request, desk, "ops/notices.html", section="notices", form=form, listed=listed)


@operator
@require_safe
def notice(request: HttpRequest, desk: Desk, notice_id: UUID) -> HttpResponse:
    found = queries.one(desk.brand, notice_id)
    if found is None:
        raise Http404("No such notice")
    acts = queries.acts(desk.brand, notice_id)
    viewed(desk.brand, desk.user.get_username(), notice_id, "notice")
    return show(request, desk, "ops/notice.html", section="notices", notice=found, acts=acts)


@operator
@require_POST
def releases(request: HttpRequest, desk: Desk, notice_id: UUID) -> HttpResponse:
    """Send a parked notice after all."""
    if release(desk.brand, notice_id, desk.user.get_username()):
        messages.success(request, "It is due now: the next round of sending takes it.")
    else:
        messages.error(request, "Not changed: only a parked notice can be sent again.")
    return redirect("ops:notice", desk.brand.slug, notice_id)


@operator
@require_POST
def cancellations(request: HttpRequest, desk: Desk, notice_id: UUID) -> HttpResponse:
    """Never send a due or parked notice."""
    reason = " ".join(request.POST.get("reason", "").split())
    if not reason:
        messages.error(request, "Not changed: say why it shall not be sent.")
    elif cancel(desk.brand, notice_id, reason, desk.user.get_username()):
        messages.success(request, "It will not be sent.")
    else:
        messages.error(request, "Not changed: it was sent already, or is being sent.")
    return redirect("ops:notice", desk.brand.slug, notice_id)


@operator
@require_safe
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    viewed(desk.brand, desk.user.get_username(), "notices", "export")
    rows = queries.everything(desk.brand, NoticeFilter(request.GET).wanted(), limit=LIMIT)
    return as_csv(f"notices-{desk.brand.slug}", HEAD, (_cells(row) for row in rows))


def _cells(row: queries.Row) -> list[object]:
    sent = row.sent_at and row.sent_at.isoformat()
    return [
        row.created_at.isoformat(), sent, row.state, row.reason, kind_in_words(row.kind), row.channel, row.number,
        row.name, row.address, row.subject, row.message_id,
    ]  # fmt: skip


@operator
@require_safe
def silences(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Decisions not to speak, and why."""
    form = SilenceFilter(request.GET)
    listed = queries.silences(desk.brand, form.wanted(), form.after)
    return show(request, desk, "ops/silences.html", section="notices", form=form, listed=listed)
