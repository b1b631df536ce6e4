"""How a brand promises: its policy of the kind `promises`, read and published."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from aftercart.brands.models import Brand
from aftercart.policies import services as policies
from aftercart.promises.repromise import USUAL, Terms

KIND = "promises"


def terms_of(brand: Brand, at: datetime) -> Terms:
    """The terms in force at `at`: the usual ones where the brand has said nothing else."""
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: object) -> Terms:
    """Change some of the terms from `at` on; ValueError names the field and the reason."""
    body = policies.current(brand, KIND, at=at) | changed
    terms = from_body(body)
    policies.publish(brand, KIND, body, at=at, by=by)
    return terms


def from_body(body: dict[str, object]) -> Terms:
    known = {name: value for name, value in body.items() if name in asdict(USUAL)}
    if isinstance(hours := body.get("apart_hours"), int | float):
        known["apart"] = timedelta(hours=hours)
    return replace(USUAL, **known)  # type: ignore[arg-type]


def as_body(terms: Terms) -> dict[str, object]:
    """The terms as plain data, as they are published and printed."""
    body: dict[str, object] = asdict(terms)
    del body["apart"]
    return body | {"apart_hours": terms.apart / timedelta(hours=1)}
