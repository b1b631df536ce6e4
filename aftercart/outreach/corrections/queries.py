"""What customers have given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outreach.corrections.models import Correction


def last_given(brand: Brand, orders: Iterable[UUID]) -> dict[UUID, datetime]:
    """Of these orders: when the customer last gave something, by parcel."""
    rows = Correction.objects.filter(brand=brand, order_id__in=list(orders)).order_by("version")
    return dict(rows.values_list("parcel_id", "at"))
