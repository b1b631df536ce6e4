"""One kind of notice in every language, side by side, with the facts of a real order; and a test of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from aftercart.brands.services import audit
from aftercart.connectors.numbers import international
from aftercart.connectors.sending import SendError
from aftercart.look.access import Desk, operator, show
from aftercart.look.formats import LANGUAGES
from aftercart.look.middleware import POLICY
from aftercart.ops.queries import words as queries
from aftercart.ops.views.words import CHANNEL_NAMES, NAMES, place_of
from aftercart.outbox import lines
from aftercart.outbox import services as outbox
from aftercart.plumbing import ids
from aftercart.words import services, wordings
from aftercart.words.kinds import CHANNELS, EMAIL, KINDS
from aftercart.words.services import Notice
from aftercart.words.wordings import Place, Text

# A message brings its own styles and nothing else, and may stand in our page alone.
MESSAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; frame-ancestors 'self'; sandbox"
FRAMES = f"{POLICY}; frame-src 'self'"


@dataclass(frozen=True, slots=True)
class Shown:
    place: Place
    language: str
    notice: Notice
    drafted: bool
    gave_way: bool  # the brand's own text asks for what this order has not


@operator
@require_safe
def matrix(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404("No such kind of notice")
    channel = request.GET.get("channel", EMAIL)
    channel = channel if channel in CHANNELS else EMAIL
    orders, asked = queries.recent(desk.brand), request.GET.get("order", "").strip()
    tried = queries.tried(desk, kind, asked, orders, channel) or queries.tried(desk, kind, "", orders, channel)
    assert tried is not None
    unknown = asked if tried.order is None or (asked and not _is(tried.order.number, asked)) else ""
    with_drafts = bool(request.GET.get("drafts"))
    shown = [_shown(desk, Place(kind, channel, one), tried, with_drafts) for one in LANGUAGES]
    context = {
        "key": kind, "kind": KINDS[kind], "channel": channel, "channels": CHANNEL_NAMES, "orders": orders,
        "tried": tried, "number": tried.order.number if tried.order else "", "unknown": unknown, "shown": shown,
        "drafts": with_drafts,
    }  # fmt: skip
    response = show(request, desk, "ops/word_matrix.html", section="words", **context)
    response.headers["Content-Security-Policy"] = FRAMES
    return response


def _is(number: str, asked: str) -> bool:
    return number.lstrip("#").casefold() == asked.lstrip("#").casefold()


def _shown(desk: Desk, place: Place, tried: queries.Tried, with_drafts: bool) -> Shown:
    text, drafted = _text(desk, place, with_drafts)
    notice = services.written(desk.brand, tried.situation, text, place.language, place.channel)
    gave_way = bool(text.text) and not drafted and notice.version != text.version
    return Shown(place, NAMES[place.language], notice, drafted, gave_way)


def _text(desk: Desk, place: Place, with_drafts: bool) -> tuple[Text, bool]:
    draft = wordings.draft_of(desk.brand, place) if with_drafts else None
    if draft:
        return Text(subject=draft.subject, text=draft.text, segments=draft.segments), True
    return wordings.in_use(desk.brand, place.kind, place.channel, place.language), False


@operator
@require_safe
def message(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str) -> HttpResponse:
    """The e-mail by itself, as it would be sent."""
    place = place_of(kind, channel, language)
    response = HttpResponse(_noticed(request, desk, place).html)
    response.headers["Content-Security-Policy"] = MESSAGE_POLICY
    return response


def _noticed(request: HttpRequest, desk: Desk, place: Place) -> Notice:
    told = request.GET if request.method in ("GET", "HEAD") else request.POST
    tried = queries.tried(desk, place.kind, told.get("order", ""), queries.recent(desk.brand), place.channel)
    if tried is None:
        raise Http404("No such order")
    text, _ = _text(desk, place, bool(told.get("drafts")))
    return services.written(desk.brand, tried.situation, text, place.language, place.channel)


@operator
@require_POST
def tests(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str) -> HttpResponse:
    """Owe the message to whoever is logged in: a mail to the address of the log-in, a text to the number given."""
    place = place_of(kind, channel, language)
    try:
        address = _own_address(desk, place.channel, request.POST.get("to", ""))
    except ValueError as error:
        messages.error(request, f"Not sent: {error}")
    else:
        notice = _noticed(request, desk, place)
        owed = outbox.Owed(
            channel=place.channel,
            kind="test",
            customer_id=ids.mirrored(desk.brand.id, "member", desk.user.pk),
            episode=uuid4(),
            address=address,
            subject=notice.subject,
            text=notice.text,
            html=notice.html,
            language=notice.language,
        )
        outbox.owe(desk.brand, owed, at=desk.now)
        audit(desk.brand, actor=desk.user.get_username(), action="words.test", subject=str(place))
        messages.success(request, f"On its way to {address}: the next round of sending takes it.")
    return redirect("ops:wording", desk.brand.slug, place.kind, place.channel, place.language)


def _own_address(desk: Desk, channel: str, given: str) -> str:
    """Raises ValueError with the reason why there is none."""
    if channel == EMAIL:
        if not desk.user.email:
            raise ValueError("your log-in has no e-mail address.")
        return desk.user.email
    if channel not in lines.open_to(desk.brand):
        raise ValueError("there is no line for text messages yet; `aftercart channel add` opens one.")
    try:
        return international(given, "number")
    except SendError as error:
        raise ValueError(f"{error}.") from None
