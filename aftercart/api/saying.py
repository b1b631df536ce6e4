"""An answer as a sentence, in the language of whoever reads it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from aftercart.look import formats
from aftercart.promises.expectations import Start
from aftercart.promises.rules import Window
from aftercart.selfservice.phrases import SAID
from aftercart.selfservice.rules import WAITS


def language_of(request: HttpRequest, wish: str, usual: str) -> str:
    """What was asked for, else the browser's, else the brand's language."""
    accepted = [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:500])]
    return next((known for tag in (wish, *accepted, usual) if tag and (known := formats.supported(tag))), "en")


def arrives(window: Window, reads: formats.Reader) -> str:
    """ "Arrives by Thursday 3 December"."""
    if window.earliest == window.latest:
        return _("Arrives on {date}").format(date=reads.day(window.latest))
    return _("Arrives by {date}").format(date=reads.day(window.latest))


def reason(begun: Start, reads: formats.Reader) -> str:
    """Why it takes longer, as the tracking page will say it."""
    why = WAITS.get(begun.because)
    if why is None:
        return ""
    return _(SAID[why][0]).format(leaves=reads.day(begun.leaves or begun.day))
