"""Who may work the desk: staff of the brand who answer its customers, or lead those who do."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from aftercart.look.access import Desk, Page, Params, View, operator

ROLES = frozenset({"agent", "lead", "operations", "superuser"})


def agent(page: Page[Params]) -> View:
    """As `operator`; for whoever's role is another, the desk does not exist."""

    @operator
    @wraps(page)
    def view(request: HttpRequest, desk: Desk, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if desk.role not in ROLES:
            raise Http404("No such desk")
        return page(request, desk, *args, **kwargs)

    return view
