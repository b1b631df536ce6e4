from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery, Fault, Payload, UnknownWord
from aftercart.plumbing import ids
from aftercart.story.rows import PAGE, Listed, paged


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries. Blank means any; `topic` is how it begins; `until` is exclusive."""

    source: str = ""
    state: str = ""
    topic: str = ""
    error: str = ""
    since: datetime | None = None
    until: datetime | None = None


def deliveries(brand: Brand, wanted: Wanted) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(brand=brand)
    exact = {"source": wanted.source, "state": wanted.state, "error": wanted.error}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if wanted.topic:
        found = found.filter(topic__startswith=wanted.topic)
    if wanted.since:
        found = found.filter(id__gte=ids.floor(wanted.since))
    if wanted.until:
        found = found.filter(id__lt=ids.floor(wanted.until))
    return found


def listed(brand: Brand, wanted: Wanted, before: UUID | None, size: int = PAGE) -> Listed[Delivery]:
    """Newest first: ids begin with the time of arrival."""
    found = deliveries(brand, wanted)
    if before:
        found = found.filter(id__lt=before)
    return paged(list(found.order_by("-id")[: size + 1]), lambda row: row.id, size)


def payload(brand: Brand, delivery_id: UUID) -> Payload | None:
    return Payload.objects.filter(brand=brand, id=delivery_id).first()


def faults(brand: Brand, delivery_id: UUID) -> list[Fault]:
    return list(Fault.objects.filter(brand=brand, delivery_id=delivery_id).order_by("-at")[:5])


def unknown_words(brand: Brand) -> dict[str, list[Any]]:
    """The words of each source that we could not translate, the latest heard first."""
    by_source: dict[str, list[Any]] = {}
    for word in UnknownWord.objects.filter(brand=brand).order_by("-last_at")[:500]:
        by_source.setdefault(word.source, []).append(word)
    return by_source
