"""Where an operator arrives: at the brand they last looked at."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aftercart.look.access import LAST, visible


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _open(request, "ops:overview")


@login_required
@require_safe
def section(request: HttpRequest, name: str) -> HttpResponse:
    return _open(request, name)


def _open(request: HttpRequest, name: str) -> HttpResponse:
    slugs = list(visible(cast(User, request.user)).values_list("slug", flat=True))
    if not slugs:
        return render(request, "ops/no_brand.html", status=404)
    last = request.session.get(LAST)
    return redirect(name, last if last in slugs else slugs[0])


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "ops/front.html")
