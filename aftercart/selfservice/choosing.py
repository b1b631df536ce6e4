"""What a customer wants to hear and where, and the short links of text messages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from aftercart.brands.models import Brand
from aftercart.people.links import Unreadable, read_choices
from aftercart.people.shortlinks import opened
from aftercart.plumbing import clock
from aftercart.selfservice import limits, wishes
from aftercart.selfservice.opening import unreadable
from aftercart.selfservice.showing import show
from aftercart.selfservice.speaking import language_of

NOT_FOUND, TOO_MANY = 404, 429


@never_cache
@require_safe
def short_link(request: HttpRequest, code: str, to: str = "track") -> HttpResponse:
    """From the link in a text message to the page of its order. Who guesses at such links is soon let try no more."""
    address = limits.address_of(request)
    with override(language_of(request)):
        if not limits.may_guess(address):
            return _plain(_("Too many wrong links were tried from here. Try again in an hour."), TOO_MANY)
        found = opened(code)
        if found is None:
            limits.guessed_wrong(address)
            return _plain(_("This link is not complete or not ours. Open it from the message again."), NOT_FOUND)
    brand, token = found
    return HttpResponseRedirect(reverse(f"selfservice:{to}", args=[brand.slug, token]))


def _plain(words: str, status: int) -> HttpResponse:
    """Where no brand is known whose page it could be."""
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)


# Exempt: the link is the proof, and nobody is logged in.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    """What a customer hears and where. Only whoever holds a link from a message may change it."""
    shop = get_object_or_404(Brand, slug=brand)
    try:
        link = read_choices(shop, token)
    except Unreadable:
        return unreadable(request, shop)
    found = wishes.wishes_of(shop, link.customer_id)
    if found is None or (request.method == "POST" and not link.full):
        return unreadable(request, shop)
    language = language_of(request, shop, found.customer.locale)
    if request.method == "POST":
        told = request.POST
        wishes.change(
            shop, found, shown=told.getlist("was"), on=told.getlist("on"), preferred=told.get("preferred", ""),
            at=clock.machine(),
        )  # fmt: skip
        here = reverse("selfservice:messages", args=[brand, token])
        return HttpResponseRedirect(f"{here}?lang={language}&kept=1")
    return show(
        request, "messages.html", shop, language, token=token, wishes=found, full=link.full, kept="kept" in request.GET
    )
