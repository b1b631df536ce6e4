"""The page on which a customer tells the courier what it needs. Only whoever holds the whole link may."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aftercart.brands.models import Brand
from aftercart.selfservice import limits, presenting, services
from aftercart.selfservice.cards import Card
from aftercart.selfservice.forms import AddressForm
from aftercart.selfservice.opening import opened
from aftercart.selfservice.queries import Picture
from aftercart.selfservice.showing import show
from aftercart.selfservice.speaking import language_of, reader_of
from aftercart.selfservice.views import TOO_MANY


# Exempt: the link is the proof, and nobody is logged in.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, brand: str, token: str, parcel: UUID | None = None) -> HttpResponse:
    """Of this parcel, else of the first that waits for it. Where none does any more, the page of the order says so."""
    shop = get_object_or_404(Brand, slug=brand)
    order = opened(request, shop, token)
    if isinstance(order, HttpResponse):
        return order
    picture = order.picture
    language = language_of(request, shop, picture.locale)
    there = HttpResponseRedirect(reverse("selfservice:track", args=[brand, token]) + f"?lang={language}#answer")
    with override(language):
        reader = reader_of(shop, picture, language)
        card = _waiting(presenting.page(picture, reader, full=order.link.full), parcel)
        if card is None:
            return there
        form = _form(request, shop, picture, card)
        if request.method == "POST":
            if not limits.may_report(shop, limits.address_of(request), str(picture.id)):
                return show(request, "too_often.html", shop, language, TOO_MANY, token=token, number=picture.number)
            if form.is_valid():
                by = request.user.get_username() if request.user.is_authenticated else ""
                services.correct(shop, picture, card.id, form.given, at=reader.now, by=by)
                return there
        return show(
            request, "address.html", shop, language, form=form, token=token, number=picture.number,
            carrier=card.carrier or _("The carrier"), country=reader.country(picture.country),
        )  # fmt: skip


def _waiting(page: presenting.Page, parcel: UUID | None) -> Card | None:
    """The part of the order that waits for what is told here, or whose customer may still change it."""
    cards = [card for card in page.cards if card.act and card.act.ours and card.act.label]
    first = sorted(cards, key=lambda card: card.id != page.first.id)
    return next((card for card in first if parcel in (None, card.id)), None)


def _form(request: HttpRequest, shop: Brand, picture: Picture, card: Card) -> AddressForm:
    if request.method == "POST":
        return AddressForm(request.POST, country=picture.country)
    return AddressForm(initial=services.known_address(shop, picture, card.id), country=picture.country)
