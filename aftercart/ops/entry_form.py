"""The form with which an entry goes into the brand's calendar. What is wrong stands at its field."""

from __future__ import annotations

from typing import Any

from django import forms

from aftercart.brands.calendar import Entry, EntryError, ready
from aftercart.brands.rules import KINDS, LONGEST, MOST_DAYS
from aftercart.orders.carriers import carrier


def _day(label: str, hint: str = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=required, label=label, help_text=hint, widget=widget)


def _text(label: str, longest: int, hint: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(required=required, label=label, help_text=hint, max_length=longest)


def _days(label: str) -> forms.IntegerField:
    return forms.IntegerField(required=False, label=label, min_value=0, max_value=MOST_DAYS)


class EntryForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind",
        choices=[("", "Choose"), *((kind, f"{kind.capitalize()}: {what}") for kind, what in KINDS.items())],
    )
    name = _text("Name", LONGEST["name"], required=True)
    begins = _day("First day", required=True)
    ends = _day("Last day", "Empty: until you end it. A holiday or closure without one is a single day.")
    sku = _text("Product (SKU)", LONGEST["sku"], "Empty: all. VASE-* stands for all that begin so.")
    ships_from = _day("Leaves from", "For a launch, preorder or backorder: the first day on which it leaves.")
    handling_days = _days("Packing takes longer by (days)")
    transit_days = _days("The road takes longer by (days)")
    country = _text("To country", 2, "Two letters. Empty: everywhere.")
    region = _text("To state or province", LONGEST["region"])
    carrier = _text("By carrier", LONGEST["carrier"], "Empty: all.")
    service = _text("By delivery method", LONGEST["service"], "As checkout names it. Empty: all.")
    note = _text(
        "Your words to customers",
        LONGEST["note"],
        "Sent with each quote and shown on the tracking page, in your language.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="entry-%s")
        for bound in self.visible_fields():
            bound.field.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors:
            try:
                self.entry = ready(_entry(told))
            except EntryError as error:
                self.add_error(error.field, f"{error.reason[:1].upper()}{error.reason[1:]}.")
        return told


def _entry(told: dict[str, Any]) -> Entry:
    days = {name: told[name] or 0 for name in ("handling_days", "transit_days")}
    return Entry(**(told | days | {"carrier": carrier(told["carrier"]), "country": told["country"].upper()}))
