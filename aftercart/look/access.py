"""Who may see which brand's pages. A brand that is not yours does not exist for you."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from aftercart.brands.models import Brand, Member
from aftercart.plumbing import clock

Params = ParamSpec("Params")
LAST = "last-brand"


@dataclass(frozen=True, slots=True)
class Desk:
    """A brand as one operator sees it at one moment of the brand's time."""

    brand: Brand
    user: User
    now: datetime
    brands: Sequence[Brand] = ()  # all that this operator may see
    role: str = ""  # on the staff of the brand; a superuser needs none

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.brand.time_zone)

    @property
    def midnight(self) -> datetime:
        """When the brand's day began."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def driven(self) -> bool:
        return self.brand.clock_business is not None

    def week_before(self, at: datetime) -> datetime:
        """The same wall time a week earlier, across a change of the clocks too."""
        local = at.astimezone(self.zone)
        return (local.replace(tzinfo=None) - timedelta(days=7)).replace(tzinfo=self.zone)


Page = Callable[Concatenate[HttpRequest, Desk, Params], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def visible(user: User) -> QuerySet[Brand]:
    brands = Brand.objects.order_by("name")
    return brands if user.is_superuser else brands.filter(id__in=_member(user).values("brand_id"))


def _member(user: User, **of: Any) -> QuerySet[Member]:
    return Member.objects.filter(user=user, **of)


def operator(page: Page[Params]) -> View:
    """The page of a brand, named by its slug, for its staff; times on it are in the brand's zone."""

    @wraps(page)
    @login_required
    def view(request: HttpRequest, slug: str, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        user = cast(User, request.user)
        brands = list(visible(user).annotate(role=Subquery(_member(user, brand=OuterRef("id")).values("role"))))
        brand = next((one for one in brands if one.slug == slug), None)
        if brand is None:
            raise Http404("No such brand")
        if request.session.get(LAST) != brand.slug:
            request.session[LAST] = brand.slug
        role = brand.role or ("superuser" if user.is_superuser else "")
        desk = Desk(brand=brand, user=user, now=clock.business(brand), brands=brands, role=role)
        with timezone.override(desk.zone):
            return page(request, desk, *args, **kwargs)

    return view


def show(request: HttpRequest, desk: Desk, template: str, **context: Any) -> HttpResponse:
    """Render a page of the desk. `section` (in context) names the place in the rail."""
    shared = {"desk": desk, "brand": desk.brand, "brands": desk.brands}
    return render(request, template, shared | context)
