"""The filters above each list: GET forms. A field that is filled in wrongly says so and narrows nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from aftercart.brands.models import Brand
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.intake.models import Delivery
from aftercart.ops.queries import concerns, inbox, notices
from aftercart.ops.rules import BANDS
from aftercart.orders.rules import order_number
from aftercart.outbox.models import Outgoing
from aftercart.story.rules import KINDS, NOTICES, lane_in_words

Choices = list[tuple[str, str]]
ANY: Choices = [("", "Any")]
NOTICE_STATES = {
    Outgoing.DUE: "Due",
    Outgoing.SENDING: "Being sent",
    Outgoing.SENT: "Sent",
    Outgoing.PARKED: "Parked",
    Outgoing.CANCELLED: "Cancelled",
    Outgoing.VOID: "Decided again",
}
DELIVERY_STATES = {
    Delivery.WAITING: "Waiting",
    Delivery.APPLIED: "Applied",
    Delivery.QUARANTINED: "Quarantined",
}


def _choice(label: str, choices: Choices, *, default: Choices = ANY) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, label=label, choices=[*default, *choices])


def _text(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(required=False, label=label, max_length=300, widget=forms.TextInput({"placeholder": hint}))


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, label=label, widget=widget)


class Filter(forms.Form):
    """`before` is the row after which the page begins: a link, not a control."""

    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.offer()
        for bound in self.visible_fields():
            bound.field.widget.attrs["class"] = "input"
        self.is_valid()

    def offer(self) -> None:
        """Fill in choices that depend on the brand."""

    @property
    def after(self) -> UUID | None:
        return self.cleaned_data.get("before")

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.get(bound.name) for bound in self.visible_fields())

    def chosen(self, *names: str) -> dict[str, Any]:
        """The valid values among these that are filled in."""
        return {name: value for name in names if (value := self.cleaned_data.get(name))}


class InboxFilter(Filter):
    source = _choice("Source", [(kind, kind) for kind in sorted(FACT_SOURCES)])
    state = _choice("State", list(DELIVERY_STATES.items()))
    topic = _text("Topic begins with", "orders/")
    error = _text("Error is")
    since = _moment("From")
    until = _moment("Before")

    def wanted(self) -> inbox.Wanted:
        return inbox.Wanted(**self.chosen("source", "state", "topic", "error", "since", "until"))


class ConcernFilter(Filter):
    kind = _choice("Kind", list(KINDS.items()))
    carrier = forms.ChoiceField(required=False, label="Carrier")
    lane = forms.ChoiceField(required=False, label="Lane")
    country = forms.ChoiceField(required=False, label="To country")
    city = _text("Last seen in")
    age = _choice("Open for", [(band.key, band.label) for band in BANDS])
    order = _text("Order number")
    status = _choice("Status", [("closed", "Closed"), ("all", "Open and closed")], default=[("", "Open")])
    sort = _choice(
        "Order by",
        [("newest", "Newest first"), ("longest", "Longest first")],
        default=[("", "Most at stake first")],
    )

    def __init__(self, data: QueryDict, brand: Brand) -> None:
        self.offered = concerns.choices(brand)
        super().__init__(data)

    def offer(self) -> None:
        known = {"carrier": self.offered.carriers, "lane": self.offered.lanes, "country": self.offered.countries}
        for name, values in known.items():
            # What a link asks for stays on offer though nothing of it is open any more.
            asked = [value] if (value := self.data.get(name)) else []
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            in_words = lane_in_words if name == "lane" else str
            field.choices = [*ANY, *((value, in_words(value)) for value in sorted({*values, *asked}))]

    def wanted(self) -> concerns.Wanted:
        age = self.cleaned_data.get("age")
        return concerns.Wanted(
            **self.chosen("kind", "carrier", "lane", "country", "city", "status"),
            order=order_number(self.cleaned_data.get("order", "")),
            band=next((band for band in BANDS if band.key == age), None),
            sort=self.cleaned_data.get("sort") or "stakes",
        )


class NoticeFilter(Filter):
    state = _choice("State", list(NOTICE_STATES.items()))
    kind = _choice("About", list(NOTICES.items()))
    channel = _choice("Channel", [("email", "E-mail")])
    order = _text("Order number")
    since = _moment("From")
    until = _moment("Before")

    def wanted(self) -> notices.Wanted:
        order = order_number(self.cleaned_data.get("order", ""))
        return notices.Wanted(**self.chosen("state", "kind", "channel", "since", "until"), order=order)


class SilenceFilter(Filter):
    kind = _choice("About", list(NOTICES.items()))
    reason = _text("Reason is")
    order = _text("Order number")

    def wanted(self) -> notices.Unspoken:
        order = order_number(self.cleaned_data.get("order", ""))
        return notices.Unspoken(**self.chosen("kind", "reason"), order=order)
