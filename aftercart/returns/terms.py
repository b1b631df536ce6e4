"""Within how many working days a brand's steps of a return follow: its policy of the kind `returns`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aftercart.brands.models import Brand
from aftercart.policies import services as policies
from aftercart.returns.rules import Terms

KIND = "returns"
OTHER = "other"  # how a policy calls a method that is not known
STEPS = ("decide", "check", "pay", "settle")


def terms_of(brand: Brand, at: datetime) -> Terms:
    """The terms in force at `at`."""
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: object) -> Terms:
    """Change some of the terms from `at` on; ValueError names the field and the reason."""
    body = as_body(terms_of(brand, at))
    if isinstance(visible := changed.get("visible"), Mapping):
        changed["visible"] = {**body["visible"], **visible}
    body = as_body(from_body(body | changed))
    policies.publish(brand, KIND, body, at=at, by=by)
    return from_body(body)


def from_body(body: Mapping[str, Any]) -> Terms:
    usual = dict(Terms().visible)
    told = {"" if method == OTHER else method: days for method, days in body.get("visible", {}).items()}
    return Terms(**{name: body.get(name) for name in STEPS}, visible=tuple((usual | told).items()))


def as_body(terms: Terms) -> dict[str, Any]:
    """The terms as plain data, as they are published and printed."""
    visible = {method or OTHER: days for method, days in terms.visible}
    return {name: getattr(terms, name) for name in STEPS} | {"visible": visible}
