"""Merging and splitting: acts for which something has to be chosen first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from aftercart.desk.access import agent
from aftercart.desk.pages import back, render, side, undoable
from aftercart.desk.queries import searching, tickets
from aftercart.desk.views.ticket import ticket_of
from aftercart.look.access import Desk
from aftercart.tickets import acting
from aftercart.tickets.acting import NotPossible, Who
from aftercart.understanding.services import taxonomy


@agent
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Which ticket is the same problem: one of the same customer's, or one that is searched for."""
    row, here = ticket_of(desk, number), side(request, desk)
    if request.method == "POST":
        other = _other(request, desk)
        try:
            act = acting.merge(Who(desk.brand, desk.user.id), row.id, other, desk.now)
        except NotPossible as error:
            messages.error(request, f"Not merged: {error.reason}.")
        else:
            undoable(request, act.id, f"Merged into #{row.number}.", here)
        return back(here, row.number)
    text = request.GET.get("find", "").strip()
    found = [one for one in searching.search(desk.brand, text).rows if one.id != row.id] if text else []
    past = tickets.around(desk.brand, row).past
    return render(request, desk, "desk/merge.html", here, ticket=row, find=text, found=found, past=past)


def _other(request: HttpRequest, desk: Desk) -> UUID:
    number = request.POST.get("other", "").removeprefix("#")
    found = tickets.by_number(desk.brand, int(number)) if number.isdecimal() else None
    if found is None:
        raise Http404("No such ticket")
    return found.id


@agent
@require_POST
def split(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """The chosen messages become a ticket of their own."""
    row, here = ticket_of(desk, number), side(request, desk)
    cause = request.POST.get("cause", "")
    if cause and cause not in taxonomy(desk.brand):
        raise Http404("No such cause")
    try:
        chosen = [UUID(one) for one in request.POST.getlist("messages")]
        act = acting.split(Who(desk.brand, desk.user.id), row.id, chosen, desk.now, cause=cause)
    except NotPossible as error:
        messages.error(request, f"Not split: {error.reason}.")
    except ValueError:
        raise Http404("No such message") from None
    else:
        undoable(request, act.id, f"Split off #{row.number}.", here)
    return back(here, row.number)
