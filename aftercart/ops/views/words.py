"""What customers read: the list of texts, and each in its editor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.look.formats import LANGUAGES as ORDER
from aftercart.ops.queries import words as queries
from aftercart.ops.word_forms import TextForm
from aftercart.words import wordings
from aftercart.words.kinds import CHANNELS, EMAIL, KINDS
from aftercart.words.samples import filled_size
from aftercart.words.shipped import as_text
from aftercart.words.wordings import Place, WordingError

NAMES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português", "ja": "日本語"}
IN_ENGLISH = {"en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese", "ja": "Japanese"}
CHANNEL_NAMES = {"email": "E-mail", "sms": "SMS"}


@operator
@require_safe
def words(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every kind of notice, and in which languages the brand has its own."""
    channel = request.GET.get("channel", EMAIL)
    channel = channel if channel in CHANNELS else EMAIL
    groups = list(queries.listed(desk.brand, channel))
    own = sum(bool(cell.version) for _, lines in groups for line in lines for cell in line.cells)
    languages = [(code, NAMES[code]) for code in ORDER]
    context = {"groups": groups, "channel": channel, "channels": CHANNEL_NAMES, "languages": languages, "own": own}
    return show(request, desk, "ops/words.html", section="words", **context)


def place_of(kind: str, channel: str, language: str) -> Place:
    try:
        return Place(kind, channel, language)
    except WordingError as error:
        raise Http404(str(error)) from None


@operator
@require_safe
def wording(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str) -> HttpResponse:
    place = place_of(kind, channel, language)
    return _editor(request, desk, place, TextForm(place, initial=_begin_with(desk, place)))


def _begin_with(desk: Desk, place: Place) -> dict[str, Any]:
    """The draft; else what is in use; else the standard text, written as one would write it."""
    if draft := wordings.draft_of(desk.brand, place):
        return {"subject": draft.subject, "text": draft.text, "segments": draft.segments}
    used = wordings.in_use(desk.brand, place.kind, place.channel, place.language)
    if used.text:
        return {"subject": used.subject, "text": used.text, "segments": used.segments}
    subject, text = as_text(place.kind, place.channel, place.language)
    size = filled_size(text, place.language)
    return {"subject": subject, "text": text, "segments": size.segments if size else 1}


def _editor(request: HttpRequest, desk: Desk, place: Place, form: TextForm, status: int = 200) -> HttpResponse:
    told = form.data if form.is_bound else form.initial
    used = wordings.in_use(desk.brand, place.kind, place.channel, place.language)
    context = {
        "place": place,
        "kind": KINDS[place.kind],
        "form": form,
        "used": used,
        "draft": wordings.draft_of(desk.brand, place),
        "history": wordings.history(desk.brand, place),
        "variables": sorted(KINDS[place.kind].variables),
        "languages": [(code, NAMES[code]) for code in ORDER],
        "channels": CHANNEL_NAMES,
        "language_name": IN_ENGLISH[place.language],
        **_checked(desk, place, told),
    }
    response = show(request, desk, "ops/wording.html", section="words", **context)
    response.status_code = status
    return response


def _checked(desk: Desk, place: Place, told: Any) -> dict[str, object]:
    text = str(told.get("text", "")).replace("\r\n", "\n")
    segments = str(told.get("segments") or 1)
    found = wordings.findings_of(
        desk.brand,
        place,
        subject=str(told.get("subject", "")),
        text=text,
        segments=int(segments) if segments.isdecimal() else 1,
    )
    refusing = [finding for finding in found if finding.refuses]
    return {
        "refusing": refusing,
        "advice": [finding for finding in found if not finding.refuses],
        "size": filled_size(text, place.language) if place.channel != EMAIL else None,
    }


@operator
@require_POST
def checks(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str) -> HttpResponse:
    """What the check says of what stands in the form: a part of the page while one types, the whole one on a press."""
    place = place_of(kind, channel, language)
    if request.headers.get("HX-Request"):
        return render(request, "ops/wording.html#findings", {"place": place, **_checked(desk, place, request.POST)})
    return _editor(request, desk, place, TextForm(place, request.POST))


@operator
@require_POST
def drafts(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str) -> HttpResponse:
    place = place_of(kind, channel, language)
    form = TextForm(place, request.POST)
    if not form.is_valid():
        return _editor(request, desk, place, form, status=422)
    wordings.save(desk.brand, place, **form.written, by=desk.user.get_username())
    messages.success(request, "Kept as a draft. Customers read it once it is published.")
    return _back(desk, place)


@operator
@require_POST
def versions(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str) -> HttpResponse:
    """Publish what stands in the form."""
    place = place_of(kind, channel, language)
    form = TextForm(place, request.POST)
    if not form.is_valid():
        return _editor(request, desk, place, form, status=422)
    try:
        made = wordings.publish(desk.brand, place, **form.written, by=desk.user.get_username())
    except WordingError as error:
        messages.error(request, f"Not published: {error}")
        return _editor(request, desk, place, form, status=422)
    messages.success(request, f"Version {made.version} is in use from now on.")
    return _back(desk, place)


@operator
@require_http_methods(["POST"])
def restorations(
    request: HttpRequest, desk: Desk, kind: str, channel: str, language: str, version: int
) -> HttpResponse:
    """Publish an older version again."""
    place = place_of(kind, channel, language)
    try:
        made = wordings.roll_back(desk.brand, place, version, by=desk.user.get_username())
    except WordingError as error:
        messages.error(request, f"Not changed: {error}")
    else:
        said = f"what version {version} said" if version else "the standard text"
        messages.success(request, f"Version {made.version} is in use from now on: {said}.")
    return _back(desk, place)


def _back(desk: Desk, place: Place) -> HttpResponse:
    return redirect("ops:wording", desk.brand.slug, place.kind, place.channel, place.language)
