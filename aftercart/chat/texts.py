"""What the widget says, in the language of the page that it is on."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import override

from aftercart.look import formats


def language_of(told: str, usual: str) -> str:
    """The page's language if we speak it, else the brand's."""
    return formats.supported(told) or formats.supported(usual) or "en"


@cache
def texts(language: str) -> dict[str, str]:
    """By name. `{when}`, `{email}`, `{n}` and `{brand}` are filled by the widget."""
    with override(language):
        return {
            "title": _("Chat with {brand}"),
            "close": _("Close the chat"),
            "news": _("A new answer"),
            "log": _("The conversation"),
            "hello": _("Ask about an order, a return or a product."),
            "there": _("We are here now."),
            "away": _("Nobody is here at the moment. We answer from {when}."),
            "message": _("Your message"),
            "send": _("Send"),
            "attach": _("Add a picture or a PDF"),
            "file_kinds": _("Pictures and PDF files can be sent."),
            "files_most": _("Choose at most {n} files."),
            "files_large": _("These files are too large: {n} MB together at most."),
            "you": _("You"),
            "waiting": _("Waiting for the network"),
            "sending": _("On its way"),
            "sent": _("Sent"),
            "refused": _("Not sent"),
            "again": _("Try again"),
            "remove": _("Remove"),
            "writing": _("Somebody is writing"),
            "offline": _("No connection. What you write is kept here and sent as soon as there is one."),
            "email": _("Leave your e-mail, and the answer reaches you there too if you are gone by then."),
            "email_save": _("Save the e-mail"),
            "email_kept": _("If you are gone by then, the answer goes to {email}."),
            "expired": _("Your log-in at the shop has run out. Load the page again, so that we know that it is you."),
            "invalid": _("The shop could not confirm who you are, so we cannot say anything about your orders here."),
            "slowly": _("That was a lot at once. The rest follows in a moment."),
        }
