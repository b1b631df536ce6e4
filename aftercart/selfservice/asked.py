"""The page that a question's links open. Mail programs open links by themselves, so only a POST answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aftercart.brands.models import Brand
from aftercart.look import formats
from aftercart.orders.models import Order
from aftercart.outreach.models import Answer, Decision
from aftercart.outreach.questions import services as questions
from aftercart.outreach.questions.rules import CHANGEABLE, CHECK
from aftercart.people.links import NO, Link, Unreadable, read_question, tracking_token, tracking_url
from aftercart.plumbing import clock
from aftercart.promises.queries import destination_zone
from aftercart.selfservice import limits, queries, services
from aftercart.selfservice.opening import unreadable
from aftercart.selfservice.showing import show
from aftercart.selfservice.speaking import language_of
from aftercart.words.services import Poll, poll

SEE_OTHER, TOO_MANY = 303, 429


# Exempt: the link is the proof, and nobody is logged in.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    shop = get_object_or_404(Brand, slug=brand)
    try:
        link = read_question(shop, token)
    except Unreadable:
        return unreadable(request, shop)
    question = questions.question(shop, link.question)
    order = Order.objects.filter(brand=shop, id=question.order_id).first() if question else None
    if question is None or order is None:
        return unreadable(request, shop)
    to = queries.recipient(shop, order.id)
    language, now = language_of(request, shop, to.locale if to else ""), clock.business(shop)
    if request.method == "POST":
        page = tracking_token(shop, Link(order.id, full=True))
        if not limits.may_report(shop, limits.address_of(request), str(question.id)):
            return show(request, "too_often.html", shop, language, TOO_MANY, number=order.number, token=page)
        _take(request, shop, question, language, now)
        there = reverse("selfservice:asked", args=[shop.slug, token])
        return HttpResponseRedirect(f"{there}?lang={language}", status=SEE_OTHER)
    given = questions.answer_of(shop, question.id)
    context = _context(shop, order, question, given, poll(question.kind, language, order.number), language, now)
    return show(request, "asked.html", shop, language, token=token, no_first=link.say == NO, **context)


def _take(request: HttpRequest, shop: Brand, question: Decision, language: str, now: datetime) -> None:
    """What was tapped, or added to it. Too late for that: the page says so."""
    say = request.POST.get("say")
    if say in ("yes", "no"):
        try:
            services.answered(shop, question, yes=say == "yes", language=language, at=now)
        except questions.Closed:
            return
    elif comment := request.POST.get("comment", "").strip():
        questions.comment(shop, question.id, comment, now=now)


def _context(
    shop: Brand, order: Order, question: Decision, given: Answer | None, words: Poll, language: str, now: datetime
) -> dict[str, Any]:
    zone = destination_zone(order.country, order.region, order.postal_code)
    reader = formats.reader(language, country=order.country, zone=zone, now=now)
    return {
        "number": order.number,
        "question": words,
        "kind": question.kind,
        "check": question.kind == CHECK,
        "given": given,
        "open": questions.is_open(question, given, now),
        "until": reader.moment(given.at + CHANGEABLE) if given else "",
        "longest": questions.LONGEST_COMMENT,
        "page": tracking_url(shop, order.id),
    }
