"""How a brand speaks: its policy of the kind `outreach`, read and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from aftercart.brands.models import Brand
from aftercart.outreach.manners import USUAL, Terms
from aftercart.policies import services as policies

KIND = "outreach"


def terms_of(brand: Brand, at: datetime) -> Terms:
    """The terms in force at `at`: the usual ones where the brand has said nothing else."""
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: object) -> Terms:
    """Change some of the terms from `at` on; ValueError names the field and the reason."""
    if unknown := changed.keys() - {one.name for one in fields(Terms)}:
        raise ValueError(f"{min(unknown)}: no such term")
    current = as_body(terms_of(brand, at))
    if isinstance(says := changed.get("says"), Mapping):
        changed["says"] = {**current["says"], **says}
    body = as_body(from_body(current | changed))
    policies.publish(brand, KIND, body, at=at, by=by)
    return from_body(body)


def from_body(body: Mapping[str, Any]) -> Terms:
    known = {one.name: body[one.name] for one in fields(Terms) if one.name in body}
    for name in known.keys() & {"order", "pressing_order"}:
        known[name] = tuple(known[name])
    if "says" in known:
        known["says"] = {**USUAL.says, **known["says"]}
    return Terms(**known)


def as_body(terms: Terms) -> dict[str, Any]:
    """The terms as plain data, as they are published and printed."""
    return asdict(terms) | {"order": list(terms.order), "pressing_order": list(terms.pressing_order)}
