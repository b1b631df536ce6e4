"""The order that a customer's link opens, or the page that says why it opens none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from aftercart.brands.models import Brand
from aftercart.people.links import Expired, Link, Unreadable, read_tracking_token
from aftercart.selfservice import queries, services
from aftercart.selfservice.forms import FindOrder
from aftercart.selfservice.queries import Picture
from aftercart.selfservice.showing import show
from aftercart.selfservice.speaking import language_of

NOT_FOUND, GONE = 404, 410


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link allows, and the order as it stands."""

    link: Link
    picture: Picture


def opened(request: HttpRequest, brand: Brand, token: str) -> Opened | HttpResponse:
    try:
        link = read_tracking_token(brand, token)
    except Expired as old:
        return _expired(request, brand, token, old.link.order_id)
    except Unreadable:
        return unreadable(request, brand)
    picture = queries.picture(brand, link.order_id)
    return Opened(link, picture) if picture else unreadable(request, brand)


def unreadable(request: HttpRequest, brand: Brand) -> HttpResponse:
    """For a link that is none of ours."""
    language = language_of(request, brand)
    return show(request, "find.html", brand, language, NOT_FOUND, form=FindOrder(), broken_link=True)


def _expired(request: HttpRequest, brand: Brand, token: str, order_id: UUID) -> HttpResponse:
    to = queries.recipient(brand, order_id)
    language = language_of(request, brand, to.locale if to else "")
    address = services.masked(to.email) if to else ""
    return show(request, "expired.html", brand, language, GONE, token=token, address=address)
