"""The demo brand's own product page, cart and order page, as a shop of another origin would show them."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from aftercart.brands import calendar, storefronts
from aftercart.brands.models import Brand, CalendarEntry, Storefront
from aftercart.chat.services import open_chat
from aftercart.look.colours import is_colour
from aftercart.look.middleware import POLICY
from aftercart.orders.models import Order
from aftercart.orders.rules import order_number
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from aftercart.rehearsal import listening
from aftercart.rehearsal.catalogue import product
from aftercart.rehearsal.days import DAY
from aftercart.selfservice.speaking import TONGUES, language_of

NAME, BY = "demo", "demo"
COUNTRIES = {"NL": "Netherlands", "DE": "Germany", "FR": "France", "GB": "United Kingdom", "US": "United States"}


def origins() -> list[str]:
    """Ours, and ours by its other name: to a browser that is somebody else's page."""
    here = urlsplit(settings.PUBLIC_URL)
    other = f"localhost:{here.port}" if here.port else "localhost"
    return [settings.PUBLIC_URL.rstrip("/"), urlunsplit((here.scheme, other, "", "", ""))]


def open_shop(brand: Brand) -> None:
    """A key for the demo's pages, a chat on them, and something in the calendar for them to say."""
    at, bound = clock.machine(), sorted({storefronts.origin(text) for text in origins()})
    kept = Storefront.objects.filter(brand=brand, name=NAME, revoked_at=None).first()
    if kept is None or sorted(kept.origins) != bound:
        storefronts.revoke(brand, NAME, at=at, by=BY)
        storefronts.add(brand, bound, at=at, by=BY, name=NAME)
    open_chat(brand, by=BY)
    if not CalendarEntry.objects.filter(brand=brand).exists():
        today = clock.business(brand).date()
        teapot = calendar.Entry(
            kind="preorder",
            name="Stoneware teapot, second firing",
            begins=today,
            sku="STONE-TEAPOT-*",
            ships_from=today + 12 * DAY,
            note="Each one is thrown by hand.",
        )
        stocktaking = calendar.Entry(kind="closure", name="Stocktaking", begins=today + 24 * DAY)
        calendar.add(brand, [teapot, stocktaking], at=clock.business(brand), by=BY)


@require_safe
def page(request: HttpRequest, brand: str) -> HttpResponse:
    found = get_object_or_404(Brand, slug=brand)
    door = get_object_or_404(Storefront, brand=found, name=NAME, revoked_at=None)
    language = language_of(request, found)
    country = request.GET.get("country", "NL")
    context = _common(found, door, language) | {
        "countries": COUNTRIES,
        "country": country if country in COUNTRIES else "NL",
        "mug": product("tide-mug"),
        "teapot": product("stone-teapot"),
    }
    return _shown(request, "rehearsal/shop.html", language, context)


@require_safe
def ordered(request: HttpRequest, brand: str) -> HttpResponse:
    """What the shop shows once it has an order, to its customer who is logged in: the newest, or that of `?number=`."""
    found = get_object_or_404(Brand, slug=brand)
    door = get_object_or_404(Storefront, brand=found, name=NAME, revoked_at=None)
    orders = Order.objects.filter(brand=found)
    if number := order_number(request.GET.get("number", "")):
        orders = orders.filter(number_key=number)
    order = orders.order_by("-placed_at").first()
    if order is None:
        raise Http404
    known_here = Customer.objects.filter(brand=found).exclude(external_id="")
    buyer = known_here.filter(id=order.customer_id).first() if order.customer_id else None
    language = language_of(request, found)
    known = {
        "order": order,
        "proof": storefronts.proof(door.key, order.external_id),
        "buyer": buyer,
        "identity": listening.signed_in(buyer, open_chat(found, by=BY).secrets[0], clock.machine()) if buyer else "",
    }
    return _shown(request, "rehearsal/order.html", language, _common(found, door, language) | known)


def _common(brand: Brand, door: Storefront, language: str) -> dict[str, object]:
    accent = brand.accent.lower() if is_colour(brand.accent) else ""
    return {
        "brand": brand,
        "theme_url": f"{reverse('selfservice:theme', args=[brand.slug])}?v={accent.removeprefix('#')}",
        "tongues": TONGUES,
        "language": language,
        "key": door.key,
        "aftercart": settings.PUBLIC_URL.rstrip("/"),
    }


def _shown(request: HttpRequest, template: str, language: str, context: dict[str, object]) -> HttpResponse:
    with override(language):
        response = render(request, template, context)
    policy = POLICY
    for kind in ("script", "connect", "style"):
        policy = policy.replace(f"{kind}-src 'self'", f"{kind}-src 'self' {settings.PUBLIC_URL}")
    response["Content-Security-Policy"] = policy
    return response


app_name = "rehearsal"
urlpatterns = [path("<slug:brand>/", page, name="shop"), path("<slug:brand>/order/", ordered, name="order")]
