"""By which channel a customer rather hears from us, where they chose one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.people.models import Preference
from aftercart.plumbing import ids


def prefer(brand: Brand, customer: UUID, channel: str, *, at: datetime) -> None:
    """'' leaves the choice to the brand."""
    row = _id(brand, customer)
    if not channel:
        Preference.objects.filter(brand=brand, id=row).delete()
        return
    chosen = {"brand": brand, "customer_id": customer, "channel": channel, "at": at}
    Preference.objects.update_or_create(id=row, defaults=chosen)


def preferred_of(brand: Brand, customers: Collection[UUID]) -> dict[UUID, str]:
    """The channel of each of these customers who chose one."""
    rows = Preference.objects.filter(brand=brand, id__in=[_id(brand, customer) for customer in customers])
    return dict(rows.values_list("customer_id", "channel"))


def _id(brand: Brand, customer: UUID) -> UUID:
    return ids.mirrored(brand.id, "preference", customer)
