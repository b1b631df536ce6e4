from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


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
