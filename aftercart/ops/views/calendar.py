from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from aftercart.brands import calendar
from aftercart.brands.models import CalendarEntry
from aftercart.look.access import Desk, operator, show
from aftercart.ops.entry_form import EntryForm
from aftercart.ops.strip import strip
from aftercart.watch.services import look_again


@operator
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the calendar says, and the form for something new; a POST enters it."""
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        (made,) = calendar.add(desk.brand, [form.entry], at=desk.now, by=desk.user.get_username())
        look_again(desk.brand, desk.now)
        messages.success(request, f"{made.name} is in the calendar. Open orders are looked at again now.")
        return redirect("ops:calendar", desk.brand.slug)
    rows, today = calendar.listed(desk.brand), desk.now.astimezone(desk.zone).date()
    lasting = [row for row in rows if _holds(row, today)]
    context = {
        "form": form,
        "strip": strip(lasting, today=today),
        "lasting": sorted(lasting, key=lambda row: (row.begins, row.name)),
        "past": [row for row in rows if not _holds(row, today)],
        "today": today,
    }
    return show(request, desk, "ops/calendar.html", section="calendar", **context)


def _holds(row: CalendarEntry, today: date) -> bool:
    """In force, or to come; what was ended is past though orders may still wait for its day."""
    last = max(filter(None, (row.ends, row.ships_from if row.ended_at is None else None)), default=None)
    return last is None or last >= today


@operator
@require_POST
def ends(request: HttpRequest, desk: Desk, entry_id: UUID) -> HttpResponse:
    """End an entry for whatever is ordered from today on."""
    today = desk.now.astimezone(desk.zone).date()
    if calendar.end(desk.brand, entry_id, at=desk.now, today=today, by=desk.user.get_username()):
        look_again(desk.brand, desk.now)
        messages.success(request, "Ended. Enter it again if that was a slip.")
    else:
        messages.info(request, "Nothing changed: it was ended before.")
    return redirect("ops:calendar", desk.brand.slug)
