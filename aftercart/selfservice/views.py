from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.look import themes
from aftercart.people.consent import MARKETING, is_refused
from aftercart.people.links import (
    Choices,
    Expired,
    Link,
    Unreadable,
    choices_token,
    read_stop,
    read_tracking_token,
    tracking_token,
)
from aftercart.plumbing import clock
from aftercart.selfservice import limits, presenting, queries, services
from aftercart.selfservice.forms import FindOrder
from aftercart.selfservice.opening import opened, unreadable
from aftercart.selfservice.showing import accent, show
from aftercart.selfservice.speaking import language_of, reader_of

NO_CONTENT, TOO_MANY = 204, 429


@require_safe
def theme(request: HttpRequest, brand: str) -> HttpResponse:
    found = get_object_or_404(Brand, slug=brand)
    response = HttpResponse(themes.stylesheet(accent(found)), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response


# Exempt: nobody is logged in here, and who refuses cookies must find an order too.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest, brand: str) -> HttpResponse:
    found = get_object_or_404(Brand, slug=brand)
    language = language_of(request, found)
    with override(language):
        form = FindOrder(request.POST or None)
        if not form.is_valid():
            return show(request, "find.html", found, language, form=form)
        number, proof = form.cleaned_data["number"], form.cleaned_data["proof"]
        if not limits.may_try(found, limits.address_of(request), number):
            form.add_error(None, _("Too many tries in this hour. Use the link in your messages, or try again later."))
            return show(request, "find.html", found, language, TOO_MANY, form=form)
        order_id = queries.find(found, number, proof)
        if order_id is None:
            form.add_error(None, _("We find no order with this number and this e-mail address or postcode."))
            return show(request, "find.html", found, language, form=form)
    token = tracking_token(found, Link(order_id, full=False))
    chosen = f"?lang={language}" if "lang" in request.GET else ""
    return HttpResponseRedirect(reverse("selfservice:track", args=[brand, token]) + chosen)


@never_cache
@require_safe
def track(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    found = get_object_or_404(Brand, slug=brand)
    order = opened(request, found, token)
    if isinstance(order, HttpResponse):
        return order
    picture = order.picture
    language = language_of(request, found, picture.locale)
    reader = reader_of(found, picture, language)
    picture = services.with_patience(found, picture, reader)
    with override(language):
        page = presenting.page(picture, reader, full=order.link.full)
    refreshing = "HX-Request" in request.headers
    if refreshing and request.GET.get("seen") == page.version:
        return HttpResponse(status=NO_CONTENT)
    # Staff who look see what the customer sees: no sign of worry, and nothing is told to the customer by it.
    if request.method == "GET" and not refreshing and not request.user.is_authenticated:
        visitor = limits.hashed("visitor", limits.address_of(request) + request.headers.get("User-Agent", ""))
        services.looked(found, picture, page, visitor, reader.now)
    template = "track.html#status" if refreshing else "track.html"
    choices = choices_token(found, Choices(picture.customer_id, order.link.full)) if picture.customer_id else ""
    return show(
        request, template, found, language, page=page, full=order.link.full, token=token, choices=choices,
        refreshing=refreshing,
    )  # fmt: skip


# Exempt: the link is the proof, and nobody is logged in.
@csrf_exempt
@never_cache
@require_POST
def received(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    """The customer misses what was delivered, or has found it. Only whoever holds the whole link may say so."""
    shop = get_object_or_404(Brand, slug=brand)
    order = opened(request, shop, token)
    if isinstance(order, HttpResponse):
        return order
    if not order.link.full:
        return unreadable(request, shop)
    picture = order.picture
    language = language_of(request, shop, picture.locale)
    if not limits.may_report(shop, limits.address_of(request), str(picture.id)):
        return show(request, "too_often.html", shop, language, TOO_MANY, token=token, number=picture.number)
    delivered = {str(p.id): p for p in picture.parcels if p.state is State.DELIVERED}
    if parcel := delivered.get(request.POST.get("parcel", "")):
        said = request.POST.get("say") == "found"
        services.report(shop, picture.id, parcel.number, found=said, at=clock.business(shop))
    return HttpResponseRedirect(reverse("selfservice:track", args=[brand, token]) + f"?lang={language}#answer")


# Exempt: mail programs post here by themselves (RFC 8058), and the link is the proof.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    """End such messages, or have them again. Only a POST does anything: mail programs look at links by themselves."""
    shop = get_object_or_404(Brand, slug=brand)
    try:
        link = read_stop(shop, token)
    except Unreadable:
        return unreadable(request, shop)
    if request.method == "POST":
        services.wish(shop, link, again=request.POST.get("say") == "again", at=clock.machine())
    stopped = is_refused(shop, link.address_hash, channel=link.channel, purpose=link.purpose)
    return show(
        request,
        "stop.html",
        shop,
        language_of(request, shop),
        token=token,
        stopped=stopped,
        asks=link.purpose == MARKETING,
        choices=choices_token(shop, Choices(link.customer_id, full=True)),
    )


@csrf_exempt
@never_cache
@require_POST
def fresh_link(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    found = get_object_or_404(Brand, slug=brand)
    try:
        order_id = read_tracking_token(found, token).order_id
    except Expired as old:
        order_id = old.link.order_id
    except Unreadable:
        return unreadable(request, found)
    to = queries.recipient(found, order_id)
    if to is None:
        return unreadable(request, found)
    language = language_of(request, found, to.locale)
    with override(language):
        services.send_link(found, order_id, to, language)
    return show(request, "sent.html", found, language, address=services.masked(to.email))
