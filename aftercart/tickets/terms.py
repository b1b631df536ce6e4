"""What a brand means by a repeat contact and by one contact: its policy of the kind `contacts`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aftercart.brands.models import Brand
from aftercart.policies import services as policies
from aftercart.tickets.rules import Terms

KIND = "contacts"
FIELDS = {
    "repeat_days": "repeat",
    "reopens_days": "reopens",
    "one_contact_days": "one_contact",
    "unsaid_days": "unsaid",
}


def terms_of(brand: Brand, at: datetime) -> Terms:
    """The terms in force at `at`."""
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: float) -> Terms:
    """Change some of the terms, in days, from `at` on; ValueError names the field and the reason."""
    body = as_body(terms_of(brand, at)) | changed
    terms = from_body(body)
    if terms.repeat > terms.reopens:
        told = f"{body['repeat_days']:g} is more than reopens_days, which is {body['reopens_days']:g}"
        raise ValueError(f"repeat_days: {told}: what is written later than that is a ticket of its own, and no repeat")
    policies.publish(brand, KIND, as_body(terms), at=at, by=by)
    return terms


def from_body(body: Mapping[str, Any]) -> Terms:
    told = {}
    for name, value in body.items():
        if name not in FIELDS:
            raise ValueError(f"{name}: is none of {', '.join(FIELDS)}")
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 365:
            raise ValueError(f"{name}: {value!r} is no number of days from 0 to 365")
        told[FIELDS[name]] = timedelta(days=value)
    return Terms(**told)


def as_body(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, field) / timedelta(days=1) for name, field in FIELDS.items()}
