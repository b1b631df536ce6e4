from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from aftercart.desk.access import agent
from aftercart.desk.pages import FIRST, SEARCH, Side, render, side
from aftercart.desk.queries import queues
from aftercart.desk.queries.queues import BY_KEY
from aftercart.look.access import LAST, Desk, show, visible


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    slugs = list(visible(cast(User, request.user)).values_list("slug", flat=True))
    if not slugs:
        raise Http404("No brand has you on its staff")
    last = request.session.get(LAST)
    return redirect("desk:front", last if last in slugs else slugs[0])


@agent
@require_safe
def front(request: HttpRequest, desk: Desk) -> HttpResponse:
    return redirect("desk:queue", desk.brand.slug, FIRST)


@agent
@require_safe
def queue(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    if key not in BY_KEY:
        raise Http404("No such queue")
    return render(request, desk, "desk/queue.html", side(request, desk, key))


@agent
@require_safe
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = side(request, desk, SEARCH)
    rows = found.listed.rows
    # A bare number may be an order's as well; the only one of a later page is not the only one.
    if "after" not in request.GET and (len(rows) == 1 or (rows and found.text == f"#{rows[0].number}")):
        return redirect(found.ticket(rows[0].number))
    return render(request, desk, "desk/queue.html", found)


@agent
@require_safe
def news(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """What has changed in a queue since its list was drawn: a line above the list, and today's counts."""
    since = parse_datetime(request.GET.get("seen", ""))
    if key not in BY_KEY or since is None:
        raise Http404("No such queue")
    listed = queues.listed(desk.brand, BY_KEY[key], desk.user.id)
    here = Side(desk, key, "", listed, queues.counts(desk.brand, desk.user.id))
    opened = request.GET.get("open", "")
    told = {"fresh": _fresh(here, since, opened), "opened": opened, "seen": since.isoformat(), "swapped": True}
    return show(request, desk, "desk/_news.html", side=here, **told)


def _fresh(here: Side, since: datetime, opened: str) -> int:
    return sum(row.changed_at > since and str(row.number) != opened for row in here.listed.rows)
