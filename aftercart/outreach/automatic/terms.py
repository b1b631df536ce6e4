"""What a brand leaves to a machine: its policy of the kind `answers_by_machine`, read and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from aftercart.brands.models import Brand
from aftercart.outreach.automatic.rules import Terms
from aftercart.policies import services as policies

KIND = "answers_by_machine"
LISTS = frozenset({"channels", "except_worries"})


def terms_of(brand: Brand, at: datetime) -> Terms:
    """The terms in force at `at`: nothing is answered where the brand has said nothing."""
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: Any) -> Terms:
    """Change some of the terms from `at` on; ValueError names the field and the reason.

    `categories` are added to those that there are; a confidence of None takes one away.
    """
    if unknown := changed.keys() - {one.name for one in fields(Terms)}:
        raise ValueError(f"{min(unknown)}: no such term")
    current = as_body(terms_of(brand, at))
    if (told := changed.get("categories")) is not None:
        every = current["categories"] | told
        changed["categories"] = {name: least for name, least in every.items() if least is not None}
    held = from_body(current | changed)
    policies.publish(brand, KIND, as_body(held), at=at, by=by)
    return held


def from_body(body: Mapping[str, Any]) -> Terms:
    known: dict[str, Any] = {one.name: body[one.name] for one in fields(Terms) if one.name in body}
    return Terms(**known | {name: tuple(known[name]) for name in LISTS & known.keys()})


def as_body(terms: Terms) -> dict[str, Any]:
    """As plain data, as they are published and printed."""
    return asdict(terms) | {name: list(getattr(terms, name)) for name in LISTS}
