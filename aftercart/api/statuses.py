"""`GET /api/v1/orders/status`: how an order stands, for the shop's own thank-you and order status pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Query, Router, Schema
from pydantic import Field

from aftercart.api.doors import Door, enter
from aftercart.api.errors import ApiError, Failed
from aftercart.api.quotes import preflight
from aftercart.api.saying import language_of
from aftercart.brands.models import Brand
from aftercart.brands.storefronts import proves
from aftercart.orders.models import Order
from aftercart.selfservice import limits, services
from aftercart.selfservice.brief import brief
from aftercart.selfservice.queries import Picture, picture
from aftercart.selfservice.speaking import reader_of

SURFACE = "shop page"

router = Router(tags=["orders"])


class OrderAsked(Schema):
    """Which order, and the proof that the shop itself showed this page for it."""

    order: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="The shop's own id of the order.")
    proof: Annotated[str, Field(max_length=64)] = Field(
        description="HMAC-SHA256 of `order` by the key's secret, in hexadecimal."
    )
    language: Annotated[str, Field(max_length=35)] = Field("", description="Of the texts; else the order's.")


class Status(Schema):
    """No name, no address, no town, no amount, no tracking number."""

    state: str = Field(description="arriving, today, late, delivered …: as the tracking page says it.")
    tone: str = Field(description="good, watch, late, act or done.")
    text: str = Field(description="The sentence to show.")
    earliest: date | None = Field(description="The first day on which it may arrive, where one is believed.")
    latest: date | None = Field(description="The last.")
    parcels: int = Field(description="In how many it comes; the sentence is about the one that matters most.")
    link: str = Field(description="Where the customer finds the rest, by order number and e-mail or postcode.")
    link_text: str
    language: str = Field(description="Of `text` and `link_text`.")


@router.get(
    "/orders/status",
    response={200: Status, 400: Failed, 401: Failed, 403: Failed, 404: Failed, 429: Failed},
    operation_id="order_status",
    summary="How does this order stand?",
)
def asked(request: HttpRequest, key: Query[str], ask: Query[OrderAsked]) -> Any:
    """Answers pages of the key's origins that hold the shop's proof for the order. It counts as a look at the order.

    An order that is not known and a proof that is wrong get the same answer.
    """
    door = enter(request, key)
    found = _order(door, ask)
    language = language_of(request, ask.language or found.locale, door.brand.language)
    reader = reader_of(door.brand, found, language)
    found = services.with_patience(door.brand, found, reader)
    with override(language):
        told = brief(found, reader)
        link_text = _("Where is my order?")
    visitor = limits.hashed("visitor", limits.address_of(request) + request.headers.get("User-Agent", ""))
    services.looked(door.brand, found, told.shown, visitor, reader.now, surface=SURFACE)
    return {
        "state": told.state,
        "tone": told.tone,
        "text": told.text,
        "earliest": told.window and told.window.earliest,
        "latest": told.window and told.window.latest,
        "parcels": told.parcels,
        "link": _find(door.brand, language),
        "link_text": link_text,
        "language": language,
    }


def _order(door: Door, ask: OrderAsked) -> Picture:
    ids = []
    if proves(door.key, ask.order, ask.proof):
        ids = list(Order.objects.filter(brand=door.brand, external_id=ask.order).values_list("id", flat=True)[:2])
    # Two systems may each have an order of that id; which of them is meant nobody can say.
    shown = picture(door.brand, ids[0]) if len(ids) == 1 else None
    if shown is None:
        raise ApiError(404, "not_found", "no_such_order", "There is no such order, or the proof is not for it.")
    return shown


def _find(brand: Brand, language: str) -> str:
    """The page that asks who wants to know: the customer's own link would open address and amounts."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('selfservice:find', args=[brand.slug])}?lang={language}"


router.api_operation(["OPTIONS"], "/orders/status", include_in_schema=False)(preflight)
