from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aftercart.outreach.corrections.rules import Given, can_be_called, example, plain, plausible


class FindOrder(forms.Form):
    number = forms.CharField(
        label=_("Order number"),
        help_text=_("It is in your confirmation, for example 1042."),
        max_length=60,
        error_messages={"required": _("Enter the number of your order.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )
    proof = forms.CharField(
        label=_("E-mail address or postcode"),
        help_text=_("The one that you gave with the order."),
        max_length=320,
        error_messages={"required": _("Enter the e-mail address or the postcode of your order.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "email", "autocapitalize": "none"}),
    )


def _line(autocomplete: str, **attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": autocomplete} | attrs)


class AddressForm(forms.Form):
    """What the courier needs. A postcode that looks wrong there is asked for once more, and then taken."""

    name = forms.CharField(
        label=_("Name at the door"),
        max_length=200,
        error_messages={"required": _("Enter the name at the door.")},
        widget=_line("name"),
    )
    street = forms.CharField(
        label=_("Street, house number, flat"),
        max_length=500,
        error_messages={"required": _("Enter the street and the house number.")},
        widget=forms.Textarea(attrs={"class": "input", "autocomplete": "street-address", "rows": 2}),
    )
    postal_code = forms.CharField(
        label=_("Postcode"),
        max_length=20,
        error_messages={"required": _("Enter the postcode.")},
        widget=_line("postal-code", autocapitalize="characters"),
    )
    city = forms.CharField(
        label=_("Town"),
        max_length=120,
        error_messages={"required": _("Enter the town.")},
        widget=_line("address-level2"),
    )
    phone = forms.CharField(
        label=_("Phone number for the courier"),
        help_text=_("You can leave this out."),
        max_length=40,
        required=False,
        widget=_line("tel", inputmode="tel"),
    )
    note = forms.CharField(
        label=_("Note for the courier"),
        help_text=_("For example a gate code. You can leave this out."),
        max_length=300,
        required=False,
        widget=_line("off"),
    )

    def __init__(self, *args: Any, country: str, **known: Any) -> None:
        super().__init__(*args, **known)
        self.country, self.asked_again = country, ""
        sample = example(country)
        self.fields["postal_code"].required = bool(sample)
        if sample:
            self.fields["postal_code"].help_text = gettext("For example {example}.").format(example=sample)

    @property
    def where(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "street", "postal_code", "city")]

    @property
    def besides(self) -> list[forms.BoundField]:
        return [self["phone"], self["note"]]

    @property
    def given(self) -> Given:
        return Given(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        told = {name: _tidy(name, value) for name, value in self.cleaned_data.items()}
        if (phone := told.get("phone")) and not can_be_called(phone):
            self.add_error("phone", gettext("Enter a phone number in digits, or leave it out."))
        code = told.get("postal_code", "")
        if code and not plausible(self.country, code) and code != plain(self.data.get("sure", "")):
            self.asked_again = code
            self.add_error(
                "postal_code",
                gettext("Postcodes there look like {example}. If yours is right, send it once more.").format(
                    example=example(self.country)
                ),
            )
        return told


def _tidy(name: str, value: str) -> str:
    """In the usual digits and without stray spaces; only the street may have several lines."""
    if name != "street":
        return plain(value)
    return "\n".join(line for line in map(plain, value.splitlines()) if line)
