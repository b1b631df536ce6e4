"""The page on which a customer writes to us. An order's whole link says whose message it is, and what we know."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from aftercart.brands.models import Brand
from aftercart.outreach.answering import Reply
from aftercart.plumbing import clock
from aftercart.selfservice import contacts, limits, queries, services
from aftercart.selfservice.contact_form import LONGEST_REQUEST, TOPICS, ContactForm
from aftercart.selfservice.contacts import Written
from aftercart.selfservice.opening import opened
from aftercart.selfservice.showing import show
from aftercart.selfservice.speaking import language_of
from aftercart.selfservice.views import TOO_MANY

SEE_OTHER, TOO_LARGE = 303, 413


@dataclass(frozen=True, slots=True)
class Writer:
    """What the link says of whoever writes. No token: nothing. `email` only where the link is whole."""

    token: str = ""
    order_id: UUID | None = None
    number: str = ""
    locale: str = ""
    email: str = ""
    full: bool = False

    @property
    def address(self) -> list[str]:
        """What to add to the name of the brand in an address of these pages."""
        return [self.token] if self.token else []


# Exempt: nobody is logged in here, and what a forged form could say it could say itself.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, brand: str, token: str = "") -> HttpResponse:
    shop = get_object_or_404(Brand, slug=brand)
    who = _writer(request, shop, token)
    if isinstance(who, HttpResponse):
        return who
    language = language_of(request, shop, who.locale)
    with override(language):
        if request.method != "POST":
            return _ask(request, shop, who, language, _form(who))
        if _length(request) > LONGEST_REQUEST:
            # Not even read.
            form = _form(who, data={}, files={})
            form.errors.clear()
            form.refuse_size()
            return _ask(request, shop, who, language, form, TOO_LARGE)
        form = _form(who, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return _ask(request, shop, who, language, form)
        return _send(request, shop, who, language, form)


def _send(request: HttpRequest, shop: Brand, who: Writer, language: str, form: ContactForm) -> HttpResponse:
    """Show what we know before it is sent, once, where that may be what they ask; else send it."""
    said = form.cleaned_data
    now = clock.business(shop)
    if who.full and not said["enclosed"] and "sure" not in request.POST:
        found = contacts.known(shop, said["about"], who.order_id, language, now) if who.order_id else None
        if found:
            return show(
                request,
                "contact_answer.html",
                shop,
                language,
                form=form,
                found=found,
                token=who.token,
                number=who.number,
            )
    email = who.email or said["email"]
    if not limits.may_write(shop, limits.address_of(request), str(who.order_id or email)):
        form.add_error(None, _("Too many messages in this hour. What you sent before is with us; try again later."))
        return _ask(request, shop, who, language, form, TOO_MANY)
    written = Written(
        about=str(TOPICS[said["about"]]), text=said["text"], email=email, number=who.number or said.get("number", ""),
        language=language, proven=bool(who.full and who.email), files=said["enclosed"], once=said["once"],
    )  # fmt: skip
    contacts.take(shop, written, at=now)
    shown = f"&about={said['about']}" if said["enclosed"] else ""
    there = reverse("selfservice:written", args=[shop.slug, *who.address])
    return HttpResponseRedirect(f"{there}?lang={language}{shown}", status=SEE_OTHER)


@never_cache
@require_safe
def sent(request: HttpRequest, brand: str, token: str = "") -> HttpResponse:
    """What happens next, and what we know already where they have not seen it."""
    shop = get_object_or_404(Brand, slug=brand)
    who = _writer(request, shop, token)
    if isinstance(who, HttpResponse):
        return who
    language = language_of(request, shop, who.locale)
    found: Reply | None = None
    if who.full and who.order_id:
        found = contacts.known(shop, request.GET.get("about", ""), who.order_id, language, clock.business(shop))
    return show(
        request, "contact_sent.html", shop, language, token=who.token, number=who.number, found=found,
        address=services.masked(who.email) if who.email else "",
    )  # fmt: skip


def _writer(request: HttpRequest, shop: Brand, token: str) -> Writer | HttpResponse:
    if not token:
        return Writer()
    order = opened(request, shop, token)
    if isinstance(order, HttpResponse):
        return order
    picture, full = order.picture, order.link.full
    to = queries.recipient(shop, picture.id) if full else None
    return Writer(token, picture.id, picture.number, picture.locale, to.email if to else "", full)


def _form(who: Writer, **given: object) -> ContactForm:
    return ContactForm(**given, numbered=bool(who.token), addressed=bool(who.email))


def _length(request: HttpRequest) -> int:
    announced = request.headers.get("Content-Length", "")
    return int(announced) if announced.isdecimal() and len(announced) < 19 else 0


def _ask(
    request: HttpRequest, shop: Brand, who: Writer, language: str, form: ContactForm, status: int = 200
) -> HttpResponse:
    return show(
        request, "contact.html", shop, language, status, form=form, token=who.token, number=who.number,
        address=services.masked(who.email) if who.email else "",
    )  # fmt: skip
