"""What a customer who writes to us is asked for: as little as an answer needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aftercart.connectors.files import safe_name, told
from aftercart.facts import File
from aftercart.outreach.answering import REFUND, RETURN, WHERE
from aftercart.plumbing import ids

MOST_FILES, MOST_BYTES = 5, 20_000_000
# A request may be this long: the files, the text, and the seams between them.
LONGEST_REQUEST = MOST_BYTES + 1_000_000
LONGEST_TEXT = 10_000
TOPICS = {
    "where": _("Where is my order?"),
    "wrong": _("Something is damaged, missing or wrong"),
    "return": _("A return or an exchange"),
    "refund": _("A refund"),
    "change": _("Change or cancel an order"),
    "product": _("A question about a product"),
    "payment": _("A payment or an invoice"),
    "other": _("Something else"),
}
# What can often be answered at once, by the answers that we have.
QUESTIONS = {"where": WHERE, "return": RETURN, "refund": REFUND}
_FAMILIES = ("image/", "video/", "audio/")
_TAKEN = frozenset([
    "application/pdf", "text/plain", "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
])  # fmt: skip
_REFUSED = frozenset(["image/svg+xml"])  # a page, not a picture


class Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Any number of them. Each is cleaned to a facts.File, typed by its first bytes."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> tuple[File, ...]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(gettext("Choose at most {n} files.").format(n=MOST_FILES))
        if sum(one.size or 0 for one in given) > MOST_BYTES:
            raise forms.ValidationError(_too_large())
        return tuple(self._file(one, position) for position, one in enumerate(given, start=1))

    def _file(self, upload: UploadedFile[bytes], position: int) -> File:
        content, declared = upload.read(), (upload.content_type or "").lower()[:80]
        name, kind = safe_name(upload.name or "", declared, position), told(content, declared)
        if kind not in _TAKEN and (kind in _REFUSED or not kind.startswith(_FAMILIES)):
            raise forms.ValidationError(
                gettext("We cannot open {name}. Send pictures, videos, PDF or text.").format(name=name)
            )
        return File(name=name, content=content, type=kind, declared=declared)


def _too_large() -> str:
    return gettext("These files are too large: {n} MB together at most.").format(n=MOST_BYTES // 1_000_000)


class ContactForm(forms.Form):
    """`numbered`, `addressed`: the link that opened it says which order it is, and where its customer is answered."""

    about = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose")), *TOPICS.items()],
        error_messages={"required": _("Choose what it is about."), "invalid_choice": _("Choose what it is about.")},
        widget=forms.Select(attrs={"class": "input"}),
    )
    number = forms.CharField(
        label=_("Order number"),
        help_text=_("You can leave this out."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We answer there."),
        max_length=254,
        error_messages={"required": _("Enter your e-mail address."), "invalid": _("Enter a whole e-mail address.")},
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
    )
    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Write what it is about.")},
        widget=forms.Textarea(attrs={"class": "input", "rows": 7}),
    )
    enclosed = Files(
        label=_("Pictures or files"),
        help_text=_("You can leave this out. Up to 5 pictures, videos or PDFs, 20 MB together."),
        required=False,
        widget=Several(attrs={"class": "input"}),
    )
    # Programs fill in every field. Whoever filled this in by mistake sees it and can empty it: nothing is lost.
    fax = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "tabindex": "-1"}),
    )
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, numbered: bool = False, addressed: bool = False, **known: Any) -> None:
        super().__init__(*args, **{"initial": {"once": ids.new()}} | known)
        if numbered:
            del self.fields["number"]
        if addressed:
            del self.fields["email"]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ("about", "number", "email", "text", "enclosed") if name in self.fields]

    @property
    def carried(self) -> list[forms.BoundField]:
        """What a second step takes with it."""
        return [self[name] for name in ("about", "email", "text", "once") if name in self.fields]

    def clean_fax(self) -> str:
        if self.cleaned_data["fax"]:
            raise forms.ValidationError(gettext("Empty this field, then send your message again."))
        return ""

    def refuse_size(self) -> None:
        self.add_error("enclosed", _too_large())
