"""What a brand asks its customers: its policy of the kind `questions`, read and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from aftercart.brands.models import Brand
from aftercart.outreach.questions.rules import Asking
from aftercart.policies import services as policies

KIND = "questions"


def asking_of(brand: Brand, at: datetime) -> Asking:
    """What holds at `at`: checks in doubt, and no question, where the brand has said nothing else."""
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: object) -> Asking:
    """Change some of it from `at` on; `ask` by kind, None ends one. ValueError names the field and the reason."""
    current = as_body(asking_of(brand, at))
    if isinstance(ask := changed.get("ask"), Mapping):
        merged = {**current["ask"], **ask}
        changed["ask"] = {kind: hours for kind, hours in merged.items() if hours is not None}
    held = from_body(current | changed)
    policies.publish(brand, KIND, as_body(held), at=at, by=by)
    return held


def from_body(body: Mapping[str, Any]) -> Asking:
    return Asking(**{one.name: body[one.name] for one in fields(Asking) if one.name in body})


def as_body(asking: Asking) -> dict[str, Any]:
    """As plain data, as it is published and printed."""
    return asdict(asking) | {"ask": dict(asking.ask)}
