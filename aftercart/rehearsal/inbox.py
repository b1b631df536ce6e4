"""The demo customers' inbox. There is none where there is no demo."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from aftercart.brands.models import Brand, Source
from aftercart.look.middleware import POLICY
from aftercart.rehearsal import listening, mailbox
from aftercart.rehearsal.catching import report
from aftercart.rehearsal.demo import SLUG
from aftercart.rehearsal.demo import path as bookmark
from aftercart.rehearsal.mailbox import Letter

# A letter is shown in a frame of its own and may use the styles that it brings, and nothing else. Links open beside it.
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
BESIDE = '<base target="_blank">'
ANSWERS = ("STOP", "START", "HELP")
LONGEST = 4_000  # characters of a mail that is written here
# Whoever has written a mail looks for the answer so often: by then a machine has answered, or a person will.
LOOKS, LOOK_SECONDS = 10, 2


def _demo() -> tuple[Brand, Path]:
    if not bookmark().exists():
        raise Http404
    return get_object_or_404(Brand, slug=SLUG), Path(settings.VAR)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand, var = _demo()
    to, name = request.GET.get("to", ""), request.GET.get("letter", "")
    letters = mailbox.newest(var, to=to)
    chosen = mailbox.letter(var, name) if name else next(iter(letters), None)
    after, looked = request.GET.get("after", ""), _looked(request)
    waits = bool(after and letters and letters[0].name == after)
    context = {
        "brand": brand, "letters": letters, "chosen": chosen, "to": to, "answers": ANSWERS, "longest": LONGEST,
        "waits": waits, "looks": waits and looked < LOOKS, "lost": "lost" in request.GET,
    }  # fmt: skip
    response = render(request, "rehearsal/inbox.html", context)
    response["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    if context["looks"]:
        again = urlencode({"to": to, "after": after, "looked": looked + 1})
        response["Refresh"] = f"{LOOK_SECONDS}; url={reverse('demo:inbox')}?{again}"
    return response


def _looked(request: HttpRequest) -> int:
    told = request.GET.get("looked", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 3 else 0


@never_cache
@require_safe
@xframe_options_sameorigin
def framed(request: HttpRequest, name: str) -> HttpResponse:
    letter = mailbox.letter(_demo()[1], name)
    if letter is None or not letter.html:
        raise Http404
    return HttpResponse(
        letter.html.replace("<head>", f"<head>{BESIDE}", 1), headers={"Content-Security-Policy": FRAMED}
    )


@require_POST
def answer(request: HttpRequest, name: str) -> HttpResponse:
    """Write back, as the holder of the phone or of the address would."""
    brand, var = _demo()
    letter = mailbox.letter(var, name)
    said = request.POST.get("say", "")
    if letter is not None and letter.channel == "email" and said.strip():
        return _mailed(brand, var, letter, said[:LONGEST])
    if letter is None or said not in ANSWERS:
        raise Http404
    source = get_object_or_404(Source, brand=brand, kind="twilio")
    prefix = f"{letter.channel}:" if letter.channel != "sms" else ""
    told = {
        "MessageSid": f"{name.removesuffix('.json')}-{said}",
        "From": prefix + letter.to,
        "To": prefix + letter.sender,
    }
    address = f"{settings.PUBLIC_URL.rstrip('/')}/in/{brand.slug}/twilio/{source.token}"
    report(address, told | {"Body": said}, source.secrets[0])
    return HttpResponseRedirect(f"{reverse('demo:inbox')}?letter={name}")


def _mailed(brand: Brand, var: Path, letter: Letter, said: str) -> HttpResponse:
    newest = mailbox.newest(var, to=letter.to)
    told = {"to": letter.to, "letter": letter.name, "lost": "1"}
    if listening.hand_over(brand, letter, said):
        told = {"to": letter.to, "after": newest[0].name}
    return HttpResponseRedirect(f"{reverse('demo:inbox')}?{urlencode(told)}")


app_name = "demo"
urlpatterns = [
    path("inbox/", page, name="inbox"),
    path("inbox/<str:name>/letter/", framed, name="letter"),
    path("inbox/<str:name>/answers/", answer, name="answers"),
]
